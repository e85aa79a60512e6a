import { refuse, startScriptedProducer } from '../test/scripted-producer.ts'
import { chunksOf, oneAhead } from './row-chunks.ts'

const row = (i: number) => ({ prompt: `row ${i}`, images: ['https://example.com/a.png'] })
const rows = (count: number) => Array.from({ length: count }, (_, i) => row(i + 1))

describe('chunks of rows', () => {
  const sizesOf = async (items: object[], size: { rows: number; bytes: number }) => {
    const chunks: [number, number][] = []
    for await (const { first, rows: count, body } of chunksOf(items, size)) {
      const lines = new TextDecoder().decode(body).trimEnd().split('\n')
      expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
        items.slice(first - 1, first - 1 + count),
      )
      chunks.push([first, count])
    }
    return chunks
  }

  it('have so many rows, or so many bytes, or one row that is larger', async () => {
    const bytes = 1_000_000
    expect(await sizesOf(rows(7), { rows: 3, bytes })).toEqual([
      [1, 3],
      [4, 3],
      [7, 1],
    ])
    const items = [1, 1, 40, 1, 1].map((count) => ({ x: 'ö'.repeat(count) }))
    // {"x":"ö"} and its end are 11 bytes
    expect(await sizesOf(items, { rows: 100, bytes: 22 })).toEqual([
      [1, 2],
      [3, 1],
      [4, 2],
    ])
    expect(await sizesOf([], { rows: 3, bytes })).toEqual([])
  })

  it('are read one ahead and not more', async () => {
    let read = 0
    const source = (function* () {
      for (;;) yield (read += 1)
    })()
    const items = (async function* () {
      yield* source
    })()
    for await (const item of oneAhead(items)) {
      await new Promise((resolve) => setImmediate(resolve))
      expect(read).toBe(item + 1)
      if (item === 5) break
    }
  })

  it('throw where their source does', async () => {
    const items = (async function* () {
      yield 1
      throw new Error('the file is gone')
    })()
    const read: number[] = []
    const all = async () => {
      for await (const item of oneAhead(items)) read.push(item)
    }
    await expect(all()).rejects.toThrow('the file is gone')
    expect(read).toEqual([1])
  })
})

