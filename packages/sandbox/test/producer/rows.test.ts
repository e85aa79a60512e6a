import { limits } from '@restyle/shared/contract/limits'
import { rowsPrefix } from '@restyle/shared/object-key'
import { unpackChunk } from '@restyle/shared/rows/chunk'
import { writeChunk } from '@restyle/shared/rows/write-rows'
import { digestOf } from '@restyle/shared/ids'
import { EditRequest } from '@restyle/shared/contract/edit-request'
import { type Producer, startProducer } from '@restyle/producer/start'
import { createLog } from '@restyle/shared/log'
import { type Caller, openCaller, rowsFrom } from './open-batches.ts'
import { fine, openProducer, type World } from './open-producer.ts'

describe('the rows of an open batch', () => {
  let world: World
  let caller: Caller
  /** Another process of the same installation, and a caller of that one. */
  let other: Producer
  let there: Caller

  beforeAll(async () => {
    world = await openProducer()
    caller = await openCaller(world)
    const { redis, store, prefix } = world
    const config = { host: '127.0.0.1', port: 0, prefix }
    other = await startProducer({ config, redis, store, log: createLog('silent') })
    there = await openCaller({ ...world, producer: other })
  })
  afterEach(() => world.server.s3.faults.clear())
  afterAll(async () => {
    await other.stop()
    await world.stop()
  })

  /** The rows that the bucket has, chunk by chunk. */
  async function stored(batch: string): Promise<{ first: number; prompts: string[]; keys: string[] }[]> {
    const chunks = []
    for await (const { key } of world.store.list(rowsPrefix(batch))) {
      const first = Number(key.slice(rowsPrefix(batch).length))
      const { rows } = await unpackChunk((await world.store.get(key)) ?? Buffer.alloc(0), first)
      chunks.push({
        first,
        prompts: rows.map(({ request }) => request.prompt),
        keys: rows.map((row) => row.key),
      })
    }
    return chunks
  }

  it('are taken in chunks, rest in the bucket, and count as queued until the batch is closed and after', async () => {
    const answer = await caller.open({ name: 'spring' }, 'monday')
    expect(answer.statusCode).toBe(202)
    const { id } = answer.json()
    expect(answer.headers['location']).toBe(`/v1/batches/${id}`)
    expect(answer.json()).toMatchObject({ name: 'spring', open: true, total: 0 })
    const first = await caller.put(id, 1, rowsFrom(1, 1000))
    expect([first.statusCode, first.json()]).toEqual([
      200,
      { batch: id, first: 1, rows: 1000, nextRow: 1001 },
    ])
    expect(await caller.view(id)).toMatchObject({ open: true, total: 1000, counts: { queued: 1000 } })
    expect((await caller.put(id, 1001, rowsFrom(1001, 3))).json()).toMatchObject({ nextRow: 1004 })
    const closed = await caller.close(id, 1003)
    expect([closed.statusCode, closed.json()]).toEqual([
      200,
      expect.objectContaining({ id, total: 1003, counts: expect.objectContaining({ queued: 1003 }) }),
    ])
    expect(closed.json()).not.toHaveProperty('open')
    expect(await stored(id)).toEqual([
      expect.objectContaining({ first: 0 }),
      { first: 1000, prompts: ['row 1001', 'row 1002', 'row 1003'], keys: ['1001', '1002', '1003'] },
    ])
  })

  it('are the same when they come again: before and after the close, in another order of their fields', async () => {
    const id = await caller.opened()
    const rows = rowsFrom(1, 5)
    const once = await caller.put(id, 1, rows)
    const turned = rows.map((row) => Object.fromEntries(Object.entries({ n: 1, ...row }).toReversed()))
    const again = await caller.put(id, 1, turned)
    await caller.put(id, 6, rowsFrom(6, 5))
    const closed = await caller.close(id, 10)
    const late = await caller.put(id, 1, rows)
    expect([again.json(), late.json()]).toEqual([once.json(), once.json()])
    expect([once, again, late].map(({ headers }) => headers['idempotent-replayed'])).toEqual([
      undefined,
      'true',
      'true',
    ])
    expect((await caller.close(id, 10)).json()).toEqual(closed.json())
    expect(await caller.view(id)).toMatchObject({ total: 10, counts: { queued: 10 } })
  })

  it('are refused where others came under their numbers, where some are missing, and after the close', async () => {
    const id = await caller.opened()
    await caller.put(id, 1, rowsFrom(1, 5))
    const conflict = await caller.put(id, 1, rowsFrom(2, 5))
    expect([conflict.statusCode, conflict.json()]).toEqual([
      409,
      expect.objectContaining({ type: '/problems#rows-conflict', nextRow: 6 }),
    ])
    // the same rows, cut in another way
    expect((await caller.put(id, 1, rowsFrom(1, 4))).json()).toMatchObject({ nextRow: 6 })
    expect((await caller.put(id, 2, rowsFrom(2, 4))).statusCode).toBe(409)
    const gap = await caller.put(id, 7, rowsFrom(7, 1))
    expect([gap.statusCode, gap.json()]).toEqual([
      409,
      expect.objectContaining({
        type: '/problems#rows-missing',
        nextRow: 6,
        detail: 'Row 7 cannot be taken before row 6, which is the next.',
      }),
    ])
    await caller.close(id, 5)
    const over = await caller.put(id, 6, rowsFrom(6, 1))
    expect([over.statusCode, over.json()]).toEqual([
      409,
      expect.objectContaining({
        type: '/problems#batch-closed',
        detail: 'The batch was closed; it takes no more rows.',
      }),
    ])
    expect((await stored(id)).map(({ first }) => first)).toEqual([0])
  })

  it('are refused after a cancel, and those from before are still answered', async () => {
    const id = await caller.opened()
    const once = await caller.put(id, 1, rowsFrom(1, 5))
    await caller.cancel(id)
    expect((await caller.put(id, 6, rowsFrom(6, 1))).json()).toMatchObject({
      type: '/problems#batch-closed',
      detail: 'The batch was canceled; it takes no more rows.',
    })
    expect((await caller.put(id, 1, rowsFrom(1, 5))).json()).toEqual(once.json())
    expect((await stored(id)).map(({ first }) => first)).toEqual([0])
  })

  it('are closed only where as many came as are said', async () => {
    const id = await caller.opened()
    await caller.put(id, 1, rowsFrom(1, 5))
    const few = await caller.close(id, 8)
    expect([few.statusCode, few.json()]).toEqual([
      409,
      expect.objectContaining({
        type: '/problems#rows-missing',
        nextRow: 6,
        detail: 'The batch has 5 rows of 8: rows 6 to 8 are missing.',
      }),
    ])
    expect((await caller.close(id, 3)).json()).toMatchObject({
      detail: 'The batch has 5 rows, which are more than 3.',
    })
    expect(await caller.view(id)).toMatchObject({ open: true })
    expect((await caller.close(id, 5)).statusCode).toBe(200)
    const other = await caller.close(id, 6)
    expect([other.statusCode, other.json()]).toEqual([409, expect.not.objectContaining({ nextRow: 6 })])
  })

  it('may be none: then the batch ends when it is closed', async () => {
    const id = await caller.opened()
    expect((await caller.close(id, 0)).json()).toMatchObject({ total: 0, completedAt: expect.any(String) })
  })

  it('go as they come, or when the batch is closed where it is held', async () => {
    const { ledger } = caller
    const isHungry = async (id: string) =>
      (await world.redis.zscore(`${world.prefix}:resting:wan2.5-i2i-preview:standard:catalog`, id)) !== null
    const [free, held] = [await caller.opened(), await caller.opened({ held: true })]
    for (const id of [free, held]) await caller.put(id, 1, rowsFrom(1, 2))
    expect([await isHungry(free), await isHungry(held)]).toEqual([true, false])
    expect(await caller.view(held)).toMatchObject({ held: true, counts: { queued: 2 } })
    await world.redis.del(`${world.prefix}:hungry`)
    expect((await caller.close(held, 2)).json()).not.toHaveProperty('held')
    expect(await isHungry(held)).toBe(true)
    expect(await ledger.nextToFeed()).toMatchObject({ kind: 'feed' })
  })

  it('are refused together with every fault, and none of them is taken', async () => {
    const id = await caller.opened()
    await caller.put(id, 1, rowsFrom(1, 2))
    const rows = [
      { ...fine, key: 'a' },
      { ...fine, n: 5, size: '100*100' },
      { ...fine, key: 'a' },
      { ...fine, colour: 'red' },
      { ...fine, prompt: 'a\u0000b' },
      { ...fine, prompt: '\ud800' },
      { ...fine, images: ['http://192.168.1.1/'] },
      'not an edit',
    ]
    const lines = `${rows.map((row) => JSON.stringify(row)).join('\n')}\n{"prompt":x}\n`
    const answer = await caller.put(id, 3, lines)
    expect([answer.statusCode, answer.json().errors]).toEqual([
      422,
      [
        { row: 4, pointer: '/n', detail: expect.stringMatching(/^n is 5; /) },
        { row: 4, pointer: '/size', detail: expect.stringMatching(/^size 100\*100 has/) },
        { row: 5, pointer: '/key', detail: 'key "a" is the key of row 3 already' },
        { row: 6, pointer: '/colour', detail: 'colour is not a known field' },
        { row: 7, pointer: '/prompt', detail: 'prompt holds the control character U+0000: take it out' },
        { row: 8, pointer: '/prompt', detail: expect.stringMatching(/half a character/) },
        { row: 9, pointer: '/images/0', detail: 'images/0 must not point to a private address' },
        { row: 10, pointer: '', detail: 'the body must be an object' },
        { row: 11, pointer: '', detail: 'the row is not JSON' },
      ],
    ])
    expect(await caller.view(id)).toMatchObject({ total: 2 })
    expect((await stored(id)).map(({ first }) => first)).toEqual([0])
    expect((await caller.put(id, 3, rowsFrom(3, 9))).json()).toMatchObject({ nextRow: 12 })
  })

  it('have keys of their own, in whichever chunks and processes they come', async () => {
    const id = await caller.opened()
    await caller.put(id, 1, [{ ...fine, key: 'a' }, fine, { ...fine, key: '5' }])
    const detailOf = async (rows: object[]) => (await caller.put(id, 4, rows)).json().errors
    expect(await detailOf([fine, { ...fine, key: 'a' }])).toEqual([
      { row: 5, pointer: '/key', detail: 'key "a" is the key of row 1 already' },
    ])
    // a row without a key has its number
    expect(await detailOf([fine, fine])).toEqual([
      { row: 5, pointer: '/key', detail: 'key "5" is the key of row 3 already' },
    ])
    expect((await caller.put(id, 4, [{ ...fine, key: 'b' }])).statusCode).toBe(200)
    const answer = await there.put(id, 5, [
      { ...fine, key: 'b' },
      { ...fine, key: 'c' },
      { ...fine, key: 'a' },
    ])
    expect(answer.json().errors).toEqual([
      { row: 5, pointer: '/key', detail: 'key "b" is the key of row 4 already' },
      { row: 7, pointer: '/key', detail: 'key "a" is the key of row 1 already' },
    ])
    expect((await there.put(id, 5, [{ ...fine, key: 'c' }])).statusCode).toBe(200)
    // what the other process has taken is known here too
    expect((await caller.put(id, 6, [{ ...fine, key: 'c' }])).json().errors).toMatchObject([{ row: 6 }])
  })

  it('of several senders at once, to two processes, are taken once, and of different ones one is', async () => {
    const id = await caller.opened()
    const to = (i: number) => (i % 2 === 0 ? caller : there)
    const same = await Promise.all(Array.from({ length: 8 }, (_, i) => to(i).put(id, 1, rowsFrom(1, 50))))
    expect(same.map(({ statusCode }) => statusCode)).toEqual(Array(8).fill(200))
    expect(new Set(same.map(({ body }) => body)).size).toBe(1)
    const different = await Promise.all(
      Array.from({ length: 8 }, (_, i) => to(i).put(id, 51, rowsFrom(51 + i, 50))),
    )
    expect(different.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b)).toEqual([
      200,
      ...Array(7).fill(409),
    ])
    expect(await caller.view(id)).toMatchObject({ total: 100, counts: { queued: 100 } })
    const winner = different.findIndex(({ statusCode }) => statusCode === 200)
    expect((await stored(id))[1]?.prompts[0]).toBe(`row ${51 + winner}`)
  })

  it('stay what the bucket has where the ledger did not hear of them, even if they would be refused now', async () => {
    const id = await caller.opened()
    const over = {
      ...fine,
      images: ['https://a.example.com/1.png?X-Amz-Date=20260301T000000Z&X-Amz-Expires=60&X-Amz-Signature=a'],
    }
    const request = EditRequest.parse(over)
    await writeChunk(world.store, id, [{ row: 0, key: '1', request, bodyHash: digestOf(request) }])
    expect((await caller.put(id, 1, [fine])).json()).toMatchObject({
      type: '/problems#rows-conflict',
      nextRow: 1,
    })
    const answer = await caller.put(id, 1, [over])
    expect([answer.statusCode, answer.json()]).toEqual([200, expect.objectContaining({ nextRow: 2 })])
  })

  it('are not taken while the bucket is away, and are when they come again', async () => {
    const id = await caller.opened()
    world.server.s3.faults.add({ do: 'lose-reply', key: /\/rows\//, times: 100 })
    const failed = await caller.put(id, 1, rowsFrom(1, 3))
    expect([failed.statusCode, failed.headers['retry-after']]).toEqual([503, '5'])
    expect(await caller.view(id)).toMatchObject({ total: 0 })
    world.server.s3.faults.clear()
    expect((await caller.put(id, 1, rowsFrom(1, 3))).json()).toMatchObject({ nextRow: 4 })
  })

  it('are at most a million', async () => {
    const id = await caller.opened()
    await world.redis.hset(`${world.prefix}:batch:${id}`, 'accepted', limits.streamedRows - 1)
    const answer = await caller.put(id, limits.streamedRows, rowsFrom(1, 2))
    expect([answer.statusCode, answer.json().detail]).toEqual([422, 'A batch has at most 1000000 rows.'])
  })

  it('and their batch are nobody else’s', async () => {
    const id = await caller.opened()
    const stranger = await openCaller(world, 'stranger')
    const answers = [
      await stranger.put(id, 1, rowsFrom(1, 1)),
      await stranger.close(id, 0 + 1),
      await stranger.get(`/v1/batches/${id}/rejects`),
      await caller.put('batch_none', 1, rowsFrom(1, 1)),
      await caller.close('batch_none', 1),
    ]
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(5).fill(404))
    expect(await caller.view(id)).toMatchObject({ open: true, total: 0 })
  })
})
