import { acceptancesOf } from '@restyle/shared/receipt/acceptance'
import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import { editOfRow } from '@restyle/shared/rows/chunk'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import { feedRows } from '@restyle/shared/rows/rows-to-feed'
import { lane } from '../ledger/ledger-world.ts'
import { fine, openProducer, type World } from './open-producer.ts'

describe('the priority', () => {
  let world: World
  let headers: { authorization: string }
  const ask = (method: 'POST' | 'PATCH', url: string, payload: object, more: Record<string, string> = {}) =>
    world.producer.app.inject({ method, url, headers: { ...headers, ...more }, payload })
  const rows = (name: string, count: number) =>
    Array.from({ length: count }, (_, i) => ({ ...fine, prompt: `${name} ${i}`, key: `${name} ${i}` }))

  beforeAll(async () => {
    world = await openProducer()
  })
  beforeEach(async () => {
    await world.redis.flushall()
    headers = await world.keyOf('catalog')
  })
  afterAll(() => world.stop())

  /** Feeds what rests, as a worker does. */
  async function feedAll(ledger: Ledger): Promise<void> {
    const rows = openRowReader(world.store)
    for (;;) {
      const next = await ledger.nextToFeed()
      if (next.kind === 'none') return
      const chunk = await rows.chunkAt(next.batch, next.from)
      const owner = { id: next.batch, producer: next.producer }
      const edits = chunk?.rows.map((row) => editOfRow(owner, row)) ?? []
      await feedRows(ledger, next.batch, edits, next)
    }
  }

  /** The keys of all edits, in the order in which they go. */
  async function order(): Promise<string[]> {
    const ledger = openLedger(world.redis, world.prefix)
    await feedAll(ledger)
    const room = { ...lane, running: 1_000, posting: 1_000, submitIntervalMicros: 0 }
    const keys: string[] = []
    for (;;) {
      const next = await ledger.admit(room)
      if (next.kind === 'empty') return keys
      if (next.kind === 'admitted') keys.push(next.edit.key)
    }
  }

  it('of a batch or a single edit puts it before earlier ones of a lower priority', async () => {
    await ask('POST', '/v1/batches', { edits: rows('usual', 2) })
    const urgent = await ask('POST', '/v1/batches', { priority: 9, edits: rows('urgent', 2) })
    expect(urgent.json()).toMatchObject({ priority: 9 })
    const single = await ask('POST', '/v1/edits', { ...fine, prompt: 'single', key: 'single', priority: 7 })
    expect(single.statusCode).toBe(202)
    expect(await order()).toEqual(['urgent 0', 'urgent 1', 'single', 'usual 0', 'usual 1'])
  })

  it('of a batch can be changed by its producer', async () => {
    const usual = (await ask('POST', '/v1/batches', { edits: rows('usual', 2) })).json()
    expect(usual.priority).toBe(5)
    const other = (await ask('POST', '/v1/batches', { edits: rows('other', 2) })).json()
    const changed = await ask('PATCH', `/v1/batches/${other.id}`, { priority: 6 })
    expect([changed.statusCode, changed.json()]).toEqual([200, { ...other, priority: 6 }])
    expect((await ask('PATCH', '/v1/batches/batch_no', { priority: 6 })).statusCode).toBe(404)
    expect(await order()).toEqual(['other 0', 'other 1', 'usual 0', 'usual 1'])
  })

  it('is a whole number from 1 to 9, and no row has one of its own', async () => {
    const { id } = (await ask('POST', '/v1/batches', { edits: rows('a', 1) })).json()
    for (const priority of [0, 10, 1.5, '5', null]) {
      const edits = rows('a', 1)
      for (const answer of [
        await ask('POST', '/v1/batches', { priority, edits }),
        await ask('POST', '/v1/edits', { ...fine, priority }),
        await ask('PATCH', `/v1/batches/${id}`, { priority }),
      ]) {
        expect(answer.statusCode).toBe(422)
        expect(answer.json().errors[0].pointer).toBe('/priority')
      }
    }
    expect((await ask('PATCH', `/v1/batches/${id}`, {})).statusCode).toBe(422)
    const row = await ask('POST', '/v1/batches', { edits: [{ ...fine, priority: 9 }] })
    expect(row.statusCode).toBe(422)
  })

  it('belongs to what was asked: the same key with another is a conflict', async () => {
    const key = { 'idempotency-key': 'one' }
    for (const [url, body] of [
      ['/v1/edits', fine],
      ['/v1/batches', { edits: [fine] }],
    ] as const) {
      expect((await ask('POST', url, { ...body, priority: 3 }, key)).statusCode).toBe(202)
      expect((await ask('POST', url, { ...body, priority: 3 }, key)).statusCode).toBe(200)
      expect((await ask('POST', url, { ...body, priority: 4 }, key)).statusCode).toBe(422)
      expect((await ask('POST', url, body, key)).statusCode).toBe(422)
    }
  })

  it('is in the bucket with what was promised', async () => {
    const batch = (await ask('POST', '/v1/batches', { priority: 9, edits: rows('a', 1) })).json()
    const edit = (await ask('POST', '/v1/edits', { ...fine, priority: 2 })).json()
    const kept = new Map<string, number | undefined>()
    for await (const { id, read } of acceptancesOf(world.store, Date.now())) {
      const found = await read()
      if (found.kind !== 'readable') continue
      kept.set(id, found.acceptance.batch?.priority ?? found.acceptance.edits[0]?.priority)
    }
    expect([kept.get(batch.id), kept.get(edit.id)]).toEqual([9, 2])
  })
})
