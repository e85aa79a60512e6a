import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CatalogRow } from '@restyle/client/types'
import { batchOf, startFakeWorld } from '../test/fake-world.ts'

let world: Awaited<ReturnType<typeof startFakeWorld>>
beforeEach(async () => {
  world = await startFakeWorld()
})
afterEach(() => world.close())

const run = (...more: string[]) =>
  world.restyle(['run', 'catalog.csv', '-p', 'a {{title}}', '--no-wait', ...more])
const write = (count: number, title = 'mug') => {
  const rows = Array.from(
    { length: count },
    (_, i) => `s${i + 1},https://example.com/${i + 1}.png,${title}\n`,
  )
  return world.write('catalog.csv', `sku,image,title\n${rows.join('')}`)
}
type Sent = { key: string; fingerprint: string }
/** The rows that were sent so far. */
const sent = (): Sent[] =>
  world.seen.flatMap(({ url, body }) => {
    if (url === '/v1/batches') return (JSON.parse(body.toString()) as { edits?: Sent[] }).edits ?? []
    if (!url.includes('/rows/')) return []
    return body
      .toString()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Sent)
  })
const known = (rows: readonly Sent[], state: CatalogRow['state'], batch = 'batch_0'): CatalogRow[] =>
  rows.map(({ key, fingerprint }, i) => ({ key, fingerprint, state, batch, row: i + 1 }))

/** Takes whole batches, and rows in chunks. */
const taking: typeof world.answer = ({ url, body }) => {
  const first = Number(/rows\/(\d+)/.exec(url)?.[1])
  const rows = body.toString().split('\n').length - 1
  return url.includes('/rows/')
    ? { batch: 'batch_1', first, rows, nextRow: first + rows }
    : { ...batchOf(0, {}), open: true }
}

/** What a run of so many rows sends; then the world has forgotten it. */
async function firstRun(count: number): Promise<Sent[]> {
  world.answer = taking
  await write(count)
  await run()
  const rows = sent()
  world.seen.length = 0
  return rows
}

