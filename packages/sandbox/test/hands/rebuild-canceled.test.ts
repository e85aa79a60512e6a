import type { NewBatch, NewEdit } from '@restyle/shared/contract/new-edit'
import { defaultKeyTemplate } from '@restyle/shared/object-key'
import { writeAcceptance, writeOpening } from '@restyle/shared/receipt/acceptance'
import { writeCancelOrder } from '@restyle/shared/receipt/cancel-order'
import { writeIntent } from '@restyle/shared/receipt/receipt'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import { writeRetry } from '@restyle/shared/rows/retries'
import { writeChunk, writeLots } from '@restyle/shared/rows/write-rows'
import { settleBatch } from '@restyle/shared/settle-batch'
import { rebuild } from '@restyle/worker/rebuild/rebuild'
import type { RebuildTools } from '@restyle/worker/rebuild/rebuild-tools'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { asked, lane } from '../ledger/ledger-world.ts'
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
  hands = openHands(redis, `{uncanceled${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const tools = (): RebuildTools => ({
  ledger: hands.ledger,
  store: hands.store,
  log: hands.context.log,
  keyTemplate: defaultKeyTemplate,
  factsOf: () => () => ({ fingerprint: 'f', costMicros: 1 }),
  rows: openRowReader(hands.store),
  told: new Set(),
})
const since = () => Date.now() - 3600_000
const carriedOut = () => hands.lines.filter(({ msg }) => String(msg).startsWith('forgotten'))
const told = async () => (await hands.ledger.events('acme').page('0', 100)).map(({ event }) => event.id)

describe('an edit that was canceled', () => {
  it('is put back as canceled, and its producer hears it once more under the same id', async () => {
    await writeAcceptance(hands.store, 'edit_1', { v: 1, edits: [asked('edit_1')] }, Date.now())
    await hands.queued('edit_1')
    await writeCancelOrder(hands.store, 'edit', 'edit_1', Date.now())
    await hands.ledger.cancelEdit('edit_1')
    await redis.del(hands.keys.edit('edit_1'))
    expect(await rebuild(since(), tools())).toMatchObject({ ended: 1, restored: 0 })
    expect(await hands.read('edit_1')).toMatchObject({ state: 'canceled' })
    expect(await told()).toEqual(['edit_1-canceled', 'edit_1-canceled'])
  })

  it('is canceled once more where the ledger went back to before', async () => {
    await hands.standing('edit_2', 'running')
    await hands.standing('edit_3', 'succeeded')
    await hands.queued('edit_1')
    for (const id of ['edit_1', 'edit_2', 'edit_3', 'edit_4'])
      await writeCancelOrder(hands.store, 'edit', id, Date.now())
    await rebuild(since(), tools())
    expect(await hands.read('edit_1')).toMatchObject({ state: 'canceled' })
    expect(await hands.read('edit_2')).toMatchObject({ state: 'running', cancelAsked: expect.any(Number) })
    expect(carriedOut()).toHaveLength(2)
    await rebuild(since(), tools())
    expect(carriedOut()).toHaveLength(2)
  })
})

describe('a batch that was canceled', () => {
  const opening: NewBatch = { id: 'batch_1', producer: 'acme', name: '', bodyHash: 'h', total: 2_500 }
  const lots = [{ model: lane.model, class: 'standard' }]
  const rowsOf = (from: number, to: number): NewEdit[] =>
    Array.from({ length: to - from }, (_, i) =>
      asked(`batch_1-${from + i}`, { batch: 'batch_1', row: from + i }),
    )
  /** What a duty of each worker does. */
  async function settleAll(): Promise<void> {
    const queues = { hurry: async () => {} }
    const { signal } = new AbortController()
    for (const [batch, mark] of await hands.ledger.unsettled())
      await settleBatch(batch, mark, { ...hands.context, queues }, signal)
  }
  async function promised(): Promise<void> {
    await writeLots(hands.store, 'batch_1', lots)
    for (const first of [0, 1_000, 2_000])
      await writeChunk(hands.store, 'batch_1', rowsOf(first, Math.min(first + 1_000, 2_500)))
    await writeOpening(hands.store, opening, Date.now())
  }

  it('comes back as canceled, but for what was admitted; nothing of it can be fed meanwhile', async () => {
    await promised()
    const edit = await hands.admitted(await hands.queued('other'))
    await writeIntent(hands.store, { ...edit, ...rowsOf(7, 8)[0], attempt: 1 }, 'w')
    await writeCancelOrder(hands.store, 'batch', 'batch_1', Date.now())
    const own = tools()
    const seen: string[] = []
    const ledger = {
      ...own.ledger,
      appendRows: async (...args: Parameters<typeof own.ledger.appendRows>) => {
        const appended = await own.ledger.appendRows(...args)
        seen.push(appended.kind, (await own.ledger.nextToFeed()).kind)
        return appended
      },
    }
    await rebuild(since(), { ...own, ledger })
    expect(seen).toEqual(['appended', 'none'])
    expect(await hands.ledger.readBatch('batch_1')).toMatchObject({
      total: 2_500,
      resting: 0,
      queued: 0,
      canceled: 2_499,
      uncertain: 1,
    })
    expect(await hands.ledger.readBatch('batch_1')).not.toHaveProperty('pausedAt')
    expect(await hands.ledger.nextToFeed()).toMatchObject({ kind: 'none' })
    await settleAll()
    const lost = await hands.read('batch_1-7')
    expect(lost).toMatchObject({ state: 'uncertain', cancelAsked: expect.any(Number) })
    expect(await hands.moved(lost, { to: 'queued' })).toMatchObject({ state: 'canceled' })
    expect((await told()).toSorted()).toEqual([
      'batch_1-7-canceled',
      'batch_1-completed',
      'batch_1-rows-canceled',
    ])
  })

  it('is canceled once more where the ledger went back to before', async () => {
    await promised()
    await hands.ledger.openBatch(opening)
    await hands.ledger.appendRows({ batch: 'batch_1', first: 0, count: 2_500, lots })
    await writeCancelOrder(hands.store, 'batch', 'batch_1', Date.now())
    await rebuild(since(), tools())
    await rebuild(since(), tools())
    expect(await hands.ledger.readBatch('batch_1')).toMatchObject({ canceled: 2_500, resting: 0 })
    expect(carriedOut()).toHaveLength(1)
  })

  it('ends with all rows that it was sent, although the ledger had forgotten some of them', async () => {
    await writeLots(hands.store, 'batch_1', lots)
    for (const first of [0, 1_000]) await writeChunk(hands.store, 'batch_1', rowsOf(first, first + 1_000))
    const { total: _, ...open } = opening
    await writeOpening(hands.store, open, Date.now())
    await hands.ledger.openBatch(open)
    await hands.ledger.appendRows({ batch: 'batch_1', first: 0, count: 1_000, lots })
    await writeCancelOrder(hands.store, 'batch', 'batch_1', Date.now())
    await rebuild(since(), tools())
    expect(await hands.ledger.readBatch('batch_1')).toMatchObject({ total: 2_000, canceled: 2_000 })
  })

  it('has a row that rests canceled once more where the ledger went back to before, and no other', async () => {
    await promised()
    await hands.ledger.openBatch(opening)
    await hands.ledger.appendRows({ batch: 'batch_1', first: 0, count: 2_500, lots })
    for (const id of ['batch_1-7', 'batch_2-7']) await writeCancelOrder(hands.store, 'edit', id, Date.now())
    await rebuild(since(), tools())
    await rebuild(since(), tools())
    expect(await hands.ledger.readBatch('batch_1')).toMatchObject({ canceled: 1, resting: 2_499 })
    expect(carriedOut()).toEqual([expect.objectContaining({ editId: 'batch_1-7', canceled: 'canceled' })])
  })

  it('too late, and was retried then, is not canceled by that order, but by one that came after the retry', async () => {
    await promised()
    await hands.ledger.openBatch(opening)
    await hands.ledger.appendRows({ batch: 'batch_1', first: 0, count: 2_500, lots })
    await writeCancelOrder(hands.store, 'batch', 'batch_1', Date.now())
    const map = '-'.repeat(2_500)
    const order = { v: 1 as const, at: Date.now(), rows: 2_500, request: {}, map }
    await writeRetry(hands.store, 'batch_1', 1, order)
    await rebuild(since(), tools())
    expect(await hands.ledger.readBatch('batch_1')).toMatchObject({ canceled: 0, resting: 2_500 })
    await redis.flushall()
    await rebuild(since(), tools())
    expect(await hands.ledger.readBatch('batch_1')).toMatchObject({ canceled: 0, resting: 2_500 })

    await writeCancelOrder(hands.store, 'batch', 'batch_1', Date.now(), 1)
    await rebuild(since(), tools())
    expect(await hands.ledger.readBatch('batch_1')).toMatchObject({ canceled: 2_500, resting: 0 })
    await redis.flushall()
    await rebuild(since(), tools())
    expect(await hands.ledger.readBatch('batch_1')).toMatchObject({ canceled: 2_500, resting: 0 })
  })

  it('before its rows were taken has no row that could come later', async () => {
    await hands.ledger.openBatch(opening)
    await hands.ledger.cancelBatch('batch_1')
    expect(await hands.ledger.readBatch('batch_1')).toMatchObject({ canceled: 2_500, accepted: 2_500 })
    const rows = { batch: 'batch_1', first: 0, count: 2_500, lots }
    expect(await hands.ledger.appendRows(rows)).toMatchObject({ kind: 'canceled' })
    expect(await told()).toEqual(['batch_1-rows-canceled', 'batch_1-completed'])
  })
})
