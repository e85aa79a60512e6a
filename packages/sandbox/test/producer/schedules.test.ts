import { writeSettings } from '@restyle/shared/receipt/schedule-receipt'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import { restoreSchedules } from '@restyle/shared/restore-schedule'
import { hourMs, openScheduleWorld, type ScheduleWorld } from './schedule-world.ts'

describe('a schedule', () => {
  let world: ScheduleWorld
  beforeAll(async () => {
    world = await openScheduleWorld()
  })
  afterAll(() => world.stop())

  let count = 0
  let name = ''
  beforeEach(() => {
    count += 1
    name = `nightly-${count}`
  })

  it('runs its catalog at its tick, as a batch that is named after both', async () => {
    await world.add(name, { manifest: await world.manifest(3) })
    const before = await world.client.schedules.read(name)
    expect(before.nextTicks).toHaveLength(5)
    expect(await world.client.schedules.runs(name)).toEqual([])
    await world.away(name, 24 * hourMs)
    const run = await world.settled(name)
    expect(run).toMatchObject({ outcome: 'ran', rows: { new: 3, changed: 0, failed: 0, unchanged: 0 } })
    const batch = await world.client.batches.read(run.batch ?? '')
    expect(batch).toMatchObject({ name: `${name} ${run.id}`, total: 3 })
    expect(batch.open).toBeUndefined()
    const after = await world.client.schedules.read(name)
    expect(after.counts).toEqual({ due: 1, started: 1, queued: 0, skipped: 0 })
    expect(after.running).toMatchObject([{ batch: batch.id }])
    const told = await world.told()
    expect(told).toMatchObject([{ type: 'restyle.schedule.ran', data: { schedule: name, batch: batch.id } }])
  })

  it('is the same schedule when it is set the same, and keeps a tick that is due', async () => {
    const manifest = await world.manifest(1)
    const request = { cron: '0 22 * * *', timeZone: 'Europe/Paris', manifest, prompt: 'on oak' }
    expect((await world.client.schedules.set(name, request)).outcome).toBe('added')
    expect((await world.client.schedules.set(name, request)).outcome).toBe('unchanged')
    expect((await world.client.schedules.set(name, { ...request, n: 2 })).outcome).toBe('changed')
    expect(await world.client.schedules.runs(name)).toEqual([])
  })

  it('enqueues only rows that are new or have changed, whatever their manifest is called', async () => {
    const row = (key: string, image: string) => `${key},https://cdn.example.com/${image}.jpg`
    const before = ['sku,image', row('a', '1'), row('b', '2'), row('c', '3')].join('\n')
    await world.add(name, { manifest: await world.manifest(before), overlap: 'beside' })
    await world.client.schedules.run(name)
    expect((await world.settled(name)).rows).toMatchObject({ new: 3, unchanged: 0 })
    await world.client.schedules.run(name)
    const same = await world.settled(name)
    expect(same.rows).toEqual({ new: 0, changed: 0, failed: 0, unchanged: 3 })
    expect(same.batch).toBeUndefined()

    const after = ['sku,image', row('a', '1'), row('b', '5'), row('d', '4')].join('\n')
    await world.add(name, { manifest: await world.manifest(after), overlap: 'beside' })
    await world.client.schedules.run(name)
    const changed = await world.settled(name)
    expect(changed.rows).toEqual({ new: 1, changed: 1, failed: 0, unchanged: 1 })
    const chunk = await openRowReader(world.store).chunkAt(changed.batch ?? '', 0)
    expect(chunk?.rows.map(({ key }) => key)).toEqual(['b', 'd'])
  })

  it('finds pictures beside its manifest, and those whose bytes have changed', async () => {
    await world.put('spring/a.jpg', 'first')
    const at = await world.put('spring/catalog.csv', 'sku,image\na,a.jpg\nb,missing.jpg\n')
    await world.add(name, { manifest: at, overlap: 'beside' })
    await world.client.schedules.run(name)
    const first = await world.settled(name)
    expect(first.rows).toMatchObject({ new: 2 })
    const chunk = await openRowReader(world.store).chunkAt(first.batch ?? '', 0)
    expect(chunk?.rows.map(({ request }) => request.images)).toEqual([
      ['s3://photos/spring/a.jpg'],
      ['s3://photos/spring/missing.jpg'],
    ])
    await world.put('spring/a.jpg', 'other')
    await world.client.schedules.run(name)
    expect((await world.settled(name)).rows).toMatchObject({ new: 0, changed: 1, unchanged: 1 })
  })

  it('fails a run whose manifest is gone, tells so, and tries again at the next tick', async () => {
    await world.add(name, { manifest: 's3://photos/catalogs/gone.csv' })
    await world.away(name, 24 * hourMs)
    const run = await world.settled(name)
    expect(run).toMatchObject({ outcome: 'failed' })
    expect(run.detail).toContain('s3://photos/catalogs/gone.csv cannot be read')
    const [told] = (await world.told()).filter(({ subject }) => subject === name)
    expect(told).toMatchObject({ type: 'restyle.schedule.failed', data: { detail: run.detail } })
    await world.away(name, 24 * hourMs)
    await world.until(async () => (await world.client.schedules.runs(name)).length === 1)
  })

  it('fails a run whose catalog has faults, with the row and the field, and makes no batch', async () => {
    await world.add(name, {
      manifest: await world.manifest('sku,image\na,https://cdn.example.com/a.jpg\nb,\n'),
    })
    await world.away(name, 24 * hourMs)
    const run = await world.settled(name)
    expect(run.detail).toContain('row 3')
    expect(run.batch).toBeUndefined()
  })

  it('runs now when somebody asks, once for each key, and skips that while a run goes on', async () => {
    await world.add(name, { manifest: await world.manifest(2) })
    const key = { idempotencyKey: crypto.randomUUID() }
    const first = await world.client.schedules.run(name, key)
    expect(first).toMatchObject({ outcome: 'planning', asked: true })
    expect((await world.settled(name)).outcome).toBe('ran')
    expect((await world.client.schedules.run(name, key)).id).toBe(first.id)
    const second = await world.client.schedules.run(name)
    expect(second).toMatchObject({ outcome: 'skipped', reason: 'overlap' })
    const { counts } = await world.client.schedules.read(name)
    expect(counts).toEqual({ due: 2, started: 1, queued: 0, skipped: 1 })
  })

  it('runs the tick that waits when the run before it is over', async () => {
    await world.add(name, { manifest: await world.manifest(2), overlap: 'queue' })
    const first = await world.client.schedules.run(name)
    await world.settled(name)
    const second = await world.client.schedules.run(name)
    expect(second.outcome).toBe('queued')
    expect((await world.client.schedules.run(name)).reason).toBe('queue-full')
    const { batch } = (await world.client.schedules.runs(name)).find(({ id }) => id === first.id) ?? {}
    await world.client.batches.cancel(batch ?? '')
    await world.until(async () => {
      const runs = await world.client.schedules.runs(name)
      return runs.find(({ id }) => id === second.id)?.outcome === 'ran'
    })
    const { counts } = await world.client.schedules.read(name)
    expect(counts).toEqual({ due: 3, started: 2, queued: 0, skipped: 1 })
  })

  it('pauses its ticks, and does not run them when it is resumed', async () => {
    await world.add(name, { manifest: await world.manifest(1) })
    expect((await world.client.schedules.pause(name)).outcome).toBe('changed')
    await world.away(name, 48 * hourMs)
    await world.until(async () => (await world.client.schedules.read(name)).counts.skipped === 2)
    expect((await world.client.schedules.resume(name)).schedule.pausedAt).toBeUndefined()
    const [run, ...others] = await world.client.schedules.runs(name)
    expect([run?.reason, run?.ticks, others.length]).toEqual(['paused', 2, 0])
  })

  it('runs no tick twice where Redis forgets everything', async () => {
    const id = { producer: 'acme', name }
    const tools = { ledger: world.ledger, store: world.store }
    const at = Date.now() - 36 * hourMs
    const spec = {
      cron: '0 12 * * *',
      timeZone: 'UTC',
      prompt: 'on oak',
      manifest: await world.manifest(2),
      missed: 'run-once' as const,
      overlap: 'skip' as const,
    }
    await writeSettings(world.store, id, 1, { v: 1, kind: 'set', at, createdAt: at, paused: false, spec })
    // it was set a day and a half ago, and ran never: the newest tick is missed
    expect(await restoreSchedules(tools)).toBe(1)
    const run = await world.settled(name)
    expect(run.outcome).toBe('ran')

    await world.redis.flushall()
    expect(await restoreSchedules(tools)).toBeGreaterThan(0)
    const wokenBy = await world.ledger.now()
    await world.until(async () => (await world.ledger.schedules.overdue(wokenBy, 100)).length === 0)
    const restored = await world.ledger.schedules.read(id)
    expect(restored?.schedule.last).toBe(Date.parse(run.tick))
    expect(await world.ledger.schedules.runs(id, 10)).toEqual([])
    const keys = world.server.s3.objects('images').map(({ key }) => key)
    const prefix = `receipts/ticks/acme/${name}/`
    expect(keys.filter((key) => key.startsWith(prefix) && key.includes(run.id))).toEqual([
      `${prefix}${run.id}`,
      `${prefix}${run.id}.planned`,
    ])
  })
})