describe('restyle run of a catalog that was run before', () => {
  it('enqueues nothing that is done or under way, and ends well', async () => {
    const rows = await firstRun(4)
    world.catalog = {
      open: [],
      rows: [
        ...known(rows.slice(0, 1), 'succeeded'),
        ...known(rows.slice(1, 3), 'uncertain'),
        ...known(rows.slice(3), 'unknown'),
      ],
    }
    const { exitCode, stdout, stderr } = await run()
    expect({ exitCode, stdout, stderr, sent: world.seen.length }).toEqual({
      exitCode: 0,
      stdout:
        '4 rows: left out: 1 unchanged, 2 under way, 1 of which nobody remembers what became (--all does them again)\nnothing to do\n',
      stderr: '',
      sent: 0,
    })
    const dry = await run('--dry-run')
    expect(dry.stdout).toContain('\n0 edits, ')
    expect(dry.stdout).not.toContain('price:')
  })

  it('enqueues what is new, has changed, failed or was canceled, under the name of the catalog', async () => {
    const rows = await firstRun(4)
    world.catalog = {
      open: [],
      rows: [
        ...known(rows.slice(0, 1), 'failed'),
        ...known(rows.slice(1, 2), 'canceled'),
        ...known([{ key: 's3', fingerprint: 'v1-other' }], 'succeeded'),
        ...known([{ key: 'gone', fingerprint: 'v1-x' }], 'succeeded'),
      ],
    }
    const { exitCode, stdout } = await run('--catalog', 'spring')
    expect(exitCode).toBe(0)
    expect(stdout).toContain(
      '4 rows: 1 new, 1 changed, 1 failed before, 1 canceled before\n1 row of before is not in the catalog any more: nothing happens to it\n4 edits',
    )
    expect(sent().map(({ key }) => key)).toEqual(['s1', 's2', 's3', 's4'])
    expect(JSON.parse(String(world.seen[0]?.body))).toMatchObject({ name: 'catalog.csv', catalog: 'spring' })
  })

  it('sends the same again under the same key, and under another once the rows have a newer batch', async () => {
    await firstRun(3)
    const keyOf = () => world.seen.at(-1)?.headers['idempotency-key']
    await run()
    const [first, rows] = [keyOf(), sent()]
    await run()
    expect(keyOf()).toBe(first)
    world.catalog = { open: [], rows: known(rows, 'failed') }
    await run()
    const second = keyOf()
    world.catalog = { open: [], rows: known(rows, 'failed', 'batch_2') }
    await run()
    expect(new Set([first, second, keyOf()]).size).toBe(3)
  })

  it('continues a run that was cut off in its own batch, without rows that it has', async () => {
    const rows = await firstRun(2_500)
    await run()
    const { rowsDigest } = JSON.parse(String(world.seen[0]?.body)) as { rowsDigest: string }
    world.seen.length = 0
    const open = { ...batchOf(1_000, { failed: 1 }), id: 'batch_1', open: true as const, rowsDigest }
    // one of them has failed meanwhile: a batch has no key twice
    world.catalog = {
      open: [open],
      rows: [
        ...known(rows.slice(0, 1), 'failed', 'batch_1'),
        ...known(rows.slice(1, 1_000), 'queued', 'batch_1'),
      ],
    }
    const { exitCode, stdout } = await run()
    expect({ exitCode, calls: world.seen.map(({ method, url }) => `${method} ${url}`) }).toEqual({
      exitCode: 0,
      calls: [
        'PUT /v1/batches/batch_1/rows/1001',
        'PUT /v1/batches/batch_1/rows/2001',
        'POST /v1/batches/batch_1/close',
      ],
    })
    expect(JSON.parse(String(world.seen.at(-1)?.body))).toEqual({ total: 2_500 })
    expect(sent().map(({ key }) => key)).toEqual(rows.slice(1_000).map(({ key }) => key))
    expect(stdout).toContain(
      '2500 rows: 1500 new; left out: 1000 enqueued before this run was cut off\n1500 edits',
    )
    expect(stdout).toContain('batch_1 continued\n')
  })

  it('closes a run that was cut off before its end was told', async () => {
    const rows = await firstRun(1_500)
    await run()
    const { rowsDigest } = JSON.parse(String(world.seen[0]?.body)) as { rowsDigest: string }
    world.seen.length = 0
    const open = { ...batchOf(1_500, { queued: 1_500 }), id: 'batch_1', open: true as const, rowsDigest }
    world.catalog = { open: [open], rows: known(rows, 'queued', 'batch_1') }
    expect((await run()).exitCode).toBe(0)
    expect(world.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /v1/batches/batch_1/close',
    ])
  })

  it('tells of an open batch of another state of the catalog, and how to end it', async () => {
    await firstRun(1)
    world.catalog = {
      open: [{ ...batchOf(7, {}), id: 'batch_9', open: true, rowsDigest: 'other' }],
      rows: [],
    }
    const { stderr } = await run()
    expect(stderr).toContain('batch_9 of this catalog is still open, with 7 rows')
    expect(stderr).toContain('restyle close batch_9\n')
    world.answer = ({ method }) => ({
      ...batchOf(7, {}),
      id: 'batch_9',
      ...(method === 'GET' && { open: true }),
    })
    expect((await world.restyle(['close', 'batch_9'])).stdout).toBe('batch_9 has 7 rows, and gets no more\n')
    expect(JSON.parse(String(world.seen.at(-1)?.body))).toEqual({ total: 7 })
  })

  it('compares nothing under an Idempotency-Key: that run is what it was', async () => {
    const rows = await firstRun(2)
    world.catalog = { open: [], rows: known(rows, 'succeeded') }
    await run('--idempotency-key', 'monday')
    expect(sent()).toHaveLength(2)
    expect(world.seen.at(-1)?.headers['idempotency-key']).toBe('monday')
  })

  it('tells programs how many rows are what', async () => {
    const rows = await firstRun(3)
    world.catalog = { open: [], rows: known(rows.slice(0, 2), 'succeeded') }
    const counts = { total: 3, new: 1, unchanged: 2, changed: 0, gone: 0 }
    expect(JSON.parse((await run('--json')).stdout)).toMatchObject({ id: 'batch_1', rows: counts })
    expect(JSON.parse((await run('--dry-run', '--json')).stdout)).toMatchObject({ edits: 1, rows: counts })
  })
})

