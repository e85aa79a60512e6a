import type { Edit } from '@restyle/shared/contract/edit'
import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import { openQueues } from '@restyle/shared/queues'
import { ordersIn, readCancelOrder } from '@restyle/shared/receipt/cancel-order'
import { openRowReader } from '@restyle/shared/rows/read-rows'
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

const room = { ...lane, running: 99, posting: 99 }
const post = (url: string, as = headers) => world.producer.app.inject({ method: 'POST', url, headers: as })
const problem = (code: string, status: number) => ({ type: `/problems#${code}`, status })

async function queued(): Promise<string> {
  const { app } = world.producer
  const answer = await app.inject({ method: 'POST', url: '/v1/edits', headers, payload: fine })
  expect(answer.statusCode).toBe(202)
  return answer.json<{ id: string }>().id
}
async function running(): Promise<Edit> {
  const id = await queued()
  const next = await ledger.admit(room)
  if (next.kind !== 'admitted' || next.edit.id !== id) throw new Error(next.kind)
  const moved = await ledger.move(next.edit, { to: 'running', set: { taskId: 't', submittedAt: 1 } })
  if (moved.kind !== 'moved') throw new Error(moved.kind)
  return moved.edit
}

describe('cancelling an edit', () => {
  it('ends a queued one at once, and the bucket knows of it', async () => {
    const id = await queued()
    const answer = await post(`/v1/edits/${id}/cancel`)
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      {
        outcome: 'canceled',
        detail: 'It has ended, and is not submitted.',
        edit: expect.objectContaining({ id, state: 'canceled' }),
      },
    ])
    expect(await readCancelOrder(world.store, 'edit', id)).toEqual(expect.any(Number))
    const hour: object[] = []
    for await (const each of ordersIn(world.store, Date.now())) hour.push(each)
    expect(hour).toEqual([{ what: 'edit', id, number: 0, writtenAt: expect.any(Number) }])
    expect((await post(`/v1/edits/${id}/cancel`)).json()).toMatchObject({ outcome: 'canceled' })
  })

  it('says of one that runs what will become of it, and hurries its next step', async () => {
    const edit = await running()
    const queues = openQueues(world.redis, world.prefix, () => {})
    await queues.wake(edit, 60_000)
    expect((await post(`/v1/edits/${edit.id}/cancel`)).json()).toMatchObject({
      outcome: 'canceling',
      detail: expect.stringContaining('one that runs goes on, and its images are paid for and stored'),
      edit: { state: 'running', cancelAskedAt: expect.any(String) },
    })
    const job = await queues.queue('poll').getJob(edit.id)
    expect(await job?.isDelayed()).toBe(false)
    await queues.close()
  })

  it('changes nothing where it has ended otherwise, and leaves no order', async () => {
    const edit = await running()
    await ledger.move(edit, { to: 'failed', set: { failure: { code: 'X', message: 'x' } } })
    expect((await post(`/v1/edits/${edit.id}/cancel`)).json()).toMatchObject({
      outcome: 'ended',
      edit: { state: 'failed' },
    })
    expect(await readCancelOrder(world.store, 'edit', edit.id)).toBeUndefined()
  })

  it('leaves it as it is while the bucket is away: that must learn of it first', async () => {
    const id = await queued()
    await world.server.s3.stop()
    expect((await post(`/v1/edits/${id}/cancel`)).json()).toMatchObject(problem('unavailable', 503))
    expect((await ledger.read(id))?.state).toBe('queued')
  })
})

describe('pausing an edit', () => {
  it('holds it back until it is resumed', async () => {
    const id = await queued()
    expect((await post(`/v1/edits/${id}/pause`)).json()).toMatchObject({
      state: 'queued',
      pausedAt: expect.any(String),
    })
    expect(await ledger.admit(room)).toMatchObject({ kind: 'empty' })
    expect((await post(`/v1/edits/${id}/resume`)).json()).not.toHaveProperty('pausedAt')
    expect(await ledger.admit(room)).toMatchObject({ kind: 'admitted' })
  })

  it('is refused where it was admitted, and says in which state it is', async () => {
    const { id } = await running()
    for (const verb of ['pause', 'resume'])
      expect((await post(`/v1/edits/${id}/${verb}`)).json()).toMatchObject({
        ...problem('not-queued', 409),
        detail: 'This edit is not queued: it is running.',
      })
  })
})

