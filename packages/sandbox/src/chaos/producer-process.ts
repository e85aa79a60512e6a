import { startProducer } from '@restyle/producer/start'
import { defaultPrefix } from '@restyle/shared/ledger/keys'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { createLog } from '@restyle/shared/log'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import { openStore } from '@restyle/shared/store/store'
import type { StoreOptions } from '@restyle/shared/store/store-options'
import { askParent, onOrders, send } from './asking.ts'
import { askingAtPromises, askingWhenKept } from './asking-producer.ts'

/** What the parent hands over first. */
export type ProducerOrders = {
  redisUrl: string
  port: number
  store: StoreOptions
  /** Where pictures may come from although it is no public address. */
  allowHosts: string[]
}

/*
 * The producer as a process of its own, which can be killed while it takes rows, cancels and retries. Whoever takes its
 * place listens on the same port.
 */

async function start({ redisUrl, port, store, allowHosts }: ProducerOrders): Promise<void> {
  const log = createLog('debug')
  const redis = connectRedis(redisUrl, 'producer', (error) =>
    log.warn({ error: error.message }, 'redis is away'),
  )
  await startProducer({
    config: { host: '127.0.0.1', port, prefix: defaultPrefix },
    redis,
    store: askingAtPromises(openStore(store), askParent),
    log,
    allowHosts,
    endpoints: { allow: (address) => address === '127.0.0.1' },
    seams: { ledger: (ledger: Ledger) => askingWhenKept(ledger, askParent) },
  })
  send({ say: 'ready' })
}

onOrders(start)
