import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { createGunzip, gunzipSync } from 'node:zlib'
import { createClient } from '@restyle/client/client'
import { limits } from '@restyle/shared/contract/limits'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import { columnNames, rowsOfFiles } from '@restyle/worker/files/rows-of-batch'
import { writeTables } from '@restyle/worker/files/write-tables'
import { type Judging, openJudging } from './judging.ts'
import { linesOf, rowsFrom } from './open-batches.ts'

const heads =
  'key,state,image_1_key,image_2_key,image_3_key,image_4_key,sha256,cost,currency,error_code,error_message,row,edit,source,prompt'
const hostile = [
  { key: '=cmd()', columns: { اسم: 'مصباح "كبير"', size: '-12.50' } },
  { key: 'лампа, 2', columns: { اسم: '\u202eabc', price: '@SUM(1)' } },
  { key: 'failed' },
  { key: '4', columns: { key: 'own' } },
]

/** 10 KB. */
const long = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name) => [name, name.repeat(2_000)]))

describe('the results of a batch as a file', () => {
  let judging: Judging
  let world: Judging['world']
  beforeAll(async () => {
    judging = await openJudging()
    ;({ world } = judging)
  })
  afterEach(() => world.server.s3.faults.clear())
  afterAll(() => world.stop())

  const get = (batch: string, query: string, headers: Record<string, string> = judging.ana) =>
    fetch(`${world.producer.url}/v1/batches/${batch}/results?${query}`, { headers })
  /** As the bytes are: `text()` takes the byte order mark away. */
  const textOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer()).toString()
  const judge = (batch: string, rows: string, verdict = 'approved') =>
    judging.send('POST', `/v1/batches/${batch}/verdicts`, { verdict, rows })

  /** A batch that may get more rows, by default of 10 KB each. */
  async function largeBatch(rows: number, columns: object = long): Promise<string> {
    const { body } = await judging.send('POST', '/v1/batches', { open: true })
    const batch = String(body['id'])
    for (let first = 1; first <= rows; first += 500) {
      const lines = linesOf(rowsFrom(first, 500).map((row) => ({ ...row, columns })))
      const answer = await world.producer.app.inject({
        method: 'PUT',
        url: `/v1/batches/${batch}/rows/${first}`,
        headers: { ...judging.ana, 'content-type': 'application/x-ndjson' },
        payload: lines,
      })
      expect(answer.statusCode).toBe(200)
    }
    return batch
  }

  /** An answer of which nothing is read yet. `more`: headers. */
  async function unread(batch: string, format: string, more: object = {}): Promise<IncomingMessage> {
    const url = `${world.producer.url}/v1/batches/${batch}/results?format=${format}`
    const asking = request(url, { headers: { ...judging.ana, ...more }, agent: false }).end()
    asking.on('error', () => {})
    const [answer] = (await once(asking, 'response')) as [IncomingMessage]
    answer.on('error', () => {})
    return answer
  }

  it('has those that were approved and no other, in cells that no spreadsheet runs', async () => {
    const batch = await judging.batchOf('++-+', { name: 'مصابيح/2026', rows: hostile })
    await judge(batch, '1-2')
    await judge(batch, '4', 'rejected')
    const answer = await get(batch, 'verdict=approved&format=csv')
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'cache-control': 'no-store',
      'content-disposition': `attachment; filename="_______2026-approved.csv"; filename*=UTF-8''${encodeURIComponent('مصابيح_2026-approved.csv')}`,
    })
    const lines = (await textOf(answer)).split('\r\n')
    expect(lines).toEqual([
      `\uFEFF${heads},verdict,verdict_note,اسم,size,price,sku,catalog_key`,
      expect.stringMatching(/^'=cmd\(\),succeeded,k\/batch_\w+-0,.*,approved,,"مصباح ""كبير""",-12.50,,,$/),
      expect.stringMatching(/^"лампа, 2",succeeded,.*,approved,,\u202eabc,,'@SUM\(1\),,$/),
      '',
    ])
    const rows = (await textOf(await get(batch, 'verdict=approved&format=jsonl')))
      .split('\n')
      .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as object]))
    const { results } = (await (await get(batch, 'verdict=approved')).json()) as { results: object[] }
    expect(rows).toEqual(results)
    expect(rows).toMatchObject([{ key: '=cmd()', columns: hostile[0]?.columns }, { key: 'лампа, 2' }])
    const none = await textOf(await get(batch, 'verdict=none&format=csv'))
    expect(none.split('\r\n').map((line) => line.split(',')[0])).toEqual(['\uFEFFkey', 'failed', ''])
  })

  it('has those that have ended in one way and no other, in a file and in pages', async () => {
    const batch = await judging.batchOf('-+--+', {
      name: 'lamps',
      rows: 'abcde'.split('').map((key) => ({ key })),
    })
    const answer = await get(batch, 'state=failed&format=csv')
    expect(answer.headers.get('content-disposition')).toContain('filename="lamps-failed.csv"')
    const keys = (text: string) => text.split('\r\n').map((line) => line.split(',')[0])
    expect(keys(await textOf(answer))).toEqual(['\uFEFFkey', 'a', 'c', 'd', ''])
    expect(keys(await textOf(await get(batch, 'state=succeeded&format=csv')))).toEqual([
      '\uFEFFkey',
      'b',
      'e',
      '',
    ])
    type Page = { results: { key: string }[]; nextCursor?: string }
    const first = (await (await get(batch, 'state=failed&limit=2')).json()) as Page
    const cursor = encodeURIComponent(first.nextCursor ?? '')
    const second = (await (await get(batch, `state=failed&limit=2&cursor=${cursor}`)).json()) as Page
    expect([first, second].map(({ results }) => results.map(({ key }) => key))).toEqual([['a', 'c'], ['d']])
    expect(second.nextCursor).toBeUndefined()
    expect((await get(batch, 'state=failed&verdict=none')).status).toBe(400)
  })

  it('is byte for byte the table that is stored when the batch ends, also where a record cannot be read', async () => {
    const batch = await judging.batchOf('++-+', { rows: hostile })
    await world.redis.set(`${world.prefix}:edit:${batch}-1`, 'broken on purpose')
    const { ledger } = judging
    const read = await ledger.readBatch(batch)
    if (read === undefined) throw new Error('there is no batch')
    const tools = { ledger, rows: openRowReader(world.store) }
    const files = await writeTables(
      rowsOfFiles(read, tools, () => {}),
      await columnNames(read, tools, () => {}),
      { folder: `stored/${batch}/`, number: 1 },
      { store: world.store },
    )
    for (const format of ['csv', 'jsonl'] as const) {
      const stored = String(await world.store.get(files[format][0]?.key ?? ''))
      expect(await textOf(await get(batch, `format=${format}`))).toBe(stored)
      expect(stored).toContain('unreadable')
    }
    expect(world.lines.filter((line) => line.includes(`${batch}-1`))).toHaveLength(1)
  })

  it('has addresses of the images where they are asked for', async () => {
    const batch = await judging.batchOf('+')
    const [head = '', row = ''] = (await textOf(await get(batch, 'links=60&format=csv'))).split('\r\n')
    expect(head).toBe(`\uFEFF${heads},image_1_url,image_2_url,image_3_url,image_4_url,urls_until,sku`)
    // a failure must not print the address
    expect(/,http:\/\/[^,]+X-Amz-Signature=\w+[^,]*,,,,20\d\d-[^,]+Z,s0$/.test(row)).toBe(true)
  })

  it('has the columns that were stored with its files', async () => {
    const batch = await judging.batchOf('+')
    const list = { batch, columns: ['stored', 'sku'], v: 1, outcome: '', report: [] }
    const results = { csv: [], jsonl: [], xlsx: [] }
    const bytes = Buffer.from(JSON.stringify({ ...list, results }))
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    await world.store.putIfAbsent(`l/${batch}`, bytes, { contentType: 'application/json', sha256 })
    const files = { list: `l/${batch}`, csv: 'c', jsonl: 'j', xlsx: 'x', parts: 1, pages: 0 }
    await judging.ledger.tellFiles({ batch, number: 1 }, { state: 'stored', ...files })
    const [head, row] = (await textOf(await get(batch, 'format=csv'))).split('\r\n')
    expect([head, row?.endsWith(',,s0')]).toEqual([`\uFEFF${heads},stored,sku`, true])
  })

  it('is packed for whoever takes gzip, and is the same', async () => {
    const batch = await judging.batchOf('++-+', { rows: hostile })
    for (const format of ['csv', 'jsonl']) {
      const plain = await unread(batch, format)
      const packed = await unread(batch, format, gzip)
      expect([plain.headers['content-encoding'], plain.headers.vary]).toEqual([
        undefined,
        expect.stringContaining('accept-encoding'),
      ])
      expect(packed.headers['content-encoding']).toBe('gzip')
      const [text, bytes] = [await buffer(plain), await buffer(packed)]
      expect(text.length).toBeGreaterThan(500)
      expect(gunzipSync(bytes).equals(text)).toBe(true)
    }
  })

  it('takes no cursor and no limit, which are of pages', async () => {
    const batch = await judging.batchOf('+')
    for (const format of ['csv', 'jsonl'])
      for (const parameter of ['cursor', 'limit']) {
        const answer = await get(batch, `format=${format}&${parameter}=100`)
        expect([answer.status, await answer.json()]).toEqual([
          400,
          expect.objectContaining({
            code: 'invalid-parameter',
            errors: [
              {
                parameter,
                detail: `${parameter} does not go with format=${format}, which has all rows: leave it out`,
              },
            ],
          }),
        ])
      }
    expect((await get(batch, 'format=xlsx')).status).toBe(400)
    expect((await get(batch, 'format=json&limit=1')).status).toBe(200)
  })

  it('tells of itself to HEAD, and is not there for another producer', async () => {
    const batch = await judging.batchOf('+')
    const url = `${world.producer.url}/v1/batches/${batch}/results?format=csv`
    const head = await fetch(url, { method: 'HEAD', headers: judging.ana })
    expect([head.status, head.headers.get('content-disposition')]).toEqual([
      200,
      `attachment; filename="${batch}.csv"; filename*=UTF-8''${batch}.csv`,
    ])
    for (const format of ['csv', 'jsonl'])
      expect((await get(batch, `format=${format}`, await world.keyOf('other'))).status).toBe(404)
  })

  it('has each of 2,500 rows once, in their order, also through the client', async () => {
    const batch = await largeBatch(2_500, { sku: 's' })
    const rows = (await textOf(await get(batch, 'format=jsonl'))).split('\n').slice(0, -1)
    expect(rows.map((line) => (JSON.parse(line) as { row: number }).row)).toEqual(
      Array.from({ length: 2_500 }, (_, i) => i),
    )
    const key = judging.ana.authorization.replace('Bearer ', '')
    const pieces: Uint8Array[] = []
    for await (const piece of createClient({ url: world.producer.url, key }).batches.export(batch, 'csv'))
      pieces.push(piece)
    expect(Buffer.concat(pieces).toString().split('\r\n')).toHaveLength(2_502)
  }, 60_000)

  it('waits for its reader, and ends when that leaves', async () => {
    const batch = await largeBatch(2_500)
    const readers: IncomingMessage[] = []
    for (let i = 0; i < limits.exportsEach; i += 1) readers.push(await unread(batch, 'jsonl'))
    // who has not taken all of it keeps its place
    const refused = await get(batch, 'format=csv')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
    expect(refused.headers.get('content-disposition')).toBeNull()
    expect((await get(batch, 'limit=1')).status).toBe(200)
    for (const reader of readers) reader.destroy()
    await world.until(async () => {
      const answer = await get(batch, 'format=jsonl')
      await answer.body?.cancel()
      return answer.status === 200
    })
    expect(world.lines.filter((line) => line.includes('broke off'))).toEqual([])
  }, 60_000)

  it('is cut where it cannot go on, so that nobody takes a part for the whole', async () => {
    const batch = await largeBatch(5_000)
    const answer = await unread(batch, 'jsonl')
    world.server.s3.faults.down(true)
    let bytes = 0
    answer.on('data', (piece: Buffer) => (bytes += piece.length))
    await new Promise((resolve) => answer.once('close', resolve))
    expect([answer.complete, bytes < 50_000_000]).toEqual([false, true])
    await world.until(async () => world.lines.some((line) => line.includes('results broke off')))
  }, 60_000)

  it('begins before the names of its columns are known', async () => {
    const batch = await largeBatch(2_000, { sku: 's' })
    world.server.s3.faults.add({ do: 'hang', operation: 'GetObject', key: /rows\/0*1500$/, times: 2 })
    const [plain, packed] = [await unread(batch, 'csv'), await unread(batch, 'csv', gzip)]
    expect(String(await piece(plain))).toBe(`\uFEFF${heads}`)
    expect(String(await piece(packed.pipe(createGunzip())))).toBe(`\uFEFF${heads}`)
    for (const each of [plain, packed]) each.destroy()
  }, 60_000)

  it.each(['csv', 'jsonl'])(
    'as %s reads nothing more once its readers have left',
    async (format) => {
      const batch = await largeBatch(8_000, { sku: 's' })
      const slow = { do: 'slow', bytesPerSecond: 20_000, times: Infinity } as const
      const reads = world.server.s3.faults.add({ ...slow, operation: 'GetObject', key: /rows\/\d+$/ })
      const readers: IncomingMessage[] = []
      for (let i = 0; i < limits.exportsEach; i += 1) readers.push(await unread(batch, format))
      for (const reader of readers) reader.destroy()
      await world.until(async () => {
        const answer = await get(batch, `format=${format}`)
        await answer.body?.cancel()
        return answer.status === 200
      })
      // of sixteen for each of five: a reader who has left may have two slices of four under way
      expect(reads.fired).toBeLessThan(48)
    },
    60_000,
  )
})

const gzip = { 'accept-encoding': 'gzip' }

/** The next bytes. */
async function piece(from: NodeJS.ReadableStream): Promise<Buffer> {
  const [bytes] = (await once(from, 'data')) as [Buffer]
  return bytes
}
