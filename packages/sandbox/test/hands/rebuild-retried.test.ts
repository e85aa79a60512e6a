import type { NewBatch, NewEdit } from '@restyle/shared/contract/new-edit'
import { defaultKeyTemplate } from '@restyle/shared/object-key'
import { writeOpening } from '@restyle/shared/receipt/acceptance'
import { writeAnswer, writeEnded, writeIntent } from '@restyle/shared/receipt/receipt'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import { editOfTake, openRetake } from '@restyle/shared/rows/retake'
import { writeRetry } from '@restyle/shared/rows/retries'
import { writeChunk, writeLots } from '@restyle/shared/rows/write-rows'
import { untimed } from '@restyle/worker/hand/pulse'
import { orderAgain } from '@restyle/worker/rebuild/order-again'
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
  hands = openHands(redis, `{retried${tests}}`)
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
const lots = [{ model: lane.model, class: 'standard' }]
const failure = { code: 'A', message: 'x' }
const rows: NewEdit[] = [0, 1, 2, 3].map((row) => asked(`batch_1-${row}`, { batch: 'batch_1', row }))
const opening: NewBatch = { id: 'batch_1', producer: 'acme', name: '', bodyHash: 'h', total: 4 }

async function promised(): Promise<void> {
  await writeLots(hands.store, 'batch_1', lots)
  await writeChunk(hands.store, 'batch_1', rows)
  await writeOpening(hands.store, opening, Date.now())
}
const order = { v: 1 as const, at: Date.now(), rows: 2, request: { prompt: 'again' } }

it('a forgotten batch that was retried goes on with the newest edit of each row, and retries what had not become one', async () => {
  await promised()
  // all failed once; the order named the first two; the first of them had become an edit that was submitted
  for (const { id } of rows) await writeEnded(hands.store, { id, attempt: 1 }, { state: 'failed', failure })
  await writeRetry(hands.store, 'batch_1', 1, { ...order, map: '--++' })
  const [row] = rows
  if (row === undefined) throw new Error('no row')
  const edit = await hands.admitted(await hands.queued('other'))
  const sent = { ...edit, ...editOfTake(row, 2, order.request), attempt: 1 }
  await writeIntent(hands.store, sent, 'w')
  await writeAnswer(hands.store, sent, { v: 1, outcome: 'accepted', taskId: 't', at: Date.now() })

  await rebuild(since(), tools())
  expect(await hands.read('batch_1-0-2')).toMatchObject({
    state: 'running',
    taskId: 't',
    take: 2,
    request: { prompt: 'again' },
  })
  const next = await hands.ledger.nextToFeed()
  if (next.kind !== 'feed') throw new Error(next.kind)
  const retake = openRetake({ ...hands.context, rows: openRowReader(hands.store) })
  const made = await retake('batch_1', rows, { from: next.from, to: 4 })
  expect([made.edits.map(({ id }) => id), made.spared]).toEqual([
    ['batch_1-0', 'batch_1-1-2'],
    [2, 3],
  ])
  await hands.ledger.feed({ ...next, to: 4, ...made })
  expect(await hands.ledger.readMap('batch_1')).toBe('rq--')
  expect(await hands.ledger.readBatch('batch_1')).toMatchObject({
    running: 1,
    queued: 1,
    failed: 2,
    resting: 0,
  })
})

it('a retry that a rewound ledger has forgotten is carried out again, once', async () => {
  await promised()
  await hands.ledger.openBatch(opening)
  await hands.ledger.appendRows({ batch: 'batch_1', first: 0, count: 4, lots })
  await hands.ledger.feed({
    model: lane.model,
    class: 'standard',
    batch: 'batch_1',
    from: 0,
    to: 1,
    edits: rows.slice(0, 1),
  })
  const edit = await hands.admitted(await hands.read('batch_1-0'))
  await hands.moved(edit, { to: 'failed', set: { failure } })
  await writeRetry(hands.store, 'batch_1', 1, { ...order, map: '-' })
  await rebuild(since(), tools())
  await rebuild(since(), tools())
  expect(await hands.ledger.readMap('batch_1')).toBe('~...')
  const said = hands.lines.filter(({ msg }) => msg === 'forgotten order for a batch carried out again')
  expect(said).toHaveLength(1)
})

it('a retry of rows that have not failed yet in a rewound ledger waits until they have', async () => {
  await promised()
  await hands.ledger.openBatch(opening)
  await hands.ledger.appendRows({ batch: 'batch_1', first: 0, count: 4, lots })
  const lot = { model: lane.model, class: 'standard' }
  await hands.ledger.feed({ ...lot, batch: 'batch_1', from: 0, to: 1, edits: rows.slice(0, 1) })
  const edit = await hands.admitted(await hands.read('batch_1-0'))
  await writeRetry(hands.store, 'batch_1', 1, { ...order, map: '-' })
  await writeRetry(hands.store, 'batch_1', 2, { ...order, map: '-' })
  await rebuild(since(), tools())
  expect(await hands.ledger.readMap('batch_1')).toBe('s...')
  await hands.moved(edit, { to: 'failed', set: { failure } })
  await rebuild(since(), tools())
  expect(await hands.ledger.readMap('batch_1')).toBe('~...')
  expect(await hands.ledger.readBatch('batch_1')).toMatchObject({ retries: 1 })
})

it('a retry of rows that a rewound ledger has not taken again waits too', async () => {
  const { total: _, ...unclosed } = opening
  await hands.ledger.openBatch(unclosed)
  await hands.ledger.appendRows({ batch: 'batch_1', first: 0, count: 1, lots })
  const lot = { model: lane.model, class: 'standard' }
  await hands.ledger.feed({ ...lot, batch: 'batch_1', from: 0, to: 1, edits: rows.slice(0, 1) })
  await hands.moved(await hands.read('batch_1-0'), { to: 'failed', set: { failure } })
  await writeRetry(hands.store, 'batch_1', 1, { ...order, map: '--' })
  await orderAgain(Date.now(), hands.context, untimed())
  expect(await hands.ledger.readBatch('batch_1')).toMatchObject({ retries: 0, failed: 1 })
})
