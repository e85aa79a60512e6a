import { limits } from '@restyle/shared/contract/limits'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import { feedRows } from '@restyle/shared/rows/rows-to-feed'
import { type Caller, openCaller } from './open-batches.ts'
import { fine, openProducer, type World } from './open-producer.ts'

const marker = 'nowhere-but-in-the-bucket'
const columns = { sku: '4711', Titel: `${marker}, auf Eiche\n橡木` }
const fingerprint = `v1-${marker}`

/** What a row has of its catalog: columns and a fingerprint, which rest in the bucket alone. */
describe('what a row has of its catalog', () => {
  let world: World
  let caller: Caller
  beforeAll(async () => {
    world = await openProducer()
  })
  beforeEach(async () => {
    await world.redis.flushall()
    caller = await openCaller(world)
  })
  afterAll(() => world.stop())

  const atOnce = async (rows: object[], key: string = crypto.randomUUID()) =>
    world.producer.app.inject({
      method: 'POST',
      url: '/v1/batches',
      headers: { ...caller.headers, 'idempotency-key': key },
      payload: { edits: rows },
    })
  const row = (more: object = {}) => ({ ...fine, key: 'mug', columns, fingerprint, ...more })
  const stored = async (batch: string) => (await openRowReader(world.store).chunkAt(batch, 0))?.rows

  /** Makes edits of all rows that rest; gives how many. */
  async function feed(): Promise<number> {
    const ledger = openLedger(world.redis, world.prefix)
    const next = await ledger.nextToFeed()
    if (next.kind === 'none') throw new Error('nobody is hungry')
    const { batch, producer, from } = next
    const edits = await openRowReader(world.store).rowsOf({ id: batch, producer }, from, from + 1_000)
    return feedRows(ledger, batch, edits, next)
  }

  it.each([
    ['sent in one', async () => (await atOnce([row()])).json<{ id: string }>().id],
    [
      'sent in chunks',
      async () => {
        const id = await caller.opened()
        await caller.put(id, 1, [row()])
        await caller.close(id, 1)
        return id
      },
    ],
  ])('stays with it in the bucket when it is %s, and costs Redis not a byte', async (_, send) => {
    const id = await send()
    expect(await stored(id)).toEqual([expect.objectContaining({ key: 'mug', columns, fingerprint })])
    expect((await stored(id))?.[0]?.request).not.toHaveProperty('columns')
    expect(await feed()).toBe(1)
    const edit = await world.redis.hgetall(`${world.prefix}:edit:${id}-0`)
    expect(edit['key']).toBe('mug')
    expect(Object.keys(edit)).not.toEqual(expect.arrayContaining(['columns']))
    for (const key of await world.redis.keys('*'))
      // one that is gone by now has no marker either
      expect([key, (await world.redis.dumpBuffer(key))?.includes(marker) ?? false]).toEqual([key, false])
    const plain = (await atOnce([{ ...fine, key: 'mug' }])).json<{ id: string }>().id
    expect(await feed()).toBe(1)
    const bytesOf = (batch: string) => world.redis.memory('USAGE', `${world.prefix}:edit:${batch}-0`)
    expect(await bytesOf(id)).toBe(await bytesOf(plain))
  })

  it('is a part of what was asked: the same key with another column is a conflict', async () => {
    const answers = [
      await atOnce([row()], 'monday'),
      await atOnce([row()], 'monday'),
      await atOnce([row({ columns: { sku: '4712' } })], 'monday'),
    ]
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([202, 200, 422])
  })

  it.each([
    [{ columns: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`c${i}`, ''])) }, '101 entries'],
    [{ columns: { a: 'x'.repeat(limits.columnValue + 1) } }, 'at most 2000 characters'],
    [{ columns: { ['x'.repeat(limits.columnName + 1)]: '' } }, 'at most 64 characters'],
    [
      { columns: Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`c${i}`, '橡'.repeat(700)])) },
      'has 18918 bytes in all; at most 16384 are kept',
    ],
    [{ columns: { a: 1 } }, 'must be a string'],
    [{ columns: { a: '\u0000' } }, 'control character'],
    [{ fingerprint: 'x'.repeat(65) }, 'at most 64 characters'],
    [{ fingerprint: 'a b' }, 'must be letters, digits, - and _'],
  ])('is refused as %j', async (more, detail) => {
    const answer = await atOnce([row(more)])
    expect(answer.statusCode).toBe(422)
    expect(answer.json<{ errors: { detail: string }[] }>().errors[0]?.detail).toContain(detail)
  })

  it('belongs to rows: an edit that comes alone has none', async () => {
    const answer = await world.producer.app.inject({
      method: 'POST',
      url: '/v1/edits',
      headers: caller.headers,
      payload: row(),
    })
    const { errors } = answer.json<{ errors: { detail: string }[] }>()
    expect([answer.statusCode, ...errors.map(({ detail }) => detail)]).toEqual([
      422,
      'columns is not a known field',
      'fingerprint is not a known field',
    ])
  })
})
