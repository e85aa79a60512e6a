import { createApiKey, revokeApiKey } from '@restyle/producer/http/api-keys'
import type { Edit } from '@restyle/shared/contract/edit'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { editOfRow } from '@restyle/shared/rows/chunk'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import { asked } from '../ledger/ledger-world.ts'
import { fine, openProducer, type World } from './open-producer.ts'
import { openSse } from './open-sse.ts'

const lot = { model: 'wan2.5-i2i-preview', class: 'standard' }
let world: World
let headers: { authorization: string }

beforeAll(async () => {
  world = await openProducer({ followers: { all: 9, each: 4 } })
  headers = await world.keyOf('shop')
})
afterAll(() => world.stop())

const ledger = () => openLedger(world.redis, world.prefix)
const url = (path: string) => `${world.producer.url}${path}`

async function batchOf(rows: number): Promise<string> {
  const edits = Array.from({ length: rows }, () => fine)
  const answer = await world.producer.app.inject({
    method: 'POST',
    url: '/v1/batches',
    headers,
    payload: { edits },
  })
  return answer.json<{ id: string }>().id
}

/** Makes edits of the rows, as a worker does. */
async function feed(batch: string, from: number, to: number): Promise<Edit[]> {
  const chunk = await openRowReader(world.store).chunkAt(batch, 0)
  const edits = (chunk?.rows ?? [])
    .slice(from, to)
    .map((row) => editOfRow({ id: batch, producer: 'shop' }, row))
  await world.redis.hset(`${world.prefix}:batch:${batch}`, `fed:${lot.model}:${lot.class}`, from)
  await ledger().feed({ ...lot, batch, from, to, edits })
  return (await ledger().readMany(edits.map(({ id }) => id))).filter((edit) => edit !== undefined)
}

async function fail(edit: Edit | undefined, code: string): Promise<void> {
  if (edit === undefined) throw new Error('no edit')
  await ledger().move(edit, { to: 'failed', set: { failure: { code, message: 'as the test wants it' } } })
}

async function readMap(batch: string) {
  const answer = await fetch(url(`/v1/batches/${batch}/map`), { headers })
  const bytes = Buffer.from(await answer.arrayBuffer())
  const rows = Number(answer.headers.get('x-restyle-rows'))
  const planes = [0, 1, 2].map((plane) => bytes.subarray(plane * rows, (plane + 1) * rows))
  return { answer, rows, planes, version: Number(answer.headers.get('x-restyle-version')) }
}

describe('the map of a batch', () => {
  it('has a byte of each row in each plane, packed for whoever takes it', async () => {
    const batch = await batchOf(1_500)
    const [first, second] = await feed(batch, 0, 3)
    await fail(second, 'Dull')
    if (first === undefined) throw new Error('no edit')
    await ledger().move(first, { to: 'canceled' })
    const { answer, rows, planes } = await readMap(batch)
    expect(answer.headers.get('content-encoding')).toBe('gzip')
    expect(answer.headers.get('x-restyle-planes')).toBe('state,verdict,code')
    expect(rows).toBe(1_500)
    expect(planes.map((plane) => plane.length)).toEqual([1_500, 1_500, 1_500])
    const rest = '.'.repeat(1_497)
    expect([String(planes[0]), String(planes[1])]).toEqual([`x-q${rest}`, '.'.repeat(1_500)])
    expect([...(planes[2] ?? [])].slice(0, 4)).toEqual([0, 1, 0, 0])
    const shown = await world.producer.app.inject({ url: `/v1/batches/${batch}`, headers })
    expect(shown.json()).toMatchObject({ codes: ['Dull'] })
    const plain = await world.producer.app.inject({ url: `/v1/batches/${batch}/map`, headers })
    expect(plain.headers['content-encoding']).toBeUndefined()
    expect(plain.rawPayload).toEqual(Buffer.concat(planes))
  })

  it('has the planes that are asked for, in their order', async () => {
    const batch = await batchOf(2)
    const ask = (planes: string) =>
      world.producer.app.inject({ url: `/v1/batches/${batch}/map?planes=${planes}`, headers })
    const answer = await ask('redo,state')
    expect(answer.headers['x-restyle-planes']).toBe('state,redo')
    expect(answer.rawPayload).toEqual(Buffer.from('..\0\0'))
    for (const wrong of ['colour', 'state,state', '']) expect((await ask(wrong)).statusCode).toBe(400)
  })

  it('is not sent again while no byte is another one, and is once one is', async () => {
    const batch = await batchOf(2)
    const { answer } = await readMap(batch)
    const again = { ...headers, 'if-none-match': answer.headers.get('etag') ?? '' }
    const ask = () => world.producer.app.inject({ url: `/v1/batches/${batch}/map`, headers: again })
    expect((await ask()).statusCode).toBe(304)
    await feed(batch, 1, 2)
    expect((await ask()).statusCode).toBe(200)
  })

  it('of an open batch grows with it', async () => {
    const open = await world.producer.app.inject({
      method: 'POST',
      url: '/v1/batches',
      headers,
      payload: { open: true },
    })
    const { id } = open.json<{ id: string }>()
    expect((await readMap(id)).rows).toBe(0)
    await world.producer.app.inject({
      method: 'PUT',
      url: `/v1/batches/${id}/rows/1`,
      headers: { ...headers, 'content-type': 'application/x-ndjson' },
      payload: `${JSON.stringify(fine)}\n${JSON.stringify(fine)}\n`,
    })
    const { rows, planes } = await readMap(id)
    expect([rows, String(planes[0])]).toEqual([2, '..'])
  })
})

