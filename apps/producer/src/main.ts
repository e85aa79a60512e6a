import { createLog } from '@restyle/shared/log'
import { exitOnKnownError } from '@restyle/shared/read-env'
import { connectRedis } from '@restyle/shared/redis'
import { onStopSignals } from '@restyle/shared/stop-signals'
import { openStore } from '@restyle/shared/store/store'
import { readConfig } from './config.ts'
import { type Producer, startProducer } from './start.ts'

const config = await exitOnKnownError(() => readConfig())
const log = createLog(config.logLevel)
const redis = connectRedis(config.redisUrl, 'producer', (error) =>
  log.warn({ error }, 'Redis did not answer'),
)
const store = openStore(config.store)
let producer: Producer | undefined
onStopSignals('producer', log, async () => {
  if (producer === undefined) process.exit(0)
  await producer.stop()
  store.close()
  redis.disconnect()
})
producer = await exitOnKnownError(() => startProducer({ config, redis, store, log }))
