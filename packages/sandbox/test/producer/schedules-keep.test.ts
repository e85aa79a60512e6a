import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import { writeWorkbook } from '../../../manifest/test/write-workbook.ts'
import { hourMs, openScheduleWorld, type ScheduleWorld } from './schedule-world.ts'

const model = 'wan2.5-i2i-preview'
const price = { currency: 'CNY' as const, micros: 200_000 }

describe('a run of a schedule', () => {
  let world: ScheduleWorld
  beforeAll(async () => {
    world = await openScheduleWorld()
    const lane = { id: 'one', name: 'one', model, region: 'beijing', running: 5, submitPerSecond: 5, price }
    await world.ledger.lanes.announce(lane)
  })
  afterAll(() => world.stop())

  let count = 0
  let name = ''
  beforeEach(() => {
    count += 1
    name = `keeps-${count}`
  })
  const run = async () => {
    await world.client.schedules.run(name)
    return world.settled(name)
  }
  const rowsOf = async (batch = '') => (await openRowReader(world.store).chunkAt(batch, 0))?.rows ?? []

  it('has the budget, the window and the time by which it should be done that its schedule names', async () => {
    await world.add(name, {
      manifest: await world.manifest(2),
      timeZone: 'Europe/Paris',
      budget: { currency: 'CNY', micros: 5_000_000 },
      window: { from: '22:00', to: '06:00', timeZone: 'Europe/Paris', days: ['Mon', 'Sat'] },
      finishBy: '06:30',
    })
    const { batch = '', tick } = await run()
    const made = await world.client.batches.read(batch)
    expect(made).toMatchObject({
      budget: { currency: 'CNY', micros: 5_000_000, freeMicros: 5_000_000 },
      window: { from: '22:00', to: '06:00', timeZone: 'Europe/Paris', days: ['Mon', 'Sat'] },
    })
    const paris = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Paris', timeStyle: 'short' })
    const by = Date.parse(made.finishBy ?? '')
    expect(paris.format(by)).toBe('06:30')
    // the first one after the tick
    expect(by - Date.parse(tick)).toBeGreaterThan(0)
    expect(by - Date.parse(tick)).toBeLessThanOrEqual(25 * hourMs)
    expect(await world.ledger.withFinishBy(0, 10)).toContain(batch)
  })

  it('fails where its budget does not pay for one edit, with the row and what that costs', async () => {
    await world.add(name, { manifest: await world.manifest(2), budget: { currency: 'CNY', micros: 199_999 } })
    const failed = await run()
    expect(failed).toMatchObject({ outcome: 'failed' })
    expect(failed.detail).toMatch(
      /^row 1: the budget of the batch is CNY 0\.199999, and this edit costs CNY 0\.20: raise it, and 1 more fault$/,
    )
  })

  it('is of all pictures of a folder, and of those that have come when it runs again', async () => {
    await world.put(`${name}/a.jpg`, 'a picture')
    await world.put(`${name}/more/b.png`, 'another one')
    await world.put(`${name}/notes.txt`, 'no picture')
    await world.add(name, { manifest: `s3://photos/${name}/`, overlap: 'beside' })
    const first = await run()
    expect(first.rows).toMatchObject({ new: 2, unchanged: 0 })
    expect((await rowsOf(first.batch)).map(({ key, request }) => [key, ...request.images])).toEqual([
      ['a', `s3://photos/${name}/a.jpg`],
      ['more__b', `s3://photos/${name}/more/b.png`],
    ])
    await world.put(`${name}/c.jpg`, 'a third one')
    expect((await run()).rows).toMatchObject({ new: 1, unchanged: 2 })
  })

  it('fails where its folder is gone by then', async () => {
    await world.add(name, { manifest: `s3://photos/${name}/` })
    expect(await run()).toMatchObject({
      outcome: 'failed',
      detail: `s3://photos/${name}/ does not exist, or nothing is in it`,
    })
  })

  it('reads the sheet, the header and the columns that its schedule names', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'restyle-test-'))
    const row = (at: number, ...cells: string[]) =>
      `<row r="${at}">${cells.map((text, i) => `<c r="${'ABC'[i]}${at}" t="inlineStr"><is><t>${text}</t></is></c>`).join('')}</row>`
    const path = join(dir, 'book.xlsx')
    await writeWorkbook(path, {
      sheets: [
        { name: 'Old', rows: row(1, 'sku', 'image') },
        {
          name: 'Spring',
          rows: [
            row(1, 'made by the shop'),
            row(2, 'handle', 'photo', 'Size'),
            row(3, 'mug', 'https://cdn.example.com/1.jpg', 'large'),
            row(4, 'cup', '', 'small'),
          ].join(''),
        },
      ],
    })
    await world.put(`${name}.xlsx`, await readFile(path))
    await rm(dir, { recursive: true })
    await world.add(name, {
      manifest: `s3://photos/${name}.xlsx`,
      sheet: 'Spring',
      headerRow: 2,
      imageColumn: 'photo',
      keyColumn: 'handle',
      ownColumns: ['Size'],
      skipEmpty: true,
      prompt: 'a {{Size}} one',
    })
    const made = await run()
    expect(made).toMatchObject({ outcome: 'ran', rows: { new: 1 } })
    expect(await rowsOf(made.batch)).toMatchObject([{ key: 'mug', request: { prompt: 'a large one' } }])
  })

  it('leaves faulty rows out where its schedule says so, and tells the first of them', async () => {
    const rows = ['sku,image', 'a,https://cdn.example.com/a.jpg', 'b,', 'c,no-picture.jpg', 'd,']
    await world.add(name, { manifest: await world.manifest(rows.join('\n')), skipFaulty: true })
    const made = await run()
    expect(made).toMatchObject({ outcome: 'ran', rows: { new: 2, faulty: 2 } })
    expect(made.detail).toMatch(/^2 rows were left out: row 3, image: /)
    expect((await rowsOf(made.batch)).map(({ key }) => key)).toEqual(['a', 'c'])
    const [told] = (await world.told()).filter(({ subject }) => subject === name)
    expect(told).toMatchObject({ data: { rows: { faulty: 2 }, detail: made.detail } })
  })

  it('makes all rows again where its schedule says so, with pictures from the folder that it names', async () => {
    const manifest = await world.manifest('sku,image\na,a.jpg\n')
    await world.add(name, { manifest, all: true, pictures: 's3://photos/elsewhere/', overlap: 'beside' })
    const [first, second] = [await run(), await run()]
    expect([first.batch, second.batch]).toEqual([expect.any(String), expect.any(String)])
    expect(second.batch).not.toBe(first.batch)
    expect([first.rows, second.rows]).toMatchObject([{ new: 1 }, { new: 0, unchanged: 0, again: 1 }])
    expect((await rowsOf(second.batch)).map(({ request }) => request.images)).toEqual([
      ['s3://photos/elsewhere/a.jpg'],
    ])
  })
})