describe('the edits of rows that a caller names', () => {
  it('are those, at rest, in Redis and ended, in the order of their rows', async () => {
    const batch = await batchOf(2_100)
    const [edit] = await feed(batch, 2, 4)
    await fail(edit, 'Dull')
    const answer = await world.producer.app.inject({
      url: `/v1/batches/${batch}/edits?rows=2050-2052,3-5,1,2100-2150`,
      headers,
    })
    const { edits } = answer.json<{ edits: { row: number; key: string; state: string }[] }>()
    expect(edits.map(({ row }) => row)).toEqual([0, 2, 3, 4, 2049, 2050, 2051, 2099])
    expect(edits.map(({ key }) => key)).toEqual(['1', '3', '4', '5', '2050', '2051', '2052', '2100'])
    expect(edits.map(({ state }) => state).slice(0, 4)).toEqual(['queued', 'failed', 'queued', 'queued'])
  })

  it('are refused where they are too many', async () => {
    const batch = await batchOf(1)
    const ask = (rows: string) =>
      world.producer.app.inject({ url: `/v1/batches/${batch}/edits?rows=${rows}`, headers })
    expect((await ask('1-201')).json()).toMatchObject({
      status: 400,
      detail: 'rows names more than 200 rows: ask for fewer at a time',
    })
    expect((await ask('7-9')).json()).toEqual({ edits: [] })
  })
})

