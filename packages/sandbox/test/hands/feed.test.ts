import { editIdOfRow } from '@restyle/shared/ledger/batches'
import { marks } from '@restyle/shared/ledger/facts'
import { type Freed, subscribeFreed } from '@restyle/shared/ledger/freed'
import { cutChunks } from '@restyle/shared/rows/chunk'
import { openRetake } from '@restyle/shared/rows/retake'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import { writeChunk, writeLots } from '@restyle/shared/rows/write-rows'
import { rowsKey } from '@restyle/shared/object-key'
import { readEdits } from '@restyle/shared/rows/read-edits'
import { feedHungry, type FeedTools } from '@restyle/worker/feed/feed-hungry'
import { backlogWatch } from '@restyle/worker/lane/watch-backlogs'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { asked, lane } from '../ledger/ledger-world.ts'
import { until } from '../stories/story.ts'
import { type Hands, openHands } from './open-hands.ts'

let server: RedisServer
let redis: Redis
let hands: Hands
let freed: Freed
let stop: AbortController
let running: Promise<unknown>
let tests = 0
beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(async () => {
  tests += 1
  stop = new AbortController()
  running = Promise.resolve()
  hands = openHands(redis, `{feed${tests}}`)
  freed = await subscribeFreed(new Redis(server.url), hands.prefix, [])
})
afterEach(async () => {
  stop.abort()
  await running
  await freed.stop()
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const lot = { model: lane.model, class: 'standard' }
const editsOf = (
  batch: string,
  count: number,
  lotClass = (_row: number): 'standard' | 'bulk' => 'standard',
) =>
  Array.from({ length: count }, (_, row) => {
    const edit = asked(editIdOfRow(batch, row), { batch, row, key: String(row) })
    return { ...edit, request: { ...edit.request, class: lotClass(row), prompt: edit.id } }
  })

/** A batch whose rows rest in the bucket. */
async function resting(batch: string, count: number, lotClass?: (row: number) => 'standard' | 'bulk') {
  const edits = editsOf(batch, count, lotClass)
  for (const chunk of cutChunks(edits)) await writeChunk(hands.store, batch, chunk)
  await hands.ledger.openBatch({ id: batch, producer: 'acme', name: '', total: count, bodyHash: 'h' })
  const lots = [...new Set(edits.map(({ request }) => request.class ?? 'standard'))]
  await hands.ledger.appendRows({
    batch,
    first: 0,
    count,
    lots: lots.map((each) => ({ model: lane.model, class: each })),
  })
}

function start(workers = 1, more: Partial<FeedTools> = {}): void {
  const tools = {
    ...hands.context,
    stopping: stop.signal,
    freed,
    gate: { opened: async () => true },
    ...more,
  }
  running = Promise.all(
    Array.from({ length: workers }, () =>
      feedHungry({
        ...tools,
        rows: openRowReader(hands.store),
        retake: openRetake({ ...hands.context, rows: openRowReader(hands.store) }),
      }),
    ),
  )
}
const room = { ...lane, running: 1e6, posting: 1e6, submitIntervalMicros: 0, ahead: 0 }
const waiting = () => hands.ledger.waiting(lane.model)

describe('a feeder', () => {
  it('feeds what rests already, and what comes to rest later, at once', async () => {
    await resting('a', 3)
    start()
    await until(async () => (await waiting()) === 3, 1_800)
    await resting('b', 2)
    await until(async () => (await waiting()) === 5, 1_800)
    expect((await hands.read('b-1')).request.prompt).toBe('b-1')
  })

  it('keeps the backlog filled over chunks and lots, each row once, with several workers', async () => {
    const rows = 2_500
    await resting('a', rows, (row) => (row % 3 === 0 ? 'bulk' : 'standard'))
    start(3)
    const admitted: string[] = []
    let most = 0
    while (admitted.length < rows) {
      const next = await hands.ledger.admit(room)
      if (next.kind === 'admitted') admitted.push(next.edit.id)
      if (admitted.length % 100 === 0) most = Math.max(most, await waiting())
    }
    expect(new Set(admitted).size).toBe(rows)
    expect(most).toBeLessThanOrEqual(2 * marks.highMark)
    const standard = admitted.map((id) => Number(id.split('-')[1])).filter((row) => row % 3 !== 0)
    expect(standard).toEqual(standard.toSorted((a, b) => a - b))
    expect(await hands.ledger.readBatch('a')).toMatchObject({ resting: 0, queued: 0, submitting: rows })
    expect(await redis.zcard(hands.keys.hungry)).toBe(0)
  }, 30_000)

  it('feeds other batches while the chunk of one is missing, calls a person, and feeds that one when it is there', async () => {
    await hands.ledger.openBatch({ id: 'a', producer: 'acme', name: '', total: 1, bodyHash: 'h' })
    await hands.ledger.appendRows({ batch: 'a', first: 0, count: 1, lots: [lot] })
    await resting('b', 2)
    start(1, { unreadMs: 100, alarmMs: 500 })
    await until(async () => (await hands.ledger.read('b-1')) !== undefined, 15_000)
    expect(await hands.ledger.read('a-0')).toBeUndefined()
    await until(() => hands.errors().length > 0, 15_000)
    expect(hands.errors()).toEqual(['resting rows cannot be read: their batch does not go on'])
    await writeChunk(hands.store, 'a', editsOf('a', 1))
    await until(async () => (await hands.ledger.read('a-0')) !== undefined, 15_000)
    expect(hands.lines.filter(({ msg }) => msg === 'resting rows cannot be read now')).toHaveLength(1)
    expect(await redis.zcard(hands.keys.hungry)).toBe(0)
  }, 20_000)
})

describe('a backlog of which no row becomes an edit', () => {
  const watch = () => {
    const lanes = [hands.lane({})]
    return backlogWatch(hands.context, { lanes, models: [lane.model], patienceMs: 0 })
  }

  it('is told as one that does not move, and not while a person holds it back', async () => {
    await resting('a', 3, (row) => (row === 0 ? 'bulk' : 'standard'))
    const look = watch()
    await look()
    const stuck = hands.lines.filter(({ msg }) => msg === 'backlog does not move')
    expect(stuck).toEqual([expect.objectContaining({ model: lane.model, edits: 3, lanes: ['one'] })])
    await hands.ledger.pauseProducer('acme', true)
    await look()
    await hands.ledger.pauseProducer('acme', false)
    await hands.ledger.pauseBatch('a', true)
    await watch()()
    expect(hands.errors()).toEqual(['backlog does not move'])
  })
})

describe('rows that the bucket has lost', () => {
  const soon = { unreadMs: 20, goneBound: { tries: 3, ms: 200 } }
  const inBatch = async () => (await hands.ledger.readBatch('a')) ?? { failed: 0, resting: 0 }
  const all = editsOf('a', 250)

  /** 250 rows in chunks of a hundred, of which the bucket has some. */
  async function taken(has: (first: number) => boolean): Promise<void> {
    for (const first of [0, 100, 200])
      if (has(first)) await writeChunk(hands.store, 'a', all.slice(first, first + 100))
    await hands.ledger.openBatch({ id: 'a', producer: 'acme', name: '', total: 250, bodyHash: 'h' })
    await hands.ledger.appendRows({ batch: 'a', first: 0, count: 250, lots: [lot] })
  }
  async function admitAll(): Promise<number> {
    let admitted = 0
    for (let next = await hands.ledger.admit(room); next.kind === 'admitted'; admitted += 1)
      next = await hands.ledger.admit(room)
    return admitted
  }

  it('fail after many tries, with one event, and the rows after them go on', async () => {
    await writeLots(hands.store, 'a', [lot])
    await taken((first) => first !== 100)
    start(2, soon)
    let admitted = 0
    await until(async () => (admitted += await admitAll()) === 150, 20_000)
    expect(await inBatch()).toMatchObject({ failed: 100, resting: 0, submitting: 150 })
    expect((await hands.ledger.failuresOf('a')).get('RowsUnreadable')).toBe(100)
    const events = await hands.ledger.events('acme').page('0', 10)
    expect(events.map(({ event }) => event)).toEqual([
      expect.objectContaining({
        id: 'a-rows-failed-100',
        type: 'restyle.rows.failed',
        data: {
          batch: 'a',
          firstRow: 100,
          lastRow: 199,
          rows: 100,
          failure: { code: 'RowsUnreadable', message: expect.stringContaining('rows 101 to 200') },
        },
      }),
    ])
    expect(hands.errors()).toContain('rows cannot be read for good, and have failed')
  }, 30_000)

  it('are shown as failed once their chunk is back, and name the reason before', async () => {
    await writeLots(hands.store, 'a', [lot])
    await hands.store.putIfAbsent(rowsKey('a', 0), Buffer.from('damaged'), { contentType: 'x', sha256: 's' })
    await hands.ledger.openBatch({ id: 'a', producer: 'acme', name: '', total: 2, bodyHash: 'h' })
    await hands.ledger.appendRows({ batch: 'a', first: 0, count: 2, lots: [lot] })
    start(1, soon)
    await until(async () => (await inBatch()).failed === 2, 15_000)
    const batch = await hands.ledger.readBatch('a')
    if (batch === undefined) throw new Error('no batch')
    expect(batch.completedAt).toEqual(expect.any(Number))
    const read = () => readEdits(batch, 0, 2, { ledger: hands.ledger, rows: openRowReader(hands.store) })
    expect(await read()).toMatchObject([{ kind: 'unreadable' }, { kind: 'unreadable' }])
    ;(hands.bucket.objects as Map<string, Buffer>).delete(rowsKey('a', 0))
    await writeChunk(hands.store, 'a', editsOf('a', 2))
    expect(await read()).toMatchObject([
      { kind: 'edit', edit: { state: 'failed', failure: { code: 'RowsUnreadable' } } },
      { kind: 'edit', edit: { row: 1 } },
    ])
  }, 20_000)

  it.each([
    ['is away', async () => void (hands.bucket.weather = 'away')],
    ['refuses', async () => void (hands.bucket.weather = 'refuses')],
    ['lists them, and does not let them be read', async () => void (hands.bucket.weather = 'blind')],
    ['has lost everything', async () => (hands.bucket.objects as Map<string, Buffer>).clear()],
  ])(
    'rest on while the bucket %s',
    async (_, happens) => {
      await writeLots(hands.store, 'a', [lot])
      await taken(() => true)
      await happens()
      let tries = 0
      const skipRows: typeof hands.ledger.skipRows = (...args) => {
        tries += 1
        return hands.ledger.skipRows(...args)
      }
      start(1, { ...soon, ledger: { ...hands.ledger, skipRows } })
      await until(() => tries >= 20, 10_000)
      expect(await inBatch()).toMatchObject({ failed: 0, resting: 250 })
    },
    20_000,
  )
})
