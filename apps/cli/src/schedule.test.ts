import type { Schedule, ScheduleRun } from '@restyle/client/types'
import { memory, startFakeWorld } from '../test/fake-world.ts'

let world: Awaited<ReturnType<typeof startFakeWorld>>
beforeEach(async () => {
  world = await startFakeWorld()
})
afterEach(() => world.close())

const schedule: Schedule = {
  name: 'nightly',
  cron: '0 22 * * *',
  timeZone: 'Europe/Paris',
  manifest: 's3://photos/catalog.csv',
  missed: 'run-once',
  overlap: 'skip',
  createdAt: '2026-03-01T10:00:00.000Z',
  nextTicks: ['2026-03-02T21:00:00Z'],
  running: [{ id: '2026-03-01T21:00:00Z', tick: '2026-03-01T21:00:00Z', batch: 'batch_1' }],
  counts: { due: 3, started: 1, queued: 0, skipped: 2 },
  skipsInRow: 0,
}
const run = (more: Partial<ScheduleRun>): ScheduleRun => ({
  id: '2026-03-01T21:00:00Z',
  tick: '2026-03-01T21:00:00Z',
  outcome: 'ran',
  decidedAt: '2026-03-01T21:00:00.000Z',
  ...more,
})

describe('restyle schedule', () => {
  it('adds a schedule and says when it runs next', async () => {
    world.answer = () => ({ outcome: 'added', schedule })
    const when = ['--cron', '0 22 * * *', '--tz', 'Europe/Paris', '--window', '22:00-06:00']
    const what = [
      '--manifest',
      's3://photos/catalog.csv',
      '--prompt',
      'on oak',
      '--n',
      '2',
      '--priority',
      '7',
    ]
    const how = ['--missed', 'skip', '--overlap', 'queue']
    const args = ['schedule', 'add', 'nightly', ...when, ...what, ...how]
    const { exitCode, stdout } = await world.restyle(args)
    expect([exitCode, stdout]).toEqual([0, 'schedule nightly added; next: 2026-03-02 21:00Z\n'])
    const [seen] = world.seen
    expect(seen).toMatchObject({ method: 'PUT', url: '/v1/schedules/nightly' })
    expect(JSON.parse(String(seen?.body))).toEqual({
      cron: '0 22 * * *',
      timeZone: 'Europe/Paris',
      manifest: 's3://photos/catalog.csv',
      model: 'wan2.5-i2i-preview',
      n: 2,
      prompt: 'on oak',
      priority: 7,
      imageColumn: 'image',
      missed: 'skip',
      overlap: 'queue',
      window: { from: '22:00', to: '06:00', timeZone: 'Europe/Paris' },
    })
  })

  it('keeps what a run may cost, by when it should be done, and how its catalog is read', async () => {
    world.answer = () => ({ outcome: 'added', schedule })
    const needed = ['--cron', '0 22 * * *', '--tz', 'Europe/Paris', '--manifest', 's3://photos/book.xlsx']
    const limits = [
      '--budget',
      '50',
      '--currency',
      'USD',
      '--finish-by',
      '06:00',
      '--window',
      'Sat,Sun 08:00-20:00',
    ]
    const sheet = [
      '--sheet',
      'Spring',
      '--header-row',
      '2',
      '--own-column',
      'Size',
      '--skip-empty',
      '--skip-faulty',
    ]
    const more = ['--all', '--pictures', 's3://photos/spring/']
    await world.restyle(['schedule', 'add', 'x', ...needed, ...limits, ...sheet, ...more])
    expect(JSON.parse(String(world.seen[0]?.body))).toMatchObject({
      budget: { currency: 'USD', micros: 50_000_000 },
      finishBy: '06:00',
      window: { days: ['Sat', 'Sun'], from: '08:00', to: '20:00', timeZone: 'Europe/Paris' },
      sheet: 'Spring',
      headerRow: 2,
      ownColumns: ['Size'],
      skipEmpty: true,
      skipFaulty: true,
      all: true,
      pictures: 's3://photos/spring/',
    })
  })

  it('shows the others where one cannot be read, names that, and fails', async () => {
    world.answer = () => ({ schedules: [schedule], unreadable: [{ id: 'strange', why: 'damaged' }] })
    const { exitCode, stdout, stderr } = await world.restyle(['schedule', 'list'])
    expect([exitCode, stderr]).toEqual([1, 'left out, since the producer cannot read them: strange\n'])
    expect(stdout).toContain('nightly')
  })

  it.each([
    [['--finish-by', '8h'], 'time of day such as 06:00'],
    [['--budget', '-1'], 'an amount above 0'],
    [['--tz', 'Paris'], 'Europe/Paris is one'],
    [['--window', '22-6'], 'two times of day'],
    [['--n', '9'], 'n'],
    [['--model', 'none'], 'no model none'],
    [['--missed', 'never'], 'Allowed choices are run-once, skip'],
  ])('asks nobody where %j is wrong', async (flags, fault) => {
    const needed = ['--cron', '* * * * *', '--tz', 'UTC', '--manifest', 's3://a/b']
    const { exitCode, stderr } = await world.restyle(['schedule', 'add', 'x', ...needed, ...flags])
    expect([exitCode, world.seen.length]).toEqual([2, 0])
    expect(stderr).toContain(fault)
  })

  it('lists schedules, and shows one', async () => {
    world.answer = ({ url }) => (url === '/v1/schedules' ? { schedules: [schedule] } : schedule)
    expect((await world.restyle(['schedule', 'list'])).stdout.split('\n')).toEqual([
      'SCHEDULE  CRON        ZONE          NEXT               CATALOG',
      'nightly   0 22 * * *  Europe/Paris  2026-03-02 21:00Z  s3://photos/catalog.csv',
      '',
    ])
    world.answer = () => ({
      ...schedule,
      budget: { currency: 'CNY', micros: 50_000_000 },
      finishBy: '06:00',
      window: { from: '22:00', to: '06:00', timeZone: 'Europe/Paris', days: ['Mon', 'Tue', 'Wed'] },
    })
    const { stdout } = await world.restyle(['schedule', 'show', 'nightly'])
    expect(stdout).toContain('in Europe/Paris, rows go Mon-Wed 22:00 to 06:00 in Europe/Paris only\n')
    expect(stdout).toContain('each run may cost: CNY 50.00\n  should be done by: 06:00\n')
    expect(stdout).toContain('ticks: 3 due, 1 started, 0 waiting, 2 skipped')
    expect(stdout).toContain('going on: 2026-03-01 21:00Z, batch_1')
  })

  it('tells in words what became of each tick', async () => {
    const rows = { new: 5, changed: 37, failed: 3, unchanged: 955 }
    const runs = [
      run({ batch: 'batch_1', rows: { ...rows, again: 2 } }),
      run({ rows: { new: 0, changed: 0, failed: 0, unchanged: 9 }, detail: '1 row was left out: row 3' }),
      run({ outcome: 'failed', detail: 'row 7: image is empty' }),
      run({ outcome: 'skipped', reason: 'missed', ticks: 3 }),
      run({ outcome: 'skipped', reason: 'overlap', asked: true }),
    ]
    world.answer = () => ({ runs })
    const { stdout } = await world.restyle(['schedule', 'history', 'nightly'])
    expect(stdout.split('\n').slice(1, -1)).toEqual([
      '2026-03-01 21:00Z  ran              batch_1: 5 new, 37 changed, 3 failed before, 955 unchanged, 2 made again',
      '2026-03-01 21:00Z  ran              nothing to do: 0 new, 0 changed, 0 failed before, 9 unchanged; 1 row was left out: row 3',
      '2026-03-01 21:00Z  failed           row 7: image is empty',
      '2026-03-01 21:00Z  skipped          3 ticks skipped: nobody was there',
      '2026-03-01 21:00Z  skipped (asked)  the run before it goes on',
    ])
    expect(world.seen[0]?.url).toBe('/v1/schedules/nightly/runs?limit=20')
  })

  it('tells what became of a tick in a line of its own where the terminal is narrow', async () => {
    const detail = 's3://photos/p1 does not exist, or nothing is in it'
    world.answer = () => ({ runs: [run({ outcome: 'failed', detail, asked: true })] })
    const { out, text } = memory({ isTTY: true, columns: 60 })
    await world.restyle(['schedule', 'history', 'nightly'], { stdout: out })
    expect(text()).toBe(`2026-03-01 21:00Z  failed (asked)\n  ${detail}\n`)
  })

  it('runs it now with a key of its own, and tells by its exit code that it was skipped', async () => {
    world.answer = () => run({ outcome: 'planning' })
    expect(await world.restyle(['schedule', 'run', 'nightly'])).toMatchObject({
      exitCode: 0,
      stdout: 'schedule nightly: starts\n',
    })
    expect(world.seen[0]?.headers['idempotency-key']).toBe('the-key-of-this-run')
    world.answer = () => run({ outcome: 'skipped', reason: 'overlap' })
    expect((await world.restyle(['schedule', 'run', 'nightly'])).exitCode).toBe(1)
  })

  it.each([
    ['pause', 'POST', '/v1/schedules/nightly/pause'],
    ['resume', 'POST', '/v1/schedules/nightly/resume'],
    ['remove', 'DELETE', '/v1/schedules/nightly'],
  ])('can %s it', async (verb, method, url) => {
    world.answer = () => (verb === 'remove' ? schedule : { outcome: 'changed', schedule })
    expect((await world.restyle(['schedule', verb, 'nightly'])).exitCode).toBe(0)
    expect(world.seen).toMatchObject([{ method, url }])
  })
})
