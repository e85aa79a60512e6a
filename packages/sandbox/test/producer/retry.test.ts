import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import { createLog } from '@restyle/shared/log'
import { ordersIn, readCancelOrder, writeCancelOrder } from '@restyle/shared/receipt/cancel-order'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import { openRetake } from '@restyle/shared/rows/retake'
import { newestRetry, readRetry, writeRetry } from '@restyle/shared/rows/retries'
import { retryBatch } from '@restyle/producer/control/retry-batch'
import { cancelBatch } from '@restyle/producer/control/steer-batch'
import { feedRows } from '@restyle/shared/rows/rows-to-feed'
import { lane } from '../ledger/ledger-world.ts'
import { fine, openProducer, type World } from './open-producer.ts'

let world: World
let ledger: Ledger
let headers: { authorization: string }

beforeEach(async () => {
  world = await openProducer()
  ledger = openLedger(world.redis, world.prefix)
  headers = await world.keyOf('shop')
})
afterEach(() => world.stop())

const room = { ...lane, running: 99, posting: 99, submitIntervalMicros: 0 }
const problem = (code: string, status: number) => ({ type: `/problems#${code}`, status })
const retry = (id: string, payload: object = {}, more: Record<string, string> = {}) =>
  world.producer.app.inject({
    method: 'POST',
    url: `/v1/batches/${id}/retry`,
    headers: { ...headers, ...more },
    payload,
  })
const get = async (url: string) =>
  (await world.producer.app.inject({ url, headers })).json<Record<string, object[]>>()

async function feed(): Promise<void> {
  const next = await ledger.nextToFeed()
  if (next.kind !== 'feed') throw new Error('nobody is hungry')
  const { batch: id, producer, from } = next
  const edits = await openRowReader(world.store).rowsOf({ id, producer }, from, from + 1_000)
  await feedRows(
    ledger,
    id,
    edits,
    next,
    openRetake({ ledger, store: world.store, rows: openRowReader(world.store) }),
  )
}

/** A batch whose rows have failed with these codes. */
async function failed(...codes: string[]): Promise<string> {
  const payload = { edits: codes.map((_, i) => ({ ...fine, prompt: `row ${i}` })) }
  const { app } = world.producer
  const answer = await app.inject({ method: 'POST', url: '/v1/batches', headers, payload })
  await feed()
  await fail(...codes)
  return answer.json<{ id: string }>().id
}
async function fail(...codes: string[]): Promise<void> {
  for (const code of codes) {
    const next = await ledger.admit(room)
    if (next.kind !== 'admitted') throw new Error(next.kind)
    await ledger.move(next.edit, { to: 'failed', set: { failure: { code, message: 'x' } } })
  }
}

