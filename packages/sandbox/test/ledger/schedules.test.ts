import { limits } from '@restyle/shared/contract/limits'
import type { Schedule, ScheduleRun } from '@restyle/shared/contract/schedule'
import { ledgerKeys } from '@restyle/shared/ledger/keys'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import { startRedis } from '@restyle/sandbox/redis/start-redis'

let server: Awaited<ReturnType<typeof startRedis>>
let redis: RedisClient
beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = connectRedis(server.url, 'producer', () => {})
})
afterAll(async () => {
  redis.disconnect()
  await server.stop()
})

const prefix = '{test}'
const id = { producer: 'acme', name: 'nightly' }
const schedule = (more: Partial<Schedule> = {}): Schedule => ({
  ...id,
  spec: {
    cron: '0 22 * * *',
    timeZone: 'UTC',
    manifest: 's3://photos/a.csv',
    missed: 'run-once',
    overlap: 'skip',
  },
  revision: 1,
  createdAt: 1,
  last: 1,
  runs: [],
  counts: { due: 0, started: 0, skipped: 0 },
  skipsInRow: 0,
  ...more,
})
const skipped = (at: number): ScheduleRun => ({
  id: `tick-${String(at).padStart(4, '0')}`,
  tick: at,
  outcome: 'skipped',
  reason: 'overlap',
  at,
})

describe('a schedule in the ledger', () => {
  const ledger = () => openLedger(redis, prefix)
  beforeEach(() => redis.flushall())

  it('is saved by whoever has read it last, and by nobody else', async () => {
    const { schedules } = ledger()
    const first = await schedules.save(schedule(), '', { wakeAt: 5 })
    expect(first.kind).toBe('saved')
    const read = await schedules.read(id)
    const racing = await Promise.all(
      Array.from({ length: 20 }, (_, last) =>
        schedules.save(schedule({ last }), read?.version ?? '', { wakeAt: 5, entries: [skipped(last)] }),
      ),
    )
    expect(racing.filter(({ kind }) => kind === 'saved')).toHaveLength(1)
    expect(await schedules.runs(id, 100)).toHaveLength(1)
    expect(await schedules.save(schedule(), '', { wakeAt: 5 })).toEqual({ kind: 'stale' })
  })

  it('is not saved over one that was removed and made anew meanwhile', async () => {
    const { schedules } = ledger()
    const before = await schedules.save(schedule(), '', { wakeAt: 5 })
    const old = before.kind === 'saved' ? before.version : ''
    expect((await schedules.remove(id, old)).kind).toBe('saved')
    expect(await schedules.read(id)).toBeUndefined()
    expect(await schedules.list('acme')).toEqual([])
    expect(await redis.exists(ledgerKeys(prefix).schedules)).toBe(0)
    await schedules.save(schedule(), '', { wakeAt: 5 })
    expect((await schedules.save(schedule(), old, { wakeAt: 5 })).kind).toBe('stale')
  })

  it('keeps the newest of its history', async () => {
    const { schedules } = ledger()
    const entries = Array.from({ length: limits.scheduleRuns + 7 }, (_, at) => skipped(at))
    await schedules.save(schedule(), '', { wakeAt: 5, entries })
    const kept = await schedules.runs(id, 1_000)
    expect(kept).toHaveLength(limits.scheduleRuns)
    expect([kept[0]?.at, kept.at(-1)?.at]).toEqual([limits.scheduleRuns + 6, 7])
    expect(await redis.hlen(ledgerKeys(prefix).scheduleRuns('acme', 'nightly'))).toBe(limits.scheduleRuns)
  })

  it('is one of so many that a producer may have', async () => {
    const { schedules } = ledger()
    for (let i = 0; i < limits.schedules; i += 1)
      await schedules.save(schedule({ name: `n${i}` }), '', { wakeAt: 5 })
    expect((await schedules.save(schedule({ name: 'over' }), '', { wakeAt: 5 })).kind).toBe('full')
    expect((await schedules.save(schedule({ producer: 'other' }), '', { wakeAt: 5 })).kind).toBe('saved')
    const one = await schedules.read({ producer: 'acme', name: 'n0' })
    expect((await schedules.save(schedule({ name: 'n0' }), one?.version ?? '', { wakeAt: 5 })).kind).toBe(
      'saved',
    )
  })

  it('is looked at when it said so, whoever reminds of it', async () => {
    const { schedules } = ledger()
    await schedules.save(schedule(), '', { wakeAt: 1_000 })
    expect(await schedules.overdue(999, 10)).toEqual([])
    expect(await schedules.overdue(1_000, 10)).toEqual([{ ...id, wakeAt: 1_000 }])
    await schedules.remind(id, 2_000)
    expect(await schedules.overdue(1_000, 10)).toHaveLength(1)
    await schedules.postpone(id, 3_000)
    expect(await schedules.overdue(2_999, 10)).toEqual([])
    await schedules.remind(id, 1_500)
    expect(await schedules.overdue(1_500, 10)).toHaveLength(1)
    await schedules.forget(id)
    await schedules.postpone(id, 1)
    expect(await schedules.overdue(5_000, 10)).toEqual([])
  })
})
