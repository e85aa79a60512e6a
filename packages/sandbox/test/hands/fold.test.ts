import { gunzipSync } from 'node:zlib'
import { type EditView, viewOf } from '@restyle/shared/contract/edit'
import { editIdOfRow } from '@restyle/shared/ledger/batches'
import { defaultKeyTemplate, resultsKey, resultsPrefix } from '@restyle/shared/object-key'
import { writeOpening } from '@restyle/shared/receipt/acceptance'
import { writeEnded, writeIntent } from '@restyle/shared/receipt/receipt'
import { readEdit, readEdits } from '@restyle/shared/rows/read-edits'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import { packResults, resultsOf } from '@restyle/shared/rows/results'
import { readResults } from '@restyle/shared/rows/write-results'
import { writeChunk, writeLots } from '@restyle/shared/rows/write-rows'
import type { Store } from '@restyle/shared/store/store'
import { foldDuty, foldEnded, type FoldTools } from '@restyle/worker/fold/fold-ended'
import type { Failpoint } from '@restyle/worker/hand/failpoints'
import { untimed } from '@restyle/worker/hand/pulse'
import { rebuild, type RebuildTools } from '@restyle/worker/rebuild/rebuild'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { asked, failure, lane } from '../ledger/ledger-world.ts'
import { type Hands, openHands } from './open-hands.ts'

