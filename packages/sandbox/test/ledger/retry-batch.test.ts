import type { Edit } from '@restyle/shared/contract/edit'
import type { NewEdit } from '@restyle/shared/contract/new-edit'
import { editIdOfRow } from '@restyle/shared/ledger/batches'
import { editOfTake } from '@restyle/shared/rows/retake'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { asked, changeTo, lane, type LedgerWorld, openLedgerWorld } from './ledger-world.ts'

const lot = { model: lane.model, class: 'standard' }
const room = { ...lane, running: 1_000_000, posting: 1_000_000, submitIntervalMicros: 0 }

let server: RedisServer
let redis: Redis
let tests = 0
let world: LedgerWorld

beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(() => {
  tests += 1
  world = openLedgerWorld(redis, `{retry${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const rowOf = (row: number): NewEdit => {
  const edit = asked(editIdOfRow('b', row), { batch: 'b', row })
  return { ...edit, request: { ...edit.request, prompt: edit.id } }
}
const rowsOf = (from: number, to: number): NewEdit[] =>
  Array.from({ length: to - from }, (_, i) => rowOf(from + i))

/** A batch of so many rows, all of them queued. */
async function open(rows: number): Promise<void> {
  await world.ledger.openBatch({ id: 'b', producer: 'acme', name: '', bodyHash: 'h', total: rows })
  await world.ledger.appendRows({ batch: 'b', first: 0, count: rows, lots: [lot] })
  await world.ledger.feed({ ...lot, batch: 'b', from: 0, to: rows, edits: rowsOf(0, rows) })
}

async function next(): Promise<Edit> {
  const answer = await world.ledger.admit(room)
  if (answer.kind !== 'admitted') throw new Error(answer.kind)
  return answer.edit
}
/** The next edit ends so; money is billed where it has a task. */
async function end(how: 'succeeded' | 'failed', code = 'Bad'): Promise<Edit> {
  const edit = await next()
  if (how === 'failed') return world.moved(edit, { to: 'failed', set: { failure: { code, message: 'x' } } })
  const running = await world.moved(edit, changeTo('running', edit.id))
  const rendered = await world.moved(running, { ...changeTo('rendered'), billedMicros: 200_000 })
  return world.moved(rendered, { to: 'succeeded', stored: 1 })
}
const read = () => world.ledger.readBatch('b')
const told = async () => (await world.ledger.events('acme').page('0', 1_000)).map(({ event }) => event.id)
/** Feeds the retried rows, as a worker does. */
const feed = async (rows: readonly number[], spared: readonly number[] = []) => {
  const wanted = await world.ledger.nextToFeed()
  if (wanted.kind !== 'feed') throw new Error('nobody is hungry')
  const edits = rows.map((row) => editOfTake(rowOf(row), 2, {}))
  const to = Math.max(...rows, ...spared) + 1
  const failures = Object.fromEntries(edits.map(({ id }) => [id, 'Bad']))
  return world.ledger.feed({ ...lot, batch: 'b', from: wanted.from, to, edits, spared, failures })
}

describe('failed rows that are retried', () => {
  it('rest again, at once, and each gets another edit; those that did not fail are left alone', async () => {
    await open(5)
    await end('failed')
    await end('succeeded')
    await end('failed')
    await world.ledger.cancelEdit('b-3')
    expect(await world.ledger.retryBatch('b', 1)).toEqual({ kind: 'done', rows: 2 })
    expect(await world.ledger.readMap('b')).toBe('~+~xq')
    expect(await read()).toMatchObject({
      failed: 0,
      resting: 2,
      succeeded: 1,
      canceled: 1,
      queued: 1,
      retries: 1,
    })
    expect(await feed([0, 2])).toEqual({ kind: 'fed', edits: 2 })
    expect(await world.ledger.readMap('b')).toBe('q+qxq')
    expect(await world.ledger.read('b-0-2')).toMatchObject({ state: 'queued', take: 2, row: 0, attempt: 0 })
    expect(await world.ledger.read('b-0')).toMatchObject({ state: 'failed' })
    expect(await world.ledger.nextToFeed()).toMatchObject({ kind: 'none' })
  })

  it('open a complete batch again: it completes with another event, its counts by the newest edits and its money by all', async () => {
    await open(2)
    await end('succeeded')
    await end('failed')
    expect(await read()).toMatchObject({ completedAt: expect.any(Number) })
    await world.ledger.retryBatch('b', 1)
    expect((await read())?.completedAt).toBeUndefined()
    expect(await redis.ttl(world.keys.batch('b'))).toBe(-1)
    expect(await redis.ttl(world.keys.batchMap('b'))).toBe(-1)
    await feed([1])
    expect((await end('succeeded')).id).toBe('b-1-2')
    expect(await read()).toMatchObject({
      succeeded: 2,
      failed: 0,
      resting: 0,
      billed: 400_000,
      images: 2,
      completedAt: expect.any(Number),
    })
    expect(await told()).toEqual([
      'b-0-succeeded',
      'b-1-failed',
      'b-completed',
      'b-1-2-succeeded',
      'b-completed-2',
    ])
  })

  it('that are spared after all are failed again, and the batch completes', async () => {
    await open(2)
    await end('failed')
    await end('failed', 'Other')
    await world.ledger.retryBatch('b', 1)
    expect(await feed([0], [1])).toEqual({ kind: 'fed', edits: 1 })
    expect(await read()).toMatchObject({ failed: 1, queued: 1, resting: 0 })
    await end('succeeded')
    expect((await told()).at(-1)).toBe('b-completed-2')
  })

  it('are counted by the codes of their newest edits', async () => {
    await open(3)
    for (const code of ['Bad', 'Bad', 'Other: odd']) await end('failed', code)
    const counts = async () => Object.fromEntries(await world.ledger.failuresOf('b'))
    expect(await counts()).toEqual({ Bad: 2, 'Other: odd': 1 })
    await world.ledger.retryBatch('b', 1)
    await feed([0, 1], [2])
    expect(await counts()).toEqual({ Bad: 0, 'Other: odd': 1 })
    await end('failed', 'Worse')
    expect(await counts()).toEqual({ Bad: 0, Worse: 1, 'Other: odd': 1 })
    expect(await world.ledger.lotsOf('b')).toEqual([lot])
  })

  it('get no second edit of that take, whoever feeds them', async () => {
    await open(1)
    await end('failed')
    await world.ledger.retryBatch('b', 1)
    const edits = [editOfTake(rowOf(0), 2, {})]
    const feeding = { ...lot, batch: 'b', from: 0, to: 1, edits }
    expect(await world.ledger.feed(feeding)).toEqual({ kind: 'fed', edits: 1 })
    expect(await world.ledger.feed(feeding)).toEqual({ kind: 'stale' })
    expect(await read()).toMatchObject({ queued: 1, resting: 0 })
  })

  it('stay failed where the batch is canceled before they were fed', async () => {
    await open(2)
    await end('failed')
    await world.ledger.retryBatch('b', 1)
    await world.ledger.cancelBatch('b')
    for (const [batch, mark] of await world.ledger.unsettled())
      await world.ledger.settleBatch(batch, mark, '0')
    expect(await read()).toMatchObject({ failed: 1, canceled: 1, resting: 0, queued: 0 })
    expect(await world.ledger.readMap('b')).toBe('-x')
    expect((await told()).at(-1)).toBe('b-completed-2')
  })

  it('wait while the batch is paused', async () => {
    await open(1)
    await end('failed')
    await world.ledger.retryBatch('b', 1)
    await world.ledger.pauseBatch('b', true)
    expect(await world.ledger.nextToFeed()).toMatchObject({ kind: 'none' })
    await world.ledger.pauseBatch('b', false)
    expect(await world.ledger.nextToFeed()).toMatchObject({ kind: 'feed', from: 0 })
  })
})

describe('a retry', () => {
  it('is carried out once, and not over one whose rows rest still', async () => {
    await open(2)
    await end('failed')
    expect(await world.ledger.retryBatch('b', 1)).toMatchObject({ kind: 'done' })
    expect(await world.ledger.retryBatch('b', 1)).toEqual({ kind: 'known' })
    await end('failed')
    expect(await world.ledger.retryBatch('b', 2)).toEqual({ kind: 'pending' })
    expect(await world.ledger.readMap('b')).toBe('~-')
  })

  it('changes nothing where no row has failed, nor in a canceled batch', async () => {
    await open(2)
    expect(await world.ledger.retryBatch('b', 1)).toEqual({ kind: 'empty' })
    expect(await world.ledger.retryBatch('nobody', 1)).toEqual({ kind: 'none' })
    await end('failed')
    await world.ledger.cancelBatch('b')
    expect(await world.ledger.retryBatch('b', 2)).toEqual({ kind: 'canceled' })
  })

  it('of a million rows is answered within a second', async () => {
    const million = 1_000_000
    await world.ledger.openBatch({ id: 'b', producer: 'acme', name: '', bodyHash: 'h', total: million })
    await world.ledger.appendRows({ batch: 'b', first: 0, count: million, lots: [lot] })
    await redis.set(world.keys.batchMap('b'), '-'.repeat(million))
    await redis.hset(world.keys.batch('b'), { resting: 0, failed: million })
    const began = performance.now()
    expect(await world.ledger.retryBatch('b', 1)).toEqual({ kind: 'done', rows: million })
    expect(performance.now() - began).toBeLessThan(1_000)
    expect(await read()).toMatchObject({ failed: 0, resting: million })
  })
})
