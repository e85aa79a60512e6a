import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { type Client, createClient } from '@restyle/client/client'
import type { ScheduleRequest, ScheduleRun } from '@restyle/client/types'
import type { ProducerOptions } from '@restyle/producer/start'
import type { RestyleEvent } from '@restyle/shared/contract/event'
import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import { openProducer, type World } from './open-producer.ts'

/** A producer whose schedules read from the bucket `photos`, and a client with a key of `acme`. */
export type ScheduleWorld = World & {
  ledger: Ledger
  client: Client
  /** Writes an object into `photos`, over the one that is there; gives its address. */
  put(key: string, body: string | Buffer): Promise<string>
  /** Writes a manifest, of so many rows or as it is; gives its address. */
  manifest(rows: number | string): Promise<string>
  /** Sets a schedule whose ticks do not come while a test lasts. */
  add(name: string, more?: Partial<ScheduleRequest>): Promise<void>
  /** As if nobody had been there for so long. */
  away(name: string, ms: number): Promise<void>
  /** Waits until its newest run is neither planned nor waiting. */
  settled(name: string): Promise<ScheduleRun>
  /** What was told of schedules so far. */
  told(): Promise<RestyleEvent[]>
}

export const hourMs = 3600_000

export async function openScheduleWorld(
  schedules: Partial<NonNullable<ProducerOptions['schedules']>> = {},
): Promise<ScheduleWorld> {
  const world = await openProducer({ schedules: { pace: { everyMs: 20, watchMs: 200 }, ...schedules } })
  const ledger = openLedger(world.redis, world.prefix)
  const s3 = new S3Client({
    endpoint: world.server.s3.url,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test-secret' },
  })
  const put = async (Key: string, Body: string | Buffer): Promise<string> => {
    await s3.send(new PutObjectCommand({ Bucket: 'photos', Key, Body }))
    return `s3://photos/${Key}`
  }
  const { authorization } = await world.keyOf('acme')
  const client = createClient({ url: world.producer.url, key: authorization.slice('Bearer '.length) })
  let manifests = 0

  return {
    ...world,
    ledger,
    client,
    put,
    manifest: (rows) => {
      manifests += 1
      return put(`catalogs/${manifests}.csv`, typeof rows === 'number' ? catalogOf(rows) : rows)
    },
    add: async (name, more = {}) => {
      const soon = new Date(Date.now() + 12 * hourMs)
      const cron = `${soon.getUTCMinutes()} ${soon.getUTCHours()} * * *`
      const request = { cron, timeZone: 'UTC', manifest: 's3://photos/none.csv', prompt: 'on oak', ...more }
      await client.schedules.set(name, request)
    },
    away: async (name, ms) => {
      const read = await ledger.schedules.read({ producer: 'acme', name })
      if (read === undefined) throw new Error('there is no such schedule')
      const { schedule, version } = read
      const past = { ...schedule, last: schedule.last - ms }
      const saved = await ledger.schedules.save(past, version, { wakeAt: await ledger.now() })
      if (saved.kind !== 'saved') throw new Error('the schedule was changed meanwhile')
    },
    settled: async (name) => {
      let newest: ScheduleRun | undefined
      await world.until(async () => {
        ;[newest] = await client.schedules.runs(name)
        return newest !== undefined && !['planning', 'queued'].includes(newest.outcome)
        // a run that cannot be planned is looked at again after ten seconds
      }, 45_000)
      if (newest === undefined) throw new Error('it has not run')
      return newest
    },
    told: async () => {
      const { delivered } = await ledger.events('acme').read('0', 1_000)
      return delivered.flatMap(({ event }) => (event.type.startsWith('restyle.schedule.') ? [event] : []))
    },
    stop: async () => {
      s3.destroy()
      await world.stop()
    },
  }
}

/** A catalog of so many rows. */
const catalogOf = (rows: number): string =>
  ['sku,image', ...Array.from({ length: rows }, (_, i) => `sku-${i},https://cdn.example.com/${i}.jpg`)].join(
    '\n',
  )