let server: RedisServer
let redis: Redis
let hands: Hands
let tests = 0
beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(() => {
  tests += 1
  hands = openHands(redis, `{fold${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const lot = { model: lane.model, class: 'standard' }
const room = { running: 1e6, posting: 1e6, submitIntervalMicros: 0, maxCopyBacklog: 1e6 }
const id = 'batch_1'
const rowOf = (row: number) => {
  const edit = asked(editIdOfRow(id, row), { batch: id, row, key: `sofa ${row}` })
  return { ...edit, request: { ...edit.request, prompt: edit.id, metadata: { sku: `${row}` } } }
}
const rowsBetween = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => rowOf(from + i))

/** A batch whose chunks begin at these rows, all of which became edits. */
async function batchOf(rows: number, begins: readonly number[] = [0]): Promise<void> {
  const opening = { id, producer: 'acme', name: '', total: rows, bodyHash: 'h', createdAt: 1_800_000_000_000 }
  await writeLots(hands.store, id, [lot])
  for (const [i, from] of begins.entries())
    await writeChunk(hands.store, id, rowsBetween(from, begins[i + 1] ?? rows))
  await writeOpening(hands.store, opening, Date.now())
  await hands.ledger.openBatch(opening)
  await hands.ledger.appendRows({ batch: id, first: 0, count: rows, lots: [lot] })
  for (let from = 0; from < rows; from += 500) {
    const to = Math.min(from + 500, rows)
    await hands.ledger.feed({ ...lot, batch: id, from, to, edits: rowsBetween(from, to) })
  }
}

const read = (row: number) => hands.read(editIdOfRow(id, row))
const cancel = async (row: number) => hands.moved(await read(row), { to: 'canceled' })
const fail = async (row: number) => hands.moved(await read(row), { to: 'failed', set: { failure } })
const storedImage = (index: number) => ({
  index,
  url: 'https://results.test/signed?Signature=secret',
  expiresAt: 9,
  stored: { key: `k/${index}.png`, sha256: 's', bytes: 1, width: 2, height: 3, contentType: 'image/png' },
})
const everyRow = <T>(rows: number, end: (row: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: rows }, (_, row) => end(row)))
/** The first queued row. */
async function succeed(images: object[]) {
  const next = await hands.ledger.admit({ ...lane, ...room })
  if (next.kind !== 'admitted') throw new Error(next.kind)
  const set = { taskId: `task-${next.edit.id}`, submittedAt: 5 }
  const running = await hands.moved(next.edit, { to: 'running', set })
  const all = images as never
  const rendered = await hands.moved(running, {
    to: 'rendered',
    set: { images: all },
    expiresAt: 9,
    billedMicros: 400_000,
  })
  return hands.moved(rendered, { to: 'succeeded', stored: images.length })
}

const tools = (more: Partial<FoldTools> = {}): FoldTools => ({ ...hands.context, keptMs: 0, ...more })
const fold = (more: Partial<FoldTools> = {}) => foldEnded(tools(more), untimed())
/** As a producer reads, by a process that has read nothing before. */
const reading = (store: Store = hands.store) => ({ ledger: hands.ledger, rows: openRowReader(store) })
async function page(from: number, to: number, store?: Store): Promise<string> {
  const batch = await hands.ledger.readBatch(id)
  if (batch === undefined) throw new Error('no batch')
  const records = await readEdits(batch, from, to, reading(store))
  return JSON.stringify(records.map((record) => (record.kind === 'edit' ? viewOf(record.edit) : record)))
}
const inRedis = async (rows: number) =>
  (await hands.ledger.known(rowsBetween(0, rows).map((each) => each.id))).filter(Boolean).length
const dueAgain = () => redis.zadd(hands.keys.fold, 'XX', 1, `${id} 0`)

describe('an edit that was folded', () => {
  it('is read byte for byte as before, whatever its end was', async () => {
    await batchOf(5)
    await succeed([storedImage(0), storedImage(1)])
    await succeed([storedImage(0), { index: 1, failure: { code: 'ImageExpired', message: 'too late' } }])
    await fail(2)
    await cancel(3)
    const paid = { images: [{ index: 0, failure }], failure, billed: 200_000, taskId: 't' }
    await hands.rewrite(`${id}-4`, paid)
    await fail(4)
    const [before, batch] = [await page(0, 5), await hands.ledger.readBatch(id)]
    expect(await fold()).toBe(5)
    expect(await inRedis(5)).toBe(0)
    expect(await page(0, 5)).toBe(before)
    expect(await hands.ledger.readBatch(id)).toEqual(batch)
    const [first] = JSON.parse(before) as EditView[]
    const alone = await readEdit(`${id}-0`, reading())
    expect(alone && viewOf(alone)).toEqual(first)
    const written = gunzipSync(hands.bucket.objects.get(resultsKey(id, 0)) ?? '').toString()
    expect(written).toContain('k/0.png')
    expect(written).not.toContain('Signature')
  })

  it('keeps what another take and a look back need', async () => {
    await batchOf(1)
    const ended = await succeed([storedImage(0)])
    await fold()
    const { request, bodyHash, traceparent, taskId, attempt, tries, lane: where, version } = ended
    const again = await readEdit(ended.id, reading())
    expect(again).toMatchObject({ request, bodyHash, taskId, attempt, tries, lane: where, version })
    expect(again?.traceparent).toBe(traceparent)
  })

  it('costs a page one read for each chunk', async () => {
    await batchOf(900, [0, 300, 600])
    await everyRow(900, cancel)
    await fold()
    const got: string[] = []
    const get = async (key: string) => {
      got.push(key)
      return hands.store.get(key)
    }
    await page(250, 650, { ...hands.store, get })
    expect(got).toEqual([0, 300, 600].map((first) => resultsKey(id, first)))
  })

  it('that cannot be read any more is named, and hides no other', async () => {
    await batchOf(2, [0, 1])
    await Promise.all([cancel(0), cancel(1)])
    await fold()
    const get = async (key: string) =>
      key === resultsKey(id, 0) ? Buffer.from('torn') : hands.store.get(key)
    const records = JSON.parse(await page(0, 1, { ...hands.store, get })) as { kind: string }[]
    expect(records).toMatchObject([{ kind: 'unreadable' }])
    expect(await page(1, 2, { ...hands.store, get })).toContain(`${id}-1`)
  })
})

describe('a chunk', () => {
  it('is folded when all of its rows have ended, and not before', async () => {
    await batchOf(5, [0, 2])
    for (const row of [0, 1, 2, 3]) await cancel(row)
    expect(await fold()).toBe(2)
    expect(await inRedis(5)).toBe(3)
    // and is not looked at without end
    expect(await hands.ledger.nextToFold(0)).toBeUndefined()
    await fail(4)
    expect(await fold()).toBe(3)
    expect(await redis.exists(hands.keys.fold)).toBe(0)
    const results = await Promise.all([0, 2].map((first) => readResults(hands.store, id, first)))
    expect(results.map((each) => each?.bytes)).toEqual(['xx', 'xx-'])
  })

  it('is kept for as long as it was asked, and for a minute where redis nears its limit', async () => {
    await batchOf(1)
    await cancel(0)
    const keptMs = 3600_000
    expect(await fold({ keptMs })).toBe(0)
    const full = { ...hands.ledger, memory: async () => ({ used: 81, most: 100 }) }
    expect(await fold({ keptMs, ledger: full })).toBe(0)
    await redis.zincrby(hands.keys.fold, -60_001, `${id} 0`)
    const roomy = { ...hands.ledger, memory: async () => ({ used: 79, most: 100 }) }
    expect(await fold({ keptMs, ledger: roomy })).toBe(0)
    expect(await fold({ keptMs, ledger: full })).toBe(1)
  })

  it('over two thousands of rows is folded once, with whichever of them ended last', async () => {
    await batchOf(1_700, [0, 900])
    await everyRow(1_700, async (row) => row === 950 || cancel(row))
    expect(await fold()).toBe(900)
    await cancel(950)
    expect(await fold()).toBe(800)
    expect(await inRedis(1_700)).toBe(0)
    expect([...hands.bucket.objects.keys()].filter((key) => key.startsWith(resultsPrefix(id)))).toHaveLength(
      2,
    )
  })

  it('with rows that ended while they rested has a line for each that was an edit', async () => {
    await batchOf(3)
    await cancel(0)
    await cancel(2)
    await redis.setrange(hands.keys.batchMap(id), 1, 'x')
    await redis.del(hands.keys.edit(`${id}-1`))
    expect(await fold()).toBe(2)
    const results = await readResults(hands.store, id, 0)
    expect(results?.bytes).toBe('xxx')
    expect([...(results?.lines.keys() ?? [])]).toEqual([0, 2])
  })

  it('of which no chunk tells, as an older version took them, is left to expire', async () => {
    await hands.ledger.openBatch({ id, producer: 'acme', name: '', total: 1, bodyHash: 'h' })
    await hands.ledger.accept([rowOf(0)])
    await cancel(0)
    expect(await fold()).toBe(0)
    expect(await inRedis(1)).toBe(1)
    expect(await redis.exists(hands.keys.fold)).toBe(0)
  })

  it('comes with others in turns of bounded work', async () => {
    await batchOf(1)
    await cancel(0)
    const names = Array.from({ length: 100 }, (_, i) => [1, `gone${i} 0`]).flat()
    await redis.zadd(hands.keys.fold, ...names)
    await fold()
    expect(await redis.zcard(hands.keys.fold)).toBe(81)
  })
})

describe('a worker that dies while it folds', () => {
  const rows = 700
  it.each<[Failpoint, number]>([
    ['results-written', rows],
    ['results-folded', rows - 500],
  ])('at "%s" leaves every row readable once, and the next one goes on', async (point, left) => {
    await batchOf(rows)
    await everyRow(rows, (row) => (row % 2 === 0 ? cancel(row) : fail(row)))
    const before = await page(0, rows)
    const dies = async (at: Failpoint) => {
      if (at === point) throw new Error('killed')
    }
    await expect(fold({ failpoint: dies })).rejects.toThrow('killed')
    expect(await inRedis(rows)).toBe(left)
    expect(await page(0, rows)).toBe(before)
    await dueAgain()
    expect(await fold()).toBe(left)
    expect(await inRedis(rows)).toBe(0)
    expect(await page(0, rows)).toBe(before)
    expect(hands.errors()).toEqual([])
  })

  it('and another that folds the same at the same time drop each edit once', async () => {
    await batchOf(rows)
    await everyRow(rows, cancel)
    const before = await page(0, rows)
    const slow = async (at: Failpoint) => {
      if (at !== 'results-written') return
      await dueAgain()
      await fold()
    }
    await fold({ failpoint: slow })
    expect(await page(0, rows)).toBe(before)
    expect(await inRedis(rows)).toBe(0)
    expect(hands.errors()).toEqual([])
  })
})

describe('results in the bucket', () => {
  const facts = { contentType: 'application/gzip', sha256: 's' }
  const alarm = 'results in the bucket differ from the ledger: these edits stay in redis'

  /** As another installation, or a redis that went back in time, may have left them. */
  async function others(change: () => Promise<unknown>): Promise<void> {
    await batchOf(2)
    await Promise.all([cancel(0), fail(1)])
    const once = async (at: Failpoint) => {
      if (at === 'results-written') throw new Error('killed')
    }
    await expect(fold({ failpoint: once })).rejects.toThrow('killed')
    await change()
    await dueAgain()
  }

  it.each<[string, () => Promise<unknown>]>([
    [
      'that say of an edit that it ended otherwise',
      () => hands.rewrite(`${id}-0`, { state: 'failed', failure, told: 'failed' }),
    ],
    ['that say that it cost something else', () => hands.rewrite(`${id}-1`, { billed: 1 })],
    ['that know of another task', () => hands.rewrite(`${id}-1`, { taskId: 'other' })],
    ['that were asked for something else', () => hands.rewrite(`${id}-1`, { bodyHash: 'other' })],
    ['with another image', () => hands.rewrite(`${id}-1`, { images: [storedImage(0)] })],
  ])('%s call a person once, and nothing is dropped', async (_, change) => {
    await others(change)
    expect(await fold()).toBe(0)
    await dueAgain()
    expect(await fold()).toBe(0)
    expect(hands.errors()).toEqual([alarm])
    expect(await inRedis(2)).toBe(2)
  })

  it.each<[string, () => Promise<Buffer>]>([
    ['that are damaged', async () => Buffer.from('torn')],
    ['that are of other rows', () => packResults(resultsOf(0, 'x', []))],
    ['that say nothing of an edit', () => packResults(resultsOf(0, 'xx', []))],
  ])('%s do as well', async (_, packed) => {
    await batchOf(2)
    await hands.store.putIfAbsent(resultsKey(id, 0), await packed(), facts)
    await Promise.all([cancel(0), cancel(1)])
    expect(await fold()).toBe(0)
    expect(hands.errors()).toEqual([alarm])
    expect(await inRedis(2)).toBe(2)
  })

  it('that were not taken are not believed to be there', async () => {
    await batchOf(1)
    await cancel(0)
    const putIfAbsent = async () => ({ kind: 'created' }) as const
    await fold({ store: { ...hands.store, putIfAbsent } })
    expect(await inRedis(1)).toBe(1)
    expect(hands.errors()).toEqual([alarm])
  })

  it('that tell the same end with other times are the same', async () => {
    await others(() => hands.rewrite(`${id}-0`, { updatedAt: '7', version: '9', attempt: '3' }))
    expect(await fold()).toBe(2)
    expect(hands.errors()).toEqual([])
  })
})

describe('the duty', () => {
  it('says once that the bucket is away, asks less and less often, and goes on when it is back', async () => {
    await batchOf(1)
    await cancel(0)
    let [now, asked, away] = [0, 0, true]
    const putIfAbsent: Store['putIfAbsent'] = async (...args) => {
      asked += 1
      if (away) throw Object.assign(new Error('away'), { code: 'SlowDown' })
      return hands.store.putIfAbsent(...args)
    }
    const duty = foldDuty(tools({ store: { ...hands.store, putIfAbsent } }), () => now)
    for (let second = 0; second < 600; second += 5) {
      now = second * 1000
      await dueAgain()
      await duty(untimed())
    }
    expect(asked).toBeLessThan(15)
    expect(asked).toBeGreaterThan(2)
    expect(hands.lines.filter(({ level }) => level === 'warn')).toHaveLength(1)
    away = false
    now += 600_000
    await dueAgain()
    await duty(untimed())
    expect(await inRedis(1)).toBe(0)
  })
})

describe('a rebuild of a batch of which rows were folded', () => {
  const rebuildTools = (store = hands.store): RebuildTools => ({
    ledger: hands.ledger,
    store,
    rows: openRowReader(store),
    log: hands.context.log,
    keyTemplate: defaultKeyTemplate,
    factsOf: () => () => ({ fingerprint: 'f', costMicros: 1 }),
    told: new Set(),
  })
  const since = () => Date.now() - 3600_000
  const forget = async () => {
    const keys = await redis.keys(`${hands.prefix}*`)
    await redis.del(...keys)
  }

  /** Three chunks: the first is folded, a row of the second has ended, the third rests. */
  async function folded(): Promise<string> {
    await batchOf(6, [0, 2, 4])
    const ended = await succeed([storedImage(0)])
    await writeIntent(hands.store, ended, 'w')
    await fail(1)
    for (const row of [1, 2])
      await writeEnded(hands.store, { id: editIdOfRow(id, row), attempt: 0 }, { state: 'canceled' })
    const before = await page(0, 2)
    expect(await fold()).toBe(2)
    return before
  }

  it('ends them again with their counts and money, and makes no edit of them', async () => {
    const before = await folded()
    const { billed, images, succeeded, failed } = (await hands.ledger.readBatch(id)) ?? {}
    await forget()
    const got: string[] = []
    const get = async (key: string) => {
      got.push(key)
      return hands.store.get(key)
    }
    const rebuilt = await rebuild(since(), rebuildTools({ ...hands.store, get }))
    expect(rebuilt).toMatchObject({ restored: 0, ended: 1, folded: 2, missed: 0 })
    expect(await hands.ledger.readMap(id)).toBe('+-x...')
    expect(await hands.ledger.readBatch(id)).toMatchObject({ billed, images, succeeded, failed, resting: 3 })
    expect(await page(0, 2)).toBe(before)
    expect(await inRedis(2)).toBe(0)
    // no receipt of theirs is read
    expect(got.filter((key) => /batch_1-[01]\//.test(key))).toEqual([])
    expect(await rebuild(since(), rebuildTools())).toMatchObject({ ended: 0, folded: 0, resting: 0 })
    expect(await hands.ledger.readBatch(id)).toMatchObject({ billed, images, succeeded, failed })
  })

  it('puts back from their receipts those whose results cannot be read, and a person hears of it', async () => {
    await folded()
    await forget()
    const get = async (key: string) =>
      key === resultsKey(id, 0) ? Buffer.from('torn') : hands.store.get(key)
    const rebuilt = await rebuild(since(), rebuildTools({ ...hands.store, get }))
    expect(rebuilt).toMatchObject({ restored: 1, ended: 2, folded: 0 })
    expect(await hands.ledger.readMap(id)).toBe('uxx...')
    expect(hands.errors()).toEqual(['results cannot be read: their edits are put back'])
  })

  it('that stopped amid its work goes on, and counts nothing twice', async () => {
    await folded()
    const { billed, images } = (await hands.ledger.readBatch(id)) ?? {}
    await forget()
    const away = async (key: string) => {
      if (key.includes('/ended')) throw Object.assign(new Error('away'), { code: 'ECONNRESET' })
      return hands.store.get(key)
    }
    const cut = await rebuild(since(), rebuildTools({ ...hands.store, get: away }))
    expect(cut).toMatchObject({ folded: 2, missed: 1 })
    expect(await rebuild(since(), rebuildTools())).toMatchObject({ folded: 0, ended: 1, missed: 0 })
    expect(await hands.ledger.readBatch(id)).toMatchObject({ accepted: 6, billed, images })
  })
})