describe('restyle run --dry-run', () => {
  it('does without a producer, and says that nothing was compared', async () => {
    await write(2)
    world.catalog = undefined
    const { exitCode, stdout, stderr } = await run('--dry-run')
    expect({ exitCode, stdout: stdout.split('\n')[0] }).toEqual({
      exitCode: 0,
      stdout: '2 edits, 0 distinct local pictures (0.0 MB), 2 images to make',
    })
    expect(stderr).toContain('not compared with what was enqueued before: ')
    const keyless = await world.restyle(['run', 'catalog.csv', '-p', 'x', '--dry-run'], { env: {} })
    expect(keyless.exitCode).toBe(0)
    expect(keyless.stderr).toContain('not compared with what was enqueued before: no API key')
  })

  it('goes on after two seconds without a producer that does not answer', async () => {
    await write(2)
    // it takes the connection, and says nothing
    const silent = createServer(() => {})
    await once(silent.listen(0, '127.0.0.1'), 'listening')
    const began = performance.now()
    const { port } = silent.address() as AddressInfo
    const { exitCode, stdout, stderr } = await run('--dry-run', '--url', `http://127.0.0.1:${port}`)
    const tookMs = performance.now() - began
    silent.closeAllConnections()
    silent.close()
    expect({ exitCode, stdout: stdout.split('\n')[0] }).toEqual({
      exitCode: 0,
      stdout: '2 edits, 0 distinct local pictures (0.0 MB), 2 images to make',
    })
    expect(stderr).toMatch(/^not compared with what was enqueued before: .*gave no answer within 2 seconds/)
    expect(tookMs).toBeGreaterThan(1_900)
    expect(tookMs).toBeLessThan(10_000)
  })

  it('only looks whether local pictures are there, with --no-fetch', async () => {
    await world.write('no-picture.png', 'text')
    await world.write('catalog.csv', 'sku,image\n1,no-picture.png\n2,https://example.com/a.png\n')
    world.catalog = { open: [], rows: known([{ key: '1', fingerprint: 'v1-x' }], 'failed') }
    const fine = await world.restyle(['run', 'catalog.csv', '-p', 'x', '--dry-run', '--no-fetch'])
    expect(fine.stdout.split('\n')).toEqual([
      '2 rows: 1 new; left out: 1 not compared, since their pictures were not looked at',
      '1 edit, 0 distinct local pictures (0.0 MB), 1 image to make',
      expect.stringContaining('price'),
      'prompt of 2: x',
      'dry run: nothing was sent; not looked at: 1 picture at addresses',
      '',
    ])
    await world.write('catalog.csv', `sku,image\n1,${import.meta.filename}\n2,gone.png\n3,.\n`)
    const missing = await world.restyle(['run', 'catalog.csv', '-p', 'x', '--dry-run', '--no-fetch'])
    expect(missing.exitCode).toBe(2)
    expect(missing.stderr).toContain('row 3, image: gone.png does not exist')
    expect(missing.stderr).toMatch(/row 2, image: .* leads outside .*; allow another folder with --pictures/)
    expect(missing.stderr).toContain('row 4, image: . is a folder, not a picture')
  })

  it('goes with --no-fetch, and nothing else does', async () => {
    await write(1)
    const { exitCode, stderr } = await run('--no-fetch')
    expect({ exitCode, sent: world.seen.length }).toEqual({ exitCode: 2, sent: 0 })
    expect(stderr).toContain('--no-fetch: is for --dry-run')
  })
})
