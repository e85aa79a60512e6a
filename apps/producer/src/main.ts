import { createLog } from '@restyle/shared/log'
import { exitOnKnownError } from '@restyle/shared/read-env'
import { connectRedis } from '@restyle/shared/redis'
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

let stopping = false
async function stop(signal: NodeJS.Signals): Promise<void> {
  // the second signal: leave at once
  if (stopping) process.exit(1)
  stopping = true
  log.info({ signal }, 'producer is stopping')
  await producer.stop()
  store.close()
  redis.disconnect()
}
process.on('SIGTERM', (signal) => void stop(signal))
process.on('SIGINT', (signal) => void stop(signal))
