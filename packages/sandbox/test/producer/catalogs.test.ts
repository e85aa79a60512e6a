import { gunzipSync } from 'node:zlib'
import { ApiError } from '@restyle/client/api-error'
import { createClient } from '@restyle/client/client'
import type { CatalogRow } from '@restyle/shared/contract/catalog'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { catalogKey, rowsKey } from '@restyle/shared/object-key'
import { putJson } from '@restyle/shared/store/put-json'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import { feedRows } from '@restyle/shared/rows/rows-to-feed'
import { writeResults } from '@restyle/shared/rows/write-results'
import { lane } from '../ledger/ledger-world.ts'
import { type Caller, openCaller } from './open-batches.ts'
import { fine, openProducer, type World } from './open-producer.ts'

type Row = Pick<CatalogRow, 'key'> & Partial<CatalogRow>

describe('the rows of a catalog', () => {
  let world: World
  let caller: Caller
  beforeAll(async () => {
    world = await openProducer()
  })
  let catalog = ''
  let count = 0
  beforeEach(async () => {
    await world.redis.flushall()
    caller = await openCaller(world)
    count += 1
    catalog = `spring ${count}.csv`
  })
  afterAll(() => world.stop())

  const row = (key: string, fingerprint: string) => ({ ...fine, key, fingerprint })
  const create = (edits: object[], more: object = {}, key = crypto.randomUUID() as string) =>
    world.producer.app.inject({
      method: 'POST',
      url: '/v1/batches',
      headers: { ...caller.headers, 'idempotency-key': key },
      payload: { catalog, edits, ...more },
    })
  const created = async (edits: object[]) => (await create(edits)).json<{ id: string }>().id
  const ask = (name = catalog, headers: Record<string, string> = caller.headers) =>
    world.producer.app.inject({ url: `/v1/catalogs/${encodeURIComponent(name)}/rows`, headers })
  const linesOf = (text: string) =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Row | { rows: number })
  const rows = async (name?: string) => {
    const lines = linesOf((await ask(name)).payload)
    expect(lines.at(-1)).toEqual({ rows: lines.length - 1 })
    return (lines.slice(0, -1) as Row[]).toSorted((a, b) => (a.key < b.key ? -1 : 1))
  }
  const feed = async () => {
    const ledger = openLedger(world.redis, world.prefix)
    const next = await ledger.nextToFeed()
    if (next.kind === 'none') throw new Error('nobody is hungry')
    const { batch: id, producer, from } = next
    const edits = await openRowReader(world.store).rowsOf({ id, producer }, from, from + 1_000)
    await feedRows(ledger, id, edits, next)
    return ledger
  }

  it('are the newest with each key, of all batches of the catalog of this producer', async () => {
    const first = await created([row('a', 'f1'), row('b', 'f1'), row('c', 'f1')])
    const second = await caller.opened({ catalog })
    await caller.put(second, 1, [row('b', 'f2'), row('d', 'f2')])
    await create([row('a', 'other')], { catalog: 'another' })
    await create([row('a', 'none')], { catalog: undefined })
    const stranger = await openCaller(world, 'stranger')
    const theirs = await stranger.opened({ catalog })
    await stranger.put(theirs, 1, [row('a', 'theirs')])
    expect(await rows()).toEqual([
      { key: 'a', fingerprint: 'f1', state: 'queued', batch: first, row: 1 },
      { key: 'b', fingerprint: 'f2', state: 'queued', batch: second, row: 1 },
      { key: 'c', fingerprint: 'f1', state: 'queued', batch: first, row: 3 },
      { key: 'd', fingerprint: 'f2', state: 'queued', batch: second, row: 2 },
    ])
    expect(await rows('nothing.csv')).toEqual([])
  })

  it('are as far as the ledger says: failed, canceled, or to be tried again', async () => {
    const id = await created([row('a', 'f'), row('b', 'f'), row('c', 'f')])
    const ledger = await feed()
    const room = { ...lane, running: 9, posting: 9, submitIntervalMicros: 0 }
    for (const to of ['failed', 'failed'] as const) {
      const next = await ledger.admit(room)
      if (next.kind !== 'admitted') throw new Error(next.kind)
      await ledger.move(next.edit, { to, set: { failure: { code: 'A', message: 'x' } } })
    }
    await caller.cancel(id)
    expect((await rows()).map(({ key, state }) => [key, state])).toEqual([
      ['a', 'failed'],
      ['b', 'failed'],
      ['c', 'canceled'],
    ])
    const other = await created([row('a', 'g')])
    expect((await rows())[0]).toMatchObject({ key: 'a', fingerprint: 'g', state: 'queued', batch: other })
  })

  it('of a batch that Redis has forgotten ended as its results say; without them nobody knows', async () => {
    const id = await created([row('a', 'f'), row('b', 'f')])
    const later = await created([row('c', 'f')])
    const edits = await openRowReader(world.store).rowsOf({ id, producer: 'catalog' }, 0, 2)
    const ended = edits.map((edit, i) => ({
      ...edit,
      state: i === 0 ? ('succeeded' as const) : ('failed' as const),
      version: 3,
      createdAt: 1,
      updatedAt: 2,
      attempt: 1,
      tries: 1,
      reserved: 0,
      billed: 0,
    }))
    await writeResults(world.store, id, 0, '+-', ended)
    await world.redis.flushall()
    caller = await openCaller(world)
    expect(await rows()).toEqual([
      { key: 'a', fingerprint: 'f', state: 'succeeded', batch: id, row: 1 },
      { key: 'b', fingerprint: 'f', state: 'failed', batch: id, row: 2 },
      { key: 'c', fingerprint: 'f', state: 'unknown', batch: later, row: 1 },
    ])
  })

  it('are none of a batch that was promised to nobody', async () => {
    const id = await created([row('a', 'f')])
    await world.redis.flushall()
    caller = await openCaller(world)
    // its rows and what finds it are in the bucket, and its opening is not
    const key = catalogKey({ producer: 'catalog', id }, `${catalog} cut`, 1)
    await putJson(world.store, key, { v: 1, promised: 3600_000 })
    expect(await rows(`${catalog} cut`)).toEqual([])
    expect((await rows())[0]).toMatchObject({ state: 'unknown' })
  })

  it('of an open batch count, and the batch is named with the digest of its rows', async () => {
    const id = await caller.opened({ catalog, rowsDigest: 'abc' })
    await caller.put(id, 1, [row('a', 'f')])
    await created([row('b', 'f')])
    const open = await world.producer.app.inject({
      url: `/v1/catalogs/${encodeURIComponent(catalog)}`,
      headers: caller.headers,
    })
    expect(open.json()).toMatchObject({
      name: catalog,
      open: [{ id, catalog, rowsDigest: 'abc', open: true, total: 1 }],
    })
    expect((await rows()).map(({ key }) => key)).toEqual(['a', 'b'])
    await caller.close(id, 1)
    const closed = await world.producer.app.inject({
      url: `/v1/catalogs/${encodeURIComponent(catalog)}`,
      headers: caller.headers,
    })
    expect(closed.json()).toEqual({ name: catalog, open: [] })
  })

  it('are packed for whoever takes gzip', async () => {
    await created([row('a', 'f')])
    const { rawPayload, headers } = await ask(catalog, { ...caller.headers, 'accept-encoding': 'gzip, br' })
    expect(headers['content-encoding']).toBe('gzip')
    expect(linesOf(gunzipSync(rawPayload).toString())).toHaveLength(2)
  })

  it('belong to the catalog that they were sent with: under the same key another one is a conflict', async () => {
    expect((await create([row('a', 'f')], {}, 'monday')).statusCode).toBe(202)
    expect((await create([row('a', 'f')], {}, 'monday')).statusCode).toBe(200)
    expect((await create([row('a', 'f')], { catalog: 'another' }, 'monday')).statusCode).toBe(422)
  })

  it.each(['a/b', '.', '..', '', 'x'.repeat(101), 'a\u0000'])('have no catalog %j', async (name) => {
    expect((await create([row('a', 'f')], { catalog: name })).statusCode).toBe(422)
  })

  it('have a catalog with a long name in any script', async () => {
    catalog = `${'橡木 ü%?#'.repeat(12)}`.slice(0, 100)
    await created([row('a', 'f')])
    expect(await rows()).toHaveLength(1)
  })

  it('come to the client whole, or it says that they broke off', async () => {
    const id = await caller.opened({ catalog })
    const client = createClient({
      url: world.producer.url,
      key: caller.headers.authorization.slice('Bearer '.length),
    })
    for (const first of [1, 1_001, 2_001, 3_001, 4_001, 5_001, 6_001])
      await caller.put(
        id,
        first,
        Array.from({ length: 1_000 }, (_, i) => row(`k${first + i}`, 'f')),
      )
    const keys = new Set<string>()
    for await (const { key } of client.catalogs.rows(catalog)) keys.add(key)
    expect(keys.size).toBe(7_000)
    world.server.s3.faults.add({
      do: 'refuse',
      code: 'AccessDenied',
      times: 100,
      key: new RegExp(`${rowsKey(id, 6_000)}$`),
    })
    const reading = async () => {
      for await (const _row of client.catalogs.rows(catalog));
    }
    await expect(reading()).rejects.toMatchObject({ code: 'no-answer' })
    await expect(reading()).rejects.toBeInstanceOf(ApiError)
    world.server.s3.faults.clear()
  })
})
