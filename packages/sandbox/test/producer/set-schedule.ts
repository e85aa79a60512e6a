import { setSchedule } from '@restyle/producer/schedule/set-schedule'
import { ScheduleSpec } from '@restyle/shared/contract/schedule'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import { openStore } from '@restyle/shared/store/store'

/*
 * A process that sets one schedule again and again, and writes a dot each time; a test kills it. Arguments: the addresses
 * of Redis and the bucket, and how often.
 */

const [redisUrl = '', s3Url = '', times = '1'] = process.argv.slice(2)
const redis = connectRedis(redisUrl, 'producer', () => {})
const store = openStore({
  endpoint: s3Url,
  region: 'us-east-1',
  bucket: 'images',
  forcePathStyle: true,
  accessKeyId: 'test',
  secretAccessKey: 'test-secret',
})
const ledger = openLedger(redis, '{test}')
const spec = ScheduleSpec.parse({
  cron: '0 22 * * *',
  timeZone: 'Europe/Paris',
  manifest: 's3://photos/a.csv',
})
for (let i = 0; i < Number(times); i += 1) {
  await setSchedule({ producer: 'acme', name: 'nightly' }, spec, { ledger, store })
  process.stdout.write('.')
}
store.close()
redis.disconnect()