describe('a live stream of a batch', () => {
  it('leads from the map that was read to the map that there is, change by change', async () => {
    const batch = await batchOf(600)
    const sse = await openSse(url(`/v1/live?batch=${batch}`), headers)
    const first = await sse.next()
    expect(first['event']).toBe('map-reset')
    const map = await readMap(batch)
    expect(map.version).toBeGreaterThanOrEqual(JSON.parse(first['data'] ?? '').version)
    let views = 0
    const edits = await feed(batch, 0, 300)
    for (const [i, edit] of edits.entries()) if (i % 3 === 0) await fail(edit, `Code${i % 2}`)
    const last = await readMap(batch)
    for (let version = map.version; version < last.version;) {
      const { event, data = '' } = await sse.next()
      const told = JSON.parse(data) as {
        version: number
        changes: [number, number, number][]
        counts?: object
      }
      if (event === 'batch') views += 1
      if (event !== 'map') continue
      if (told.version <= map.version) continue
      for (const [row, plane, byte] of told.changes) (map.planes[plane] ?? Buffer.alloc(0))[row - 1] = byte
      version = told.version
    }
    expect(map.planes).toEqual(last.planes)
    expect(views).toBeGreaterThan(0)
    sse.cut()
  })

  it('tells how the redo of a row goes, which is no row of the batch', async () => {
    const batch = await batchOf(3)
    const sse = await openSse(url(`/v1/live?batch=${batch}`), headers)
    expect((await sse.next())['event']).toBe('map-reset')
    const redo = asked(`edit_redo${batch.slice(-8)}`, { producer: 'shop', redoOf: `${batch}-1` })
    await ledger().accept([redo])
    const changes = async (): Promise<unknown> => {
      for (;;) {
        const { event, data = '' } = await sse.next()
        if (event === 'map') return (JSON.parse(data) as { changes: unknown }).changes
      }
    }
    expect(await changes()).toEqual([[2, 3, 'q'.charCodeAt(0)]])
    const edit = await ledger().read(redo.id)
    if (edit === undefined) throw new Error('no edit')
    await ledger().move(edit, { to: 'canceled' })
    expect(await changes()).toEqual([[2, 3, 'x'.charCodeAt(0)]])
    sse.cut()
  })

  it('without a batch tells those of the producer, and each that becomes another one', async () => {
    const batch = await batchOf(1)
    const sse = await openSse(url('/v1/live'), headers)
    const until = async (state: string) => {
      for (;;) {
        const { event, data = '' } = await sse.next()
        const view = JSON.parse(data) as { id: string; counts: Record<string, number> }
        expect(event).toBe('batch')
        if (view.id === batch && view.counts[state] === 1) return
      }
    }
    await until('queued')
    await fail((await feed(batch, 0, 1))[0], 'Dull')
    await until('failed')
    sse.cut()
  })

  it('of several batches tells of each, goes on where the reader was, and says which one is not there', async () => {
    const [first, second] = [await batchOf(2), await batchOf(2)]
    const strange = await world.keyOf('strangers')
    const before = await openSse(url(`/v1/live?batch=${first},${second}`), headers)
    const versions = new Map<string, number>()
    while (versions.size < 2) {
      const { event, data = '' } = await before.next()
      const { batch, version } = JSON.parse(data) as { batch: string; version: number }
      if (event === 'map-reset') versions.set(batch, version)
    }
    await fail((await feed(first, 0, 1))[0], 'Dull')
    const asked = `${first}:${versions.get(first)},none,${second}:${versions.get(second)}`
    const sse = await openSse(url(`/v1/live?batch=${asked}&newest=true`), headers)
    const told: Record<string, unknown>[] = []
    const has = (event: string) => told.filter((each) => each['event'] === event)
    while (has('map').length === 0 || has('batch').length < 2) {
      const { event, data = '', id } = await sse.next()
      told.push({ event, id, ...(JSON.parse(data) as object) })
    }
    expect(has('gone')).toEqual([{ event: 'gone', id: undefined, batch: 'none' }])
    // the second one is as it was, and the first is told from there
    expect(has('map-reset')).toEqual([])
    expect(has('map')[0]).toMatchObject({ batch: first, id: undefined })
    before.cut()
    sse.cut()

    const ask = (query: string, by = headers) =>
      world.producer.app.inject({
        url: `/v1/live?${query}`,
        headers: { ...by, accept: 'text/event-stream' },
      })
    expect((await ask(`batch=${first},${second}`, strange)).statusCode).toBe(404)
    const many = Array.from({ length: 21 }, (_, i) => `batch_${i}`).join(',')
    expect((await ask(`batch=${many}`)).json()).toMatchObject({
      status: 400,
      detail: 'batch names more than 20 batches: follow fewer in one stream',
    })
  })

  it('ends within 3 seconds when its key is revoked', async () => {
    const { key, keyId } = await createApiKey(world.redis, world.prefix, 'shop')
    const batch = await batchOf(1)
    const sse = await openSse(url(`/v1/live?batch=${batch}`), { authorization: `Bearer ${key}` })
    await sse.next()
    const began = performance.now()
    await revokeApiKey(world.redis, world.prefix, keyId)
    for (let fields = await sse.next(); fields['ended'] === undefined;) fields = await sse.next()
    expect(performance.now() - began).toBeLessThan(3_000)
  })

  it('takes one of the places that a producer has for streams', async () => {
    const other = await world.keyOf('few')
    const open = await Promise.all(Array.from({ length: 5 }, () => openSse(url('/v1/live'), other)))
    expect(open.map(({ response }) => response.status).toSorted((a, b) => a - b)).toEqual([
      200, 200, 200, 200, 503,
    ])
    for (const { cut } of open) cut()
  })
})