describe('schedules', () => {
  let world: ScheduleWorld
  beforeAll(async () => {
    world = await openScheduleWorld({ pace: { everyMs: 3600_000, watchMs: 3600_000 } })
  })
  afterAll(() => world.stop())

  it('are listed without one that cannot be read, which is named', async () => {
    for (const name of ['one', 'strange', 'text', 'three']) await world.add(name)
    await world.redis.hset(`${world.prefix}:schedule:acme:strange`, 'schedule', '{"producer":"acme"}')
    await world.redis.set(`${world.prefix}:schedule:acme:text`, 'broken on purpose')
    const left: { id: string; why: string }[] = []
    const schedules = await world.client.schedules.list({ unreadable: (each) => left.push(each) })
    expect(schedules.map(({ name }) => name)).toEqual(['one', 'three'])
    expect(left).toMatchObject([
      { id: 'strange', why: expect.stringMatching(/^schedule strange cannot be read: /) },
      { id: 'text', why: expect.stringContaining('WRONGTYPE') },
    ])
    const alarms = world.lines.filter((line) => line.includes('schedule cannot be read, and is left alone'))
    expect(alarms).toHaveLength(2)
    await expect(world.client.schedules.read('text')).rejects.toMatchObject({ code: 'unreadable' })
  })

  const good = {
    cron: '0 22 * * *',
    timeZone: 'Europe/Paris',
    manifest: 's3://photos/a.csv',
    prompt: 'on oak',
  }
  const hours = { from: '22:00', to: '06:00', timeZone: 'Europe/Paris' }

  it.each<[string, string, object]>([
    ['/cron', 'cron never fires: no such day comes', { cron: '0 0 30 2 *' }],
    ['/cron', 'cron is not five fields', { cron: '@daily' }],
    [
      '/timeZone',
      'is not the name of a time zone such as Europe/Paris; Europe/Paris is one',
      { timeZone: 'Paris' },
    ],
    ['/window', 'is empty: it ends when it begins', { window: { ...hours, to: '22:00' } }],
    ['/window/days', 'must be at least 1 long', { window: { ...hours, days: [] } }],
    ['/window/days', 'names a day twice', { window: { ...hours, days: ['Mon', 'Mon'] } }],
    ['/window/timeZone', 'is not the name of a time zone', { window: { ...hours, timeZone: 'Mars/North' } }],
    ['/budget/micros', '', { budget: { currency: 'CNY', micros: 0 } }],
    ['/budget/currency', '', { budget: { currency: 'EUR', micros: 5 } }],
    ['/finishBy', 'must be a time from 00:00 to 23:59', { finishBy: '8h' }],
    ['/manifest', 'is in no place that may be read', { manifest: 's3://elsewhere/a.csv' }],
    ['/manifest', 'must be s3://bucket/key', { manifest: '/etc/passwd' }],
    ['/pictures', 'must be a folder', { pictures: 's3://photos/spring' }],
    ['/pictures', 'is in no place that may be read', { pictures: 's3://elsewhere/spring/' }],
  ])('are refused with a bad %s: %s', async (pointer, detail, more) => {
    const headers = await world.keyOf('acme')
    const url = '/v1/schedules/bad'
    const answer = await world.producer.app.inject({
      method: 'PUT',
      url,
      headers,
      payload: { ...good, ...more },
    })
    expect(answer.statusCode).toBe(422)
    expect(answer.json().errors).toMatchObject([{ pointer, detail: expect.stringContaining(detail) }])
    expect(await world.ledger.schedules.read({ producer: 'acme', name: 'bad' })).toBeUndefined()
  })

  it('are refused with all that is wrong with their fields, and not with the first fault alone', async () => {
    const answer = await world.producer.app.inject({
      method: 'PUT',
      url: '/v1/schedules/bad',
      headers: await world.keyOf('acme'),
      payload: { ...good, cron: '0 0 30 2 *', timeZone: 'Paris', prompt: ' ', finishBy: '8h' },
    })
    const { errors } = answer.json() as { errors: { pointer: string; detail: string }[] }
    expect(errors.map(({ pointer }) => pointer)).toEqual(['/cron', '/timeZone', '/prompt', '/finishBy'])
    expect(errors[0]?.detail).toBe('cron never fires: no such day comes')
    expect(errors[2]?.detail).toBe('prompt is empty')
  })
})