describe('a stream of rows', () => {
  let producer: Awaited<ReturnType<typeof startScriptedProducer>>
  beforeEach(async () => {
    producer = await startScriptedProducer()
  })
  afterEach(() => producer.stop())

  /** Takes rows as a producer does; `has` of them were taken before. */
  function taking(has = 0, more: object = { open: true }) {
    producer.scripted.answer = ({ call, body }) => {
      if (call === 'POST /v1/batches') return { id: 'b', total: has, ...more }
      if (call.endsWith('/close')) return { id: 'b', total: (JSON.parse(body) as { total: number }).total }
      const first = Number(/rows\/(\d+)/.exec(call)?.[1])
      const count = body.split('\n').length - 1
      return { batch: 'b', first, rows: count, nextRow: first + count }
    }
  }
  const calls = () => producer.seen.map(({ call }) => call)
  const chunk = { rows: 2, bytes: 1_000_000 }

  it('is opened, sent in chunks, and closed with its number', async () => {
    taking()
    const told: number[] = []
    const batch = await producer.client().batches.stream(rows(5), {
      name: 'spring',
      rowsDigest: 'd',
      idempotencyKey: 'monday',
      traceparent: 't',
      chunk,
      onChunk: ({ rows: sent }) => told.push(sent),
    })
    expect(batch).toEqual({ id: 'b', total: 5 })
    expect(calls()).toEqual([
      'POST /v1/batches',
      'PUT /v1/batches/b/rows/1',
      'PUT /v1/batches/b/rows/3',
      'PUT /v1/batches/b/rows/5',
      'POST /v1/batches/b/close',
    ])
    expect(JSON.parse(producer.seen[0]?.body ?? '')).toEqual({ name: 'spring', rowsDigest: 'd', open: true })
    expect(producer.seen[0]?.headers).toMatchObject({ 'idempotency-key': 'monday', traceparent: 't' })
    expect(producer.seen[1]?.headers).toMatchObject({
      'content-type': 'application/x-ndjson',
      traceparent: 't',
    })
    expect(told).toEqual([2, 4, 5])
  })

  it('sends a chunk again until it is answered, and waits as long as it is told', async () => {
    taking()
    const { answer } = producer.scripted
    producer.scripted.answer = (seen, response) => {
      if (producer.seen.length === 3) return undefined
      if (producer.seen.length !== 4) return answer(seen, response)
      response.setHeader('retry-after', '7')
      return refuse(response, 503, 'unavailable')
    }
    await producer.client().batches.stream(rows(4), { chunk })
    expect(calls().slice(1, 5)).toEqual([
      'PUT /v1/batches/b/rows/1',
      ...Array<string>(3).fill('PUT /v1/batches/b/rows/3'),
    ])
    expect(new Set(producer.seen.slice(2, 5).map(({ body }) => body)).size).toBe(1)
    expect(producer.waits).toEqual([500, 7000])
  })

  it('goes on where a cut run was, and has the last chunk compared', async () => {
    taking(4)
    await producer.client().batches.stream(rows(7), { chunk })
    expect(calls().slice(1)).toEqual([
      'PUT /v1/batches/b/rows/3',
      'PUT /v1/batches/b/rows/5',
      'PUT /v1/batches/b/rows/7',
      'POST /v1/batches/b/close',
    ])
  })

  it('goes on within a chunk where the run before cut otherwise', async () => {
    taking(3)
    await producer.client().batches.stream(rows(5), { chunk })
    expect(calls().slice(1, 3)).toEqual(['PUT /v1/batches/b/rows/4', 'PUT /v1/batches/b/rows/5'])
    expect(producer.seen[1]?.body).toBe(`${JSON.stringify(row(4))}\n`)
  })

  it('has a batch that was closed compared with all rows, and sends the last ones once more', async () => {
    taking(4, {})
    await producer.client().batches.stream(rows(4), { chunk })
    expect(calls().slice(1)).toEqual(['PUT /v1/batches/b/rows/3', 'POST /v1/batches/b/close'])
    expect(JSON.parse(producer.seen.at(-1)?.body ?? '')).toEqual({ total: 4 })
  })

  it('that skips faulty rows numbers the next ones as it is told, and sends all again after a cut', async () => {
    taking(2)
    const { answer } = producer.scripted
    producer.scripted.answer = (seen, response) =>
      seen.call.startsWith('PUT') && seen.body.includes('row 1"')
        ? { batch: 'b', first: 1, rows: 1, nextRow: 2, rejects: [{ first: 1, line: 2, errors: [] }] }
        : answer(seen, response)
    const lines: number[] = []
    await producer.client().batches.stream(rows(4), {
      chunk,
      onFault: 'skip',
      onChunk: ({ answer: told }) => lines.push(told.rejects?.length ?? 0),
    })
    expect(calls().slice(1)).toEqual([
      'PUT /v1/batches/b/rows/1?onFault=skip',
      'PUT /v1/batches/b/rows/2?onFault=skip',
      'POST /v1/batches/b/close',
    ])
    expect(JSON.parse(producer.seen.at(-1)?.body ?? '')).toEqual({ total: 3 })
    expect(lines).toEqual([1, 0])
  })

  it('ends with the refusal of a chunk, and closes nothing', async () => {
    taking()
    const { answer } = producer.scripted
    producer.scripted.answer = (seen, response) =>
      seen.call.endsWith('rows/3')
        ? refuse(response, 422, 'invalid-request', { errors: [{ row: 3, pointer: '/n', detail: 'n is 9' }] })
        : answer(seen, response)
    await expect(producer.client().batches.stream(rows(9), { chunk })).rejects.toMatchObject({
      code: 'invalid-request',
      faults: [{ row: 3 }],
    })
    expect(calls().at(-1)).toBe('PUT /v1/batches/b/rows/3')
  })

  it('of no row is not closed: a batch has one at least', async () => {
    taking()
    await expect(producer.client().batches.stream([])).rejects.toThrow(RangeError)
    expect(calls()).toEqual([])
  })
})
