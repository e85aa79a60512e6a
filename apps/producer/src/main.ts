import { createLog } from '@restyle/shared/log'
import { exitOnKnownError } from '@restyle/shared/read-env'
import { connectRedis } from '@restyle/shared/redis'
import { onStopSignals } from '@restyle/shared/stop-signals'
import { openStore } from '@restyle/shared/store/store'
import { readConfig } from './config.ts'
import { startProducer } from './start.ts'

const config = await exitOnKnownError(() => readConfig())
const log = createLog(config.logLevel)
const redis = connectRedis(config.redisUrl, 'producer', (error) =>
  log.warn({ error }, 'Redis did not answer'),
)
const store = openStore(config.store)
const producer = await exitOnKnownError(() => startProducer({ config, redis, store, log }))

onStopSignals('producer', log, async () => {
  await producer.stop()
  store.close()
  redis.disconnect()
})
