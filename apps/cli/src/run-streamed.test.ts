import { batchOf, problem, startFakeWorld, type Seen } from '../test/fake-world.ts'

let world: Awaited<ReturnType<typeof startFakeWorld>>
beforeEach(async () => {
  world = await startFakeWorld()
})
afterEach(() => world.close())

const rows = 2_500
const catalog = (titleOf = (i: number) => `mug ${i}`) =>
  `sku,image,title\n${Array.from({ length: rows }, (_, i) => `s${i},https://example.com/${i}.png,${titleOf(i)}\n`).join('')}`

const calls = () => world.seen.map(({ method, url }) => `${method} ${url}`)
const rowsIn = ({ body }: Seen) => body.toString().trimEnd().split('\n').length

/** Takes rows; `has` of them were taken before. */
const taking =
  (has = 0) =>
  ({ method, url, body }: Seen): object => {
    if (method === 'GET' || url.endsWith('/close')) return batchOf(rows, { queued: rows })
    if (method === 'POST') return { ...batchOf(has, { queued: has }), open: true }
    const first = Number(url.split('/').at(-1))
    const count = body.toString().trimEnd().split('\n').length
    return { batch: 'batch_1', first, rows: count, nextRow: first + count }
  }

const run = (...more: string[]) =>
  world.restyle(['run', 'catalog.csv', '-p', 'a {{title}}', '--no-wait', ...more])

describe('restyle run of more than a thousand rows', () => {
  beforeEach(() => world.write('catalog.csv', catalog()))

  it('streams them in chunks into an open batch, and closes it', async () => {
    world.answer = taking()
    const { exitCode, stdout, stderr } = await run()
    expect({ exitCode, calls: calls() }).toEqual({
      exitCode: 0,
      calls: [
        'POST /v1/batches',
        'PUT /v1/batches/batch_1/rows/1',
        'PUT /v1/batches/batch_1/rows/1001',
        'PUT /v1/batches/batch_1/rows/2001',
        'POST /v1/batches/batch_1/close',
      ],
    })
    const [open, first, , , close] = world.seen
    expect(JSON.parse(String(open?.body))).toEqual({
      open: true,
      name: 'catalog.csv',
      catalog: 'catalog.csv',
      rowsDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(JSON.parse(String(first?.body).split('\n')[1] ?? '')).toEqual({
      model: 'wan2.5-i2i-preview',
      n: 1,
      columns: { title: 'mug 1' },
      fingerprint: expect.stringMatching(/^v1-/),
      prompt: 'a mug 1',
      images: ['https://example.com/1.png'],
      key: 's1',
    })
    expect(world.seen.slice(1, 4).map(rowsIn)).toEqual([1000, 1000, 500])
    expect(JSON.parse(String(close?.body))).toEqual({ total: rows })
    expect(stdout).toContain('2500 edits, 0 distinct local pictures (0.0 MB), 2500 images to make\n')
    expect(stdout).toContain('batch_1 accepted\n')
    expect(stderr).toContain('if this run is cut off, give the same command again to continue it\n')
  })

  it('lets work begin at the end with --hold, also of a few', async () => {
    world.answer = taking()
    await world.write('few.csv', 'image\nhttps://example.com/a.png\n')
    await world.restyle(['run', 'few.csv', '-p', 'x', '--no-wait', '--hold'])
    expect(JSON.parse(String(world.seen[0]?.body))).toMatchObject({ open: true, held: true })
  })

  it('goes on where an earlier run was', async () => {
    world.answer = taking(2_000)
    const { exitCode } = await run('--idempotency-key', 'monday')
    expect({ exitCode, calls: calls() }).toEqual({
      exitCode: 0,
      calls: [
        'POST /v1/batches',
        'PUT /v1/batches/batch_1/rows/1001',
        'PUT /v1/batches/batch_1/rows/2001',
        'POST /v1/batches/batch_1/close',
      ],
    })
    expect(world.seen[0]?.headers['idempotency-key']).toBe('monday')
  })

  it('opens another catalog, prompt or option with another digest', async () => {
    world.answer = taking()
    await run()
    await run('--n', '2')
    await world.write(
      'catalog.csv',
      catalog((i) => (i === 2_499 ? 'cup' : `mug ${i}`)),
    )
    await run()
    await world.write('catalog.csv', catalog())
    await run()
    const digests = world.seen
      .filter(({ url, method }) => method === 'POST' && url === '/v1/batches')
      .map(({ body }) => (JSON.parse(body.toString()) as { rowsDigest: string }).rowsDigest)
    expect(new Set(digests).size).toBe(3)
    expect(digests[3]).toBe(digests[0])
  })

  it('sends nothing when a row is wrong, however late it comes', async () => {
    await world.write(
      'catalog.csv',
      catalog((i) => (i === 2_499 ? '' : `mug ${i}`)),
    )
    const { exitCode, stderr } = await run()
    expect({ exitCode, calls: calls() }).toEqual({ exitCode: 2, calls: [] })
    expect(stderr).toContain('row 2501, prompt: {{title}} is empty in this row\n')
    await world.write('catalog.csv', `${catalog()}s7,https://example.com/x.png,mug\n`)
    expect((await run()).stderr).toContain('row 2502, sku: s7 is the key of row 9 already\n')
    expect(calls()).toEqual([])
  })

  it('stops when the catalog changes while it is sent', async () => {
    const take = taking()
    world.answer = (seen) => {
      if (seen.url.endsWith('/rows/1'))
        void world.write(
          'catalog.csv',
          catalog(() => 'other'),
        )
      return take(seen)
    }
    // read ahead, the file may be read to its end before it changes
    await world.write(
      'catalog.csv',
      catalog((i) => `mug ${i} ${'x'.repeat(1_000)}`),
    )
    const { exitCode, stderr } = await run()
    expect({ exitCode, closed: calls().some((call) => call.endsWith('/close')) }).toEqual({
      exitCode: 2,
      closed: false,
    })
    expect(stderr).toContain('the catalog or one of its pictures has changed since it was checked\n')
  })

  it('names the rows of the file that the producer refuses, and what is enqueued before', async () => {
    const take = taking()
    world.answer = (seen, response) => {
      if (!seen.url.endsWith('/rows/1001')) return take(seen)
      response.writeHead(422)
      return problem('invalid-request', 'x', [
        { row: 1_003, pointer: '/images/0', detail: 'leads to a private address' },
      ])
    }
    const { exitCode, stderr } = await run()
    expect(exitCode).toBe(2)
    expect(stderr).toContain('row 1004, images/0: leads to a private address\n')
    expect(stderr).toContain('1000 rows before are enqueued as batch_1, which is still open')
  })

  it('says how to continue when the producer is gone on the way', async () => {
    const take = taking()
    world.answer = (seen) => (seen.url.endsWith('/rows/2001') ? undefined : take(seen))
    const { exitCode, stderr } = await run()
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/without enqueuing anything twice, give the same command again\n$/)
  })

  it('says that a key stands for other rows', async () => {
    const take = taking()
    world.answer = (seen, response) => {
      if (!seen.url.endsWith('/rows/1001')) return take(seen)
      response.writeHead(409)
      return problem('rows-conflict', 'Row 1001 came with other rows before.')
    }
    expect((await run('--idempotency-key', 'monday')).stderr).toContain(
      'monday stands for an earlier run with another catalog, picture, prompt or option',
    )
  })
})
