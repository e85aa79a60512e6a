import type { NewBatch, NewEdit } from '@restyle/shared/contract/new-edit'
import { defaultKeyTemplate, promiseOf, rowsKey } from '@restyle/shared/object-key'
import { writeAcceptance, writeOpening } from '@restyle/shared/receipt/acceptance'
import { writeAnswer, writeEnded, writeIntent } from '@restyle/shared/receipt/receipt'
import { cutChunks } from '@restyle/shared/rows/chunk'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import { writeChunk, writeClosed, writeLots } from '@restyle/shared/rows/write-rows'
import type { Store } from '@restyle/shared/store/store'
import { untimed } from '@restyle/worker/hand/pulse'
import { audit } from '@restyle/worker/rebuild/audit'
import { rebuild } from '@restyle/worker/rebuild/rebuild'
import type { RebuildTools } from '@restyle/worker/rebuild/rebuild-tools'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { asked } from '../ledger/ledger-world.ts'
import { until } from '../stories/story.ts'
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
  hands = openHands(redis, `{rebuild${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const tools = (): RebuildTools => ({
  ledger: hands.ledger,
  store: hands.store,
  rows: openRowReader(hands.store),
  log: hands.context.log,
  keyTemplate: defaultKeyTemplate,
  factsOf: () => () => ({ fingerprint: 'f', costMicros: 1 }),
  told: new Set(),
})
const promise = (id: string, edits: NewEdit[], batch?: NewBatch) =>
  writeAcceptance(hands.store, id, { v: 1, batch, edits }, Date.now())
const since = () => Date.now() - 3600_000

describe('a rebuild', () => {
  const batch: NewBatch = { id: 'batch_1', producer: 'acme', name: '', total: 2, bodyHash: 'h' }
  const rows = [0, 1].map((row) => asked(`batch_1-${row}`, { batch: 'batch_1', row }))

  it('shows progress in an hour of many promises that are all known, and ends amid it when told to', async () => {
    const many = Array.from({ length: 1_200 }, (_, i) => asked(`edit_${i}`))
    for (const edit of many) await promise(edit.id, [edit])
    await hands.ledger.accept(many)
    const over = new AbortController()
    let beats = 0
    const beat = () => void (beats += 1)
    await rebuild(since(), tools(), { signal: over.signal, beat })
    const hours = 3
    expect(beats).toBeGreaterThanOrEqual(hours + 1)
    over.abort()
    beats = 0
    await rebuild(since(), tools(), { signal: over.signal, beat })
    expect(beats).toBeLessThanOrEqual(hours)
  })

  it('puts back an edit that was promised a moment ago', async () => {
    await promise('edit_1', [asked('edit_1', { redoOf: 'edit_0' })])
    expect(await rebuild(since(), tools())).toMatchObject({ restored: 1, missed: 0 })
    expect(await hands.read('edit_1')).toMatchObject({ state: 'queued', attempt: 0, redoOf: 'edit_0' })
  })

  it('puts back each edit that is missing of those that were promised together', async () => {
    const edits = ['edit_a', 'edit_b', 'edit_c'].map((id) => asked(id))
    await promise(promiseOf(edits.map(({ id }) => id)), edits)
    await hands.ledger.accept(edits.slice(1, 2))
    expect(await rebuild(since(), tools())).toMatchObject({ restored: 2, missed: 0 })
    for (const { id } of edits) expect(await hands.read(id)).toMatchObject({ state: 'queued' })
    expect(await rebuild(since(), tools())).toMatchObject({ restored: 0 })
  })

  it('puts back the rows that are missing of a batch that is known', async () => {
    await promise('batch_1', rows, batch)
    await hands.ledger.openBatch(batch)
    await hands.ledger.accept(rows.slice(0, 1))
    expect(await rebuild(since(), tools())).toMatchObject({ restored: 1 })
    expect(await hands.ledger.readMap('batch_1')).toBe('qq')
  })

  it('puts back all others where the receipts of one cannot be read, and a person hears of it', async () => {
    const torn = asked('edit_0')
    const facts = { contentType: 'application/json', sha256: 's' }
    await hands.store.putIfAbsent('receipts/edit_0/1/intent', Buffer.from('{"v":1,"wri'), facts)
    await promise('edit_0', [torn])
    await promise('edit_1', [asked('edit_1')])
    expect(await rebuild(since(), tools())).toMatchObject({ restored: 1, poisoned: 1, missed: 0 })
    expect(await hands.ledger.known(['edit_0', 'edit_1'])).toEqual([false, true])
    expect(hands.errors()).toEqual(['promise cannot be put back, all others are'])
  })

  it('opens a batch that was forgotten, so that its end is told', async () => {
    await promise('batch_1', rows, batch)
    expect(await rebuild(since(), tools())).toMatchObject({ restored: 2 })
    expect(await hands.ledger.readBatch('batch_1')).toMatchObject({ total: 2, queued: 2 })
  })

  it('goes on from the tenth attempt, not from the ninth', async () => {
    await promise('edit_1', [asked('edit_1')])
    const edit = await hands.admitted(await hands.queued('edit_1'))
    for (const attempt of [9, 10]) {
      const taskId = `task-${attempt}`
      await writeIntent(hands.store, { ...edit, attempt }, 'w')
      await writeAnswer(hands.store, { ...edit, attempt }, { v: 1, outcome: 'accepted', taskId, at: 1 })
    }
    await redis.del(hands.keys.edit('edit_1'))
    await rebuild(since(), tools())
    expect(await hands.read('edit_1')).toMatchObject({ state: 'running', attempt: 10, taskId: 'task-10' })
  })
})

describe('a rebuild of a batch whose rows rest', () => {
  const opening = { id: 'batch_1', producer: 'acme', name: '', bodyHash: 'h', createdAt: 1_800_000_000_000 }
  const lots = ['standard', 'bulk'].map((each) => ({ model: 'wan2.5-i2i-preview', class: each }))
  const editsOf = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) =>
      asked(`batch_1-${from + i}`, { batch: 'batch_1', row: from + i }),
    )

  /** In the bucket; the ledger knows nothing of it. */
  async function promised(rows: number, { total, at = Date.now() }: { total?: number; at?: number } = {}) {
    await writeLots(hands.store, 'batch_1', lots)
    for (const chunk of cutChunks(editsOf(0, rows))) await writeChunk(hands.store, 'batch_1', chunk)
    await writeOpening(hands.store, total === undefined ? opening : { ...opening, total }, at)
  }
  /** The same tools, and which objects were read. */
  const counted = () => {
    const read: string[] = []
    const store: Store = {
      ...hands.store,
      get: (key) => {
        read.push(key)
        return hands.store.get(key)
      },
    }
    return { read, tools: { ...tools(), store, rows: openRowReader(store) } }
  }
  const rowsRead = (read: readonly string[]) => read.filter((key) => key.includes('/rows/'))

  it('puts back those with receipts and lets all others rest, without reading one of them', async () => {
    await promised(5_000, { total: 5_000 })
    const [ended, sent] = [editsOf(10, 11)[0], editsOf(4_990, 4_991)[0]]
    if (ended === undefined || sent === undefined) throw new Error('no rows')
    await writeEnded(hands.store, { id: ended.id, attempt: 0 }, { state: 'canceled' })
    const edit = await hands.admitted(await hands.queued('other'))
    await writeIntent(hands.store, { ...edit, ...sent, attempt: 1 }, 'w')
    const { read, tools: own } = counted()
    expect(await rebuild(since(), own)).toMatchObject({ restored: 1, ended: 1, resting: 5_000, missed: 0 })
    expect(rowsRead(read)).toEqual([rowsKey('batch_1', 0), rowsKey('batch_1', 4_000)])
    const batch = await hands.ledger.readBatch('batch_1')
    const { createdAt } = opening
    expect(batch).toMatchObject({ createdAt, total: 5_000, accepted: 5_000, resting: 4_998, canceled: 1 })
    const map = await hands.ledger.readMap('batch_1')
    expect([map[9], map[10], map[4_990], map.replaceAll('.', '').length]).toEqual(['.', 'x', 'u', 2])
    for (const each of lots) {
      const key = hands.keys.resting(each.model, each.class, 'acme')
      expect(await redis.zscore(key, 'batch_1')).not.toBeNull()
    }
    // and once more there is nothing to do
    const again = counted()
    expect(await rebuild(since(), again.tools)).toMatchObject({ restored: 0, ended: 0, resting: 0 })
    expect(again.read).toEqual([])
  })

  it('that is open counts its last chunk, and takes the chunks and the close that a rewound ledger misses, however old it is', async () => {
    const old = Date.now() - 20 * 24 * 3600_000
    await promised(2_500, { at: old })
    await hands.ledger.openBatch(opening)
    await hands.ledger.appendRows({ batch: 'batch_1', first: 0, count: 1_000, lots })
    const { read, tools: own } = counted()
    expect(await rebuild(since(), own)).toMatchObject({ resting: 1_500, missed: 0 })
    expect(rowsRead(read)).toEqual([rowsKey('batch_1', 2_000)])
    expect(await hands.ledger.readBatch('batch_1')).toMatchObject({ accepted: 2_500, resting: 2_500 })

    await writeClosed(hands.store, 'batch_1', 2_500)
    expect(await rebuild(since(), tools())).toMatchObject({ resting: 0 })
    expect(await hands.ledger.readBatch('batch_1')).toMatchObject({ total: 2_500 })
    expect(await hands.ledger.unclosed()).toEqual([])
  })

  it('puts back what was submitted before anybody may be fed with it', async () => {
    await promised(1, { total: 1 })
    const edit = await hands.admitted(await hands.queued('other'))
    await writeIntent(hands.store, { ...edit, ...editsOf(0, 1)[0], attempt: 1 }, 'w')
    const own = tools()
    const seen: string[] = []
    const ledger = {
      ...own.ledger,
      restore: async (...args: Parameters<typeof own.ledger.restore>) => {
        seen.push((await own.ledger.nextToFeed()).kind)
        return own.ledger.restore(...args)
      },
    }
    await rebuild(since(), { ...own, ledger })
    expect(seen).toEqual(['none'])
    expect(await hands.read('batch_1-0')).toMatchObject({ state: 'uncertain', attempt: 1 })
  })

  it('lets none rest while the receipts of one cannot be looked at, and not the one whose receipts are torn', async () => {
    await promised(3, { total: 3 })
    const facts = { contentType: 'application/json', sha256: 's' }
    await hands.store.putIfAbsent('receipts/batch_1-1/1/intent', Buffer.from('{"v":1,"wri'), facts)
    const away = tools()
    const get = async (key: string) => {
      if (key.includes('intent')) throw Object.assign(new Error('away'), { code: 'ECONNRESET' })
      return hands.store.get(key)
    }
    const store = { ...away.store, get }
    expect(await rebuild(since(), { ...away, store })).toMatchObject({ resting: 0, missed: 1 })
    expect(await hands.ledger.readMap('batch_1')).toBe('')
    expect(await rebuild(since(), tools())).toMatchObject({ resting: 3, poisoned: 1, missed: 0 })
    expect(await hands.ledger.readMap('batch_1')).toBe('.\0.')
    expect(await hands.ledger.readBatch('batch_1')).toMatchObject({ accepted: 3, resting: 2 })
  })

  it('whose last chunk cannot be read leaves it to a person, and goes on with the others', async () => {
    await promised(10)
    const facts = { contentType: 'application/gzip', sha256: 's' }
    await hands.store.putIfAbsent(rowsKey('batch_1', 10), Buffer.from('torn'), facts)
    await promise('edit_1', [asked('edit_1')])
    expect(await rebuild(since(), tools())).toMatchObject({ restored: 1, resting: 0, poisoned: 1 })
    expect(hands.errors()).toEqual(['promise cannot be put back, all others are'])
  })
})

describe('an audit', () => {
  it('that looked at all is noted as of when it began', async () => {
    const before = Date.now()
    let listedAt = 0
    const slow: Store['list'] = async function* () {
      listedAt ||= Date.now()
      await until(() => Date.now() > listedAt)
      yield* []
    }
    await audit({ ...tools(), store: { ...hands.store, list: slow } }, untimed())
    const at = await hands.ledger.auditedAt()
    expect(at).toBeGreaterThanOrEqual(before)
    expect(at).toBeLessThanOrEqual(listedAt)
  })

  it('that was given up amid its work is not noted either', async () => {
    await audit(tools(), untimed(AbortSignal.abort()))
    expect(await hands.ledger.auditedAt()).toBeUndefined()
  })

  it('that could not look at all is not noted, and looks at them again', async () => {
    await promise('edit_1', [asked('edit_1')])
    const away = tools()
    const get = async () => {
      throw Object.assign(new Error('away'), { code: 'ECONNRESET' })
    }
    await audit({ ...away, store: { ...away.store, get } }, untimed())
    expect(await hands.ledger.auditedAt()).toBeUndefined()
  })
})
