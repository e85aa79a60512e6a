import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { batchOf, problem, startFakeWorld, type Seen } from '../test/fake-world.ts'

let world: Awaited<ReturnType<typeof startFakeWorld>>
beforeEach(async () => {
  world = await startFakeWorld()
})
afterEach(() => world.close())

const calls = () =>
  world.seen.map(({ method, url }) => `${method} ${url.replace(/[0-9a-f]{64}/, '<sha256>')}`)
const jsonOf = (seen: Seen | undefined): unknown => JSON.parse(seen?.body.toString() ?? 'null')
const sha256Of = async (name: string) =>
  createHash('sha256')
    .update(await readFile(join(world.folder, name)))
    .digest('hex')

/** Has no picture yet, takes all, and the batch has ended when it is first looked at. */
function wellBehaved(total: number) {
  world.answer = ({ method, url }, response) => {
    if (method === 'HEAD') response.writeHead(404)
    if (method === 'PUT') return { image: 'sha256:x' }
    return url === '/v1/batches' ? batchOf(total, { queued: total }) : batchOf(total, { succeeded: total })
  }
}

describe('restyle run', () => {
  it('uploads each distinct picture once, sends one batch and watches it', async () => {
    wellBehaved(3)
    await world.draw('a.png')
    await world.draw('b.png', 500)
    await world.write(
      'catalog.csv',
      'sku,image,image2,title\n1,a.png,,mug\n2,b.png,a.png,cup\n3,https://example.com/c.png,,jug\n',
    )
    const { exitCode, stdout } = await world.restyle([
      'run',
      'catalog.csv',
      '-p',
      'a {{title}}',
      '--n',
      '2',
      '--no-prompt-extend',
      '--priority',
      '9',
      '--budget',
      '0.5',
    ])
    expect(exitCode).toBe(0)
    expect(calls().toSorted()).toEqual([
      'GET /v1/batches/batch_1',
      ...['HEAD', 'HEAD', 'POST', 'PUT', 'PUT'].map((each) =>
        each === 'POST' ? 'POST /v1/batches' : `${each} /v1/sources/<sha256>`,
      ),
    ])
    const post = world.seen.find(({ method }) => method === 'POST')
    const common = {
      fingerprint: expect.stringMatching(/^v1-[\w-]{43}$/) as string,
      model: 'wan2.5-i2i-preview',
      n: 2,
      promptExtend: false,
    }
    const [a, b] = [`sha256:${await sha256Of('a.png')}`, `sha256:${await sha256Of('b.png')}`]
    expect(jsonOf(post)).toEqual({
      name: 'catalog.csv',
      catalog: 'catalog.csv',
      priority: 9,
      budget: { currency: 'CNY', micros: 500_000 },
      edits: [
        { ...common, prompt: 'a mug', images: [a], key: '1', columns: { title: 'mug' } },
        { ...common, prompt: 'a cup', images: [b, a], key: '2', columns: { title: 'cup' } },
        {
          ...common,
          prompt: 'a jug',
          images: ['https://example.com/c.png'],
          key: '3',
          columns: { title: 'jug' },
        },
      ],
    })
    expect(post?.headers).toMatchObject({
      'idempotency-key': expect.stringMatching(/^run-[0-9a-f]{40}$/) as string,
      authorization: 'Bearer rk_key_secret',
    })
    expect(stdout).toContain('3 edits, 2 distinct local pictures')
    expect(stdout).toContain(
      '6 images to make\nprice: at most CNY 1.20 (beijing), CNY 1.321062 (singapore)\n',
    )
    expect(stdout).toContain('batch_1 accepted\n3/3  images 3  CNY 0.60')
  })

  it('does not upload a picture that the producer has, and does not wait with --no-wait', async () => {
    await world.draw('a.png')
    world.answer = () => batchOf(1, { queued: 1 })
    const { stdout } = await world.restyle(['run', '.', '-p', 'x', '--no-wait', '--json'])
    expect(calls()).toEqual(['HEAD /v1/sources/<sha256>', 'POST /v1/batches'])
    expect(JSON.parse(stdout)).toMatchObject({
      ...batchOf(1, { queued: 1 }),
      rows: { total: 1, new: 1, gone: 0 },
    })
  })

  it('sends nothing when rows are wrong, and names every fault', async () => {
    await world.draw('good.png')
    await world.draw('small.png', 200, 400)
    await world.draw('anim.gif')
    await world.write('text.png', 'not a picture')
    await world.draw('narrow.png', 2000, 400)
    const rows = [
      '1,good.png,mug',
      '1,good.png,',
      '3,text.png,mug',
      '4,small.png,mug',
      '5,anim.gif,mug',
      '6,narrow.png,mug',
      '7,gone.png,mug',
      '8,..,mug',
      '9,http://127.0.0.1/a.png,mug',
      '10,ftp://example.com/a.png,mug',
      ',,mug',
    ]
    await world.write('catalog.csv', `sku,image,title\n${rows.join('\n')}\n`)
    const { exitCode, stderr, stdout } = await world.restyle(['run', 'catalog.csv', '-p', 'a {{title}}'])
    const address =
      'must be an http(s) URL, s3://bucket/key, oss://… or sha256:<64 hex digits> of an uploaded picture'
    expect(stderr.trimEnd().split('\n')).toEqual([
      'catalog.csv: 12 errors, so nothing is sent',
      'row 3, sku: 1 is the key of row 2 already',
      'row 3, prompt: {{title}} is empty in this row',
      'row 4, image: text.png is a text file, not a picture',
      'row 5, image: small.png: width is 200 px; wan2.5-i2i-preview takes 384 to 5000',
      'row 6, image: anim.gif is a GIF file; save it as JPEG, PNG, WebP or BMP',
      'row 7, image: narrow.png: 2000*400 is too narrow or too wide; wan2.5-i2i-preview takes 1:4 to 4:1',
      'row 8, image: gone.png does not exist',
      'row 9, image: .. is a folder, not a picture',
      'row 10, image: http://127.0.0.1/a.png must not point to a private address',
      `row 11, image: ftp://example.com/a.png ${address}`,
      'row 12, sku: is empty',
      'row 12, image: is empty',
    ])
    expect({ exitCode, stdout, calls: calls() }).toEqual({ exitCode: 2, stdout: '', calls: [] })
  })

  it.each([
    [['-p', '{{price}}'], '--prompt: there is no column for {{price}}; there are sku, image\n'],
    [['-p', ' '], '--prompt: is empty\n'],
    [['-p', 'x', '--n', '9'], '--n: n is 9; wan2.5-i2i-preview takes 1 to 4\n'],
    [['-p', 'x', '--model', 'gpt'], '--model: there is no model gpt; there are wan2.5-i2i-preview, '],
    [
      ['-p', 'x', '--model', 'wan2.7-image', '--negative', 'y'],
      '--negative: wan2.7-image does not know negativePrompt; leave it out\n',
    ],
    [['-p', 'x', '--key-column', 'ean'], '--key-column: there is no column ean; there are sku, image\n'],
    [
      ['-p', 'x', '--n', 'two'],
      "error: option '--n <count>' argument 'two' is invalid. It must be a whole number.\n",
    ],
    [
      ['-p', 'x', '--idempotency-key', 'π'],
      "argument 'π' is invalid. It must be 1 to 255 printable ASCII characters.\n",
    ],
    [['-p', 'x', '--priority', '0'], 'It must be a whole number from 1 to 9.\n'],
    [[], 'row 2, prompt: is missing; give one for all rows, or one in each row\n'],
  ])('refuses the options %j before anything is sent', async (options, line) => {
    await world.write('catalog.csv', 'sku,image\n1,https://example.com/a.png\n')
    const { exitCode, stderr } = await world.restyle(['run', 'catalog.csv', ...options])
    expect(stderr).toContain(line)
    expect({ exitCode, calls: calls() }).toEqual({ exitCode: 2, calls: [] })
  })

  it('prints the price of a dry run without a producer or a key', async () => {
    await world.write(
      'rows.jsonl',
      '{"image":"s3://b/a.png","prompt":"x"}\n{"image":"s3://b/b.png","prompt":"y","n":3}\n',
    )
    const { exitCode, stdout } = await world.restyle(['run', 'rows.jsonl', '--dry-run', '--json'], {
      env: {},
    })
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      edits: 2,
      images: 4,
      pictures: 0,
      price: { beijing: { micros: 800_000 } },
    })
    expect(calls()).toEqual([])
  })

  it('repeats the POST with the same key after a cut and after a 503', async () => {
    await world.write('catalog.csv', 'sku,image\n1,https://example.com/a.png\n')
    world.answer = (_seen, response) => {
      if (world.seen.length === 1) return undefined
      if (world.seen.length === 2) response.writeHead(503)
      return batchOf(1, { queued: 1 })
    }
    const { exitCode } = await world.restyle(['run', 'catalog.csv', '-p', 'x', '--no-wait'])
    expect(exitCode).toBe(0)
    expect(world.seen.map(({ headers }) => headers['idempotency-key'])).toEqual(
      Array(3).fill(expect.stringMatching(/^run-[0-9a-f]{40}$/)),
    )
    expect(new Set(world.seen.map(({ body }) => body.toString())).size).toBe(1)
  })

  it('says how to continue when no answer came', async () => {
    await world.write('catalog.csv', 'sku,image\n1,https://example.com/a.png\n')
    world.answer = () => undefined
    const { exitCode, stderr } = await world.restyle(['run', 'catalog.csv', '-p', 'x'])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('without enqueuing anything twice, give the same command again\n')
  })

  it('says what the producer refuses by the rows of the file', async () => {
    await world.write('catalog.csv', 'sku,image\n\n1,https://example.com/a.png\n')
    world.answer = (_seen, response) => {
      response.writeHead(422)
      const errors = [{ pointer: '/edits/0/images/0', row: 1, detail: 'leads to a private address' }]
      return problem('invalid-request', 'x', errors)
    }
    const { exitCode, stderr } = await world.restyle(['run', 'catalog.csv', '-p', 'x'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('row 3, images/0: leads to a private address\n')
  })
})
