import type { ScheduleFailpoint } from '@restyle/producer/schedule/failpoints'
import { type Producer, startProducer } from '@restyle/producer/start'
import { createLog } from '@restyle/shared/log'
import { hourMs, openScheduleWorld, type ScheduleWorld } from './schedule-world.ts'

/** Of which one process dies at a point, where it hangs for ever and writes nothing any more; another goes on. */
describe('a process that looks after schedules', () => {
  let world: ScheduleWorld
  beforeAll(async () => {
    // the world's own producer serves HTTP; it looks once, before there is anything
    world = await openScheduleWorld({ pace: { everyMs: 3600_000, watchMs: 3600_000 } })
  })
  afterAll(() => world.stop())

  const places = [{ bucket: 'photos', prefix: '', producer: undefined }]
  const silent = createLog('silent')

  const start = (failpoint?: (point: ScheduleFailpoint) => Promise<void>): Promise<Producer> =>
    startProducer({
      config: { host: '127.0.0.1', port: 0, prefix: world.prefix },
      redis: world.redis,
      store: world.store,
      log: silent,
      schedules: {
        places,
        openBucket: (name) => world.openBucket(name),
        pace: { everyMs: 20, watchMs: 3600_000 },
        leaseMs: 400,
        ...(failpoint === undefined ? {} : { failpoint }),
      },
    })

  it.each([
    'woken',
    'decided',
    'noted',
    'catalog-read',
    'rows-sent',
    'batch-closed',
    'planned',
  ] satisfies ScheduleFailpoint[])('runs each tick once although it dies when it is %s', async (point) => {
    const name = `dies-${point}`
    await world.add(name, { manifest: await world.manifest(1_200) })
    await world.away(name, 24 * hourMs)
    const [met, death] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const dying = await start((at) => {
      if (at !== point) return Promise.resolve()
      met.resolve()
      return death.promise
    })
    await met.promise
    // it hangs in its step until the end of the test, and does nothing after it
    const stopped = dying.stop()
    const other = await start()
    try {
      const run = await world.settled(name)
      expect(run).toMatchObject({ outcome: 'ran' })
      const batch = await world.client.batches.read(run.batch ?? '')
      expect([batch.total, batch.open]).toEqual([1_200, undefined])
      const named = (await world.redis.keys(`${world.prefix}:batch:batch_*`)).filter(
        (key) => key.split(':').length === 3,
      )
      const names = await Promise.all(named.map((key) => world.redis.hget(key, 'name')))
      expect(names.filter((each) => each?.startsWith(`${name} `))).toHaveLength(1)
      const told = (await world.told()).filter(({ subject }) => subject === name)
      expect(told.map(({ type }) => type)).toEqual(['restyle.schedule.ran'])
      const { counts } = await world.client.schedules.read(name)
      expect(counts).toEqual({ due: 1, started: 1, queued: 0, skipped: 0 })
    } finally {
      await other.stop()
      death.reject(new Error('it died'))
      await stopped
    }
  })

  it('leaves the alarm to whoever watches, and the schedule is looked at again', async () => {
    await world.add('stopped', { manifest: await world.manifest(1) })
    await world.away('stopped', 24 * hourMs)
    // as a backup would that was made before it was set
    await world.redis.zrem(`${world.prefix}:schedules`, 'acme stopped')
    const lines: string[] = []
    const watching = await startProducer({
      config: { host: '127.0.0.1', port: 0, prefix: world.prefix },
      redis: world.redis,
      store: world.store,
      log: createLog('info', { write: (line) => void lines.push(line) }),
      schedules: { places, openBucket: (name) => world.openBucket(name), pace: { everyMs: 20, watchMs: 50 } },
    })
    try {
      expect((await world.settled('stopped')).outcome).toBe('ran')
      expect(lines.join('')).toContain('tick of a schedule has had no outcome for minutes')
    } finally {
      await watching.stop()
    }
  })
})
