import { openLedger } from '@restyle/shared/ledger/ledger'
import { createLog } from '@restyle/shared/log'
import { exitOnKnownError } from '@restyle/shared/read-env'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import { watchRedis } from '@restyle/shared/redis/watch-redis'
import { onStopSignals } from '@restyle/shared/stop-signals'
import { openStore } from '@restyle/shared/store/store'
import { allowRanges } from '@restyle/shared/webhook/endpoint-address'
import { readConfig } from './config.ts'
import { refuseUnfitRedis } from './refuse-unfit-redis.ts'
import { type Producer, startProducer } from './start.ts'

const config = await exitOnKnownError(() => readConfig())
const log = createLog(config.logLevel)
const watch = watchRedis(log, () => openLedger(redis, config.prefix).takesWrites())
const redis = connectRedis(config.redisUrl, 'producer', watch.failed)
const queueRedis =
  config.directConcurrency > 0 ? connectRedis(config.redisUrl, 'worker', watch.failed) : undefined
const store = openStore(config.store)
let producer: Producer | undefined
onStopSignals('producer', log, async () => {
  if (producer === undefined) process.exit(0)
  await producer.stop()
  store.close()
  watch.stop()
  redis.disconnect()
  queueRedis?.disconnect()
})
producer = await exitOnKnownError(async () => {
  await refuseUnfitRedis(config, log)
  const { http, sourceBuckets: places, bucketOptions, proxies, directConcurrency: concurrency } = config
  const built = config.consoleDir === undefined ? {} : { consoleDir: config.consoleDir }
  const schedules = { places, proxies, openBucket: (bucket: string) => openStore(bucketOptions(bucket)) }
  const endpoints = { allow: allowRanges(config.webhookRanges) }
  const direct = queueRedis === undefined ? {} : { direct: { redis: queueRedis, concurrency } }
  return startProducer({ config, redis, store, log, http, schedules, endpoints, ...direct, ...built })
})