describe('a retry', () => {
  it('says how many rows it concerns, and is written down before the ledger hears of it', async () => {
    const id = await failed('A', 'B', 'A')
    const answer = await retry(id, { codes: ['A', 'A'], prompt: 'on slate' })
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      {
        rows: 2,
        batch: expect.objectContaining({ id, counts: expect.objectContaining({ failed: 0, queued: 3 }) }),
      },
    ])
    expect(await readRetry(world.store, id, 1)).toMatchObject({
      rows: 2,
      request: { codes: ['A', 'A'], prompt: 'on slate' },
      map: '---',
    })
    const hour: object[] = []
    for await (const each of ordersIn(world.store, Date.now())) hour.push(each)
    expect(hour).toEqual([{ what: 'retry', id, number: 1, writtenAt: expect.any(Number) }])
    await feed()
    // the one with another code is as it was
    expect((await ledger.readBatch(id)) ?? {}).toMatchObject({ failed: 1, queued: 2, resting: 0 })
  })

  it('shows the newest edit of each row in pages, and all of them by the row', async () => {
    const id = await failed('A', 'B')
    await retry(id, { codes: ['A'], prompt: 'on slate' })
    await feed()
    const { edits } = await get(`/v1/batches/${id}/edits`)
    expect(edits).toMatchObject([
      { id: `${id}-0-2`, take: 2, row: 0, state: 'queued', prompt: 'on slate' },
      { id: `${id}-1`, state: 'failed', prompt: 'row 1' },
    ])
    const takes = [
      { id: `${id}-0`, state: 'failed', prompt: 'row 0' },
      { id: `${id}-0-2`, state: 'queued', prompt: 'on slate' },
    ]
    for (const each of [`${id}-0`, `${id}-0-2`])
      expect((await get(`/v1/edits/${each}/takes`))['edits']).toMatchObject(takes)
    expect(await get(`/v1/edits/${id}-0`)).toMatchObject({ state: 'failed' })
  })

  it('of nothing says so at once, and leaves no order', async () => {
    const id = await failed('A')
    expect((await retry(id, { codes: ['Never'] })).json()).toMatchObject({
      rows: 0,
      batch: { counts: { failed: 1 } },
    })
    expect(await newestRetry(world.store, id)).toBe(0)
  })

  it('counts more than a cancel that came too late, and less than one that comes after it', async () => {
    const id = await failed('A')
    await writeCancelOrder(world.store, 'batch', id, Date.now())
    expect((await retry(id)).json()).toMatchObject({ rows: 1 })
    const url = `/v1/batches/${id}/cancel`
    const canceled = await world.producer.app.inject({ method: 'POST', url, headers })
    expect(canceled.json()).toMatchObject({ outcome: 'canceled' })
    expect(await readCancelOrder(world.store, 'batch', id, 1)).toEqual(expect.any(Number))
  })

  it('counts less than a cancel after it of which only the bucket has heard', async () => {
    const id = await failed('A')
    await retry(id)
    const batch = await ledger.readBatch(id)
    if (batch === undefined) throw new Error('no batch')
    const away = { ...ledger, cancelBatch: () => Promise.reject(new Error('away')) }
    const queues = { hurry: async () => {} }
    const tools = { ledger: away, queues, store: world.store, log: createLog('silent') }
    await expect(cancelBatch(batch, tools)).rejects.toThrow('away')
    expect(await readCancelOrder(world.store, 'batch', id, 1)).toEqual(expect.any(Number))
  })

  it('is refused where the bucket knows of a cancel that Redis has forgotten', async () => {
    const payload = { edits: [fine, fine] }
    const { app } = world.producer
    const batch = await app.inject({ method: 'POST', url: '/v1/batches', headers, payload })
    const { id } = batch.json<{ id: string }>()
    await feed()
    await fail('A')
    await writeCancelOrder(world.store, 'batch', id, Date.now())
    expect((await retry(id)).json()).toMatchObject(problem('not-retried', 409))
    expect(await newestRetry(world.store, id)).toBe(0)
  })

  it('that a cancel overtook leaves an order that counts less than the cancel', async () => {
    const id = await failed('A')
    const batch = await ledger.readBatch(id)
    if (batch === undefined) throw new Error('no batch')
    const overtaken = { ...ledger, retryBatch: async () => ({ kind: 'canceled' as const }) }
    const tools = { ledger: overtaken, store: world.store, log: createLog('silent') }
    expect(await retryBatch(batch, { key: undefined }, tools)).toEqual({ kind: 'canceled' })
    expect(await newestRetry(world.store, id)).toBe(1)
    expect(await readCancelOrder(world.store, 'batch', id, 1)).toEqual(expect.any(Number))
  })

  it('with the same Idempotency-Key is the same retry', async () => {
    const id = await failed('A')
    const key = { 'idempotency-key': 'once' }
    expect((await retry(id, {}, key)).json()).toMatchObject({ rows: 1 })
    await feed()
    await fail('A')
    expect((await retry(id, {}, key)).json()).toMatchObject({ rows: 1, batch: { counts: { failed: 1 } } })
    expect(await newestRetry(world.store, id)).toBe(1)
    expect((await retry(id, {}, { 'idempotency-key': 'twice' })).json()).toMatchObject({
      batch: { counts: { failed: 0, queued: 1 } },
    })
  })

  it('that was cut short after it was written down is completed by its repeat, and by no other', async () => {
    const id = await failed('A', 'A')
    const map = await ledger.readMap(id)
    const order = { v: 1 as const, at: 1, rows: 2, request: { codes: ['A'] }, map, key: 'once' }
    await writeRetry(world.store, id, 1, order)
    expect((await retry(id, {}, { 'idempotency-key': 'other' })).json()).toMatchObject(
      problem('not-retried', 409),
    )
    // the order that was there has been carried out then
    expect(await ledger.readMap(id)).toBe('~~')
    const repeated = await retry(id, { codes: ['A'] }, { 'idempotency-key': 'once' })
    expect(repeated.json()).toMatchObject({ rows: 2 })
    expect(await newestRetry(world.store, id)).toBe(1)
  })

  it('waits until the rows of the one before have become edits', async () => {
    const id = await failed('A', 'A')
    await retry(id)
    // one has failed since, while the others rest
    await world.redis.setrange(`${world.prefix}:batch:${id}:map`, 0, '-')
    await world.redis.hincrby(`${world.prefix}:batch:${id}`, 'failed', 1)
    expect((await retry(id)).json()).toMatchObject(problem('not-retried', 409))
    expect(await newestRetry(world.store, id)).toBe(1)
  })

  it('does not concern what was canceled', async () => {
    const id = await failed('A')
    const { app } = world.producer
    const payload = { edits: [fine, fine].map((each, i) => ({ ...each, key: `k${i}` })) }
    const other = (await app.inject({ method: 'POST', url: '/v1/batches', headers, payload })).json<{
      id: string
    }>()
    await app.inject({ method: 'POST', url: `/v1/batches/${other.id}/cancel`, headers })
    expect((await retry(other.id)).json()).toMatchObject({
      ...problem('not-retried', 409),
      detail: 'This batch is canceled.',
    })
    expect((await retry(id)).json()).toMatchObject({ rows: 1 })
  })

  it.each([
    [{ codes: [] }, 'codes'],
    [{ size: '9*9' }, 'size'],
    [{ seed: -1 }, 'seed'],
    [{ prompt: 'x'.repeat(5_000) }, 'prompt'],
    [{ model: 'wan2.6-image' }, 'model'],
  ])('with %j is refused: nothing is retried', async (payload, field) => {
    const id = await failed('A')
    const answer = (await retry(id, payload)).json()
    expect(answer).toMatchObject(problem('invalid-request', 422))
    expect(JSON.stringify(answer)).toContain(field)
    expect(await ledger.readMap(id)).toBe('-')
  })

  it('is left undone while the bucket is away', async () => {
    const id = await failed('A')
    await world.server.s3.stop()
    expect((await retry(id)).json()).toMatchObject(problem('unavailable', 503))
    expect(await ledger.readMap(id)).toBe('-')
  })
})