describe('a batch', () => {
  const batchOf = async (rows: number): Promise<string> => {
    const payload = { edits: Array.from({ length: rows }, (_, i) => ({ ...fine, prompt: `row ${i}` })) }
    const { app } = world.producer
    const answer = await app.inject({ method: 'POST', url: '/v1/batches', headers, payload })
    expect(answer.statusCode).toBe(202)
    return answer.json<{ id: string }>().id
  }

  /** Some of its rows become edits, as a worker would have it. */
  const feed = async (): Promise<void> => {
    const next = await ledger.nextToFeed()
    if (next.kind !== 'feed') throw new Error('nobody is hungry')
    const { batch: id, producer, from } = next
    const edits = await openRowReader(world.store).rowsOf({ id, producer }, from, from + 1_000)
    await feedRows(ledger, id, edits, next)
  }

  it('is canceled with what waits, and what was admitted goes on; the counts add up', async () => {
    const id = await batchOf(600)
    await feed()
    expect((await ledger.admit(room)).kind).toBe('admitted')
    const answer = (await post(`/v1/batches/${id}/cancel`)).json()
    expect(answer).toMatchObject({
      outcome: 'canceling',
      detail: expect.stringMatching(/^1 of its edits had been admitted before/),
      batch: {
        total: 600,
        canceledAt: expect.any(String),
        counts: { canceled: 599, submitting: 1, queued: 0 },
      },
    })
    expect(await readCancelOrder(world.store, 'batch', id)).toEqual(expect.any(Number))
    const again = await post(`/v1/batches/${id}/cancel`)
    expect(again.json()).toEqual(answer)
    expect((await post(`/v1/batches/${id}/pause`)).json()).toMatchObject({
      ...problem('not-queued', 409),
      detail: 'This batch is canceled.',
    })
  })

  it('that is canceled as a whole says so, and a second cancel the same', async () => {
    const id = await batchOf(3)
    const canceled = {
      outcome: 'canceled',
      batch: { counts: { canceled: 3 }, completedAt: expect.any(String) },
    }
    expect((await post(`/v1/batches/${id}/cancel`)).json()).toMatchObject(canceled)
    expect((await post(`/v1/batches/${id}/cancel`)).json()).toMatchObject(canceled)
  })

  it('that was complete is not canceled, and leaves no order', async () => {
    const id = await batchOf(1)
    await post(`/v1/edits/${id}-0/cancel`)
    expect((await post(`/v1/batches/${id}/cancel`)).json()).toMatchObject({
      outcome: 'ended',
      detail: 'All of its rows had ended before. Nothing was changed.',
    })
    expect(await readCancelOrder(world.store, 'batch', id)).toBeUndefined()
  })

  it('is paused and resumed', async () => {
    const id = await batchOf(2)
    await feed()
    for (let times = 0; times < 2; times += 1)
      expect((await post(`/v1/batches/${id}/pause`)).json()).toMatchObject({ pausedAt: expect.any(String) })
    expect(await ledger.admit(room)).toMatchObject({ kind: 'empty' })
    expect((await post(`/v1/batches/${id}/resume`)).json()).not.toHaveProperty('pausedAt')
    expect(await ledger.admit(room)).toMatchObject({ kind: 'admitted' })
  })

  it('stays as it is while the bucket is away', async () => {
    const id = await batchOf(2)
    await world.server.s3.stop()
    expect((await post(`/v1/batches/${id}/cancel`)).json()).toMatchObject(problem('unavailable', 503))
    expect(await ledger.readBatch(id)).toMatchObject({ resting: 2, canceled: 0 })
  })

  it('has rows at rest that are steered like any other edit', async () => {
    const id = await batchOf(3)
    const read = async (row: number) =>
      (await world.producer.app.inject({ url: `/v1/edits/${id}-${row}`, headers })).json<object>()
    expect(await ledger.readMap(id)).toBe('...')
    expect((await post(`/v1/edits/${id}-1/cancel`)).json()).toMatchObject({
      outcome: 'canceled',
      edit: { row: 1, state: 'canceled' },
    })
    expect((await post(`/v1/edits/${id}-1/cancel`)).json()).toMatchObject({ outcome: 'canceled' })
    expect((await post(`/v1/edits/${id}-2/resume`)).json()).toMatchObject({ state: 'queued' })
    expect((await post(`/v1/edits/${id}-2/pause`)).json()).toMatchObject({ pausedAt: expect.any(String) })
    expect((await post(`/v1/edits/${id}-1/pause`)).json()).toMatchObject({
      ...problem('not-queued', 409),
      detail: 'This edit is not queued: it is canceled.',
    })
    expect(await ledger.readMap(id)).toBe('.xq')
    expect(await ledger.readBatch(id)).toMatchObject({ resting: 1, queued: 1, canceled: 1 })
    const told = (await ledger.events('shop').page('0', 10)).map(({ event }) => event)
    expect(told).toMatchObject([
      { id: `${id}-1-canceled`, type: 'restyle.rows.canceled', data: { firstRow: 1, lastRow: 1, rows: 1 } },
    ])
    await post(`/v1/batches/${id}/cancel`)
    for (const row of [0, 1, 2]) expect(await read(row)).toMatchObject({ row, state: 'canceled' })
    const page = await world.producer.app.inject({ url: `/v1/batches/${id}/edits`, headers })
    expect(page.json<{ edits: object[] }>().edits).toHaveLength(3)
  })

  it('is nobody else’s to steer', async () => {
    const id = await batchOf(1)
    const theirs = await world.keyOf('theirs')
    for (const verb of ['cancel', 'pause', 'resume'])
      expect((await post(`/v1/batches/${id}/${verb}`, theirs)).json()).toMatchObject(
        problem('not-found', 404),
      )
    expect(await ledger.readBatch(id)).toMatchObject({ resting: 1, canceled: 0 })
  })
})

it.each(['cancel', 'pause', 'resume'])('nobody else may %s an edit', async (verb) => {
  const id = await queued()
  const answer = await post(`/v1/edits/${id}/${verb}`, await world.keyOf('theirs'))
  expect(answer.json()).toMatchObject(problem('not-found', 404))
  expect(await ledger.read(id)).toMatchObject({ state: 'queued' })
})

describe('pausing a producer', () => {
  it('holds back its edits and nobody else’s', async () => {
    await queued()
    const read = async (as = headers) =>
      (await world.producer.app.inject({ url: '/v1/producer', headers: as })).json<object>()
    expect(await read()).toEqual({ name: 'shop' })
    const { pausedAt } = (await post('/v1/producer/pause')).json<{ pausedAt: string }>()
    expect(pausedAt).toEqual(expect.any(String))
    expect(await read()).toEqual({ name: 'shop', pausedAt, stops: [{ reason: 'person', at: pausedAt }] })
    expect(await read(await world.keyOf('theirs'))).toEqual({ name: 'theirs' })
    await queued()
    expect(await ledger.admit(room)).toMatchObject({ kind: 'empty' })
    expect((await post('/v1/producer/resume')).json()).toEqual({ name: 'shop' })
    expect(await ledger.admit(room)).toMatchObject({ kind: 'admitted' })
  })
})
