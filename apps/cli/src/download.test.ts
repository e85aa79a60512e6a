import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { Result } from '@restyle/client/types'
import { batchOf, editOf, type Seen, startFakeWorld } from '../test/fake-world.ts'
import { safeName } from './safe-name.ts'

const picture = Buffer.from('a picture of some bytes, long enough to be cut in two')
const sha256 = createHash('sha256').update(picture).digest('hex')

let world: Awaited<ReturnType<typeof startFakeWorld>>
beforeEach(async () => {
  world = await startFakeWorld()
})
afterEach(() => world.close())

/** A row with images at the fake store; its key is its address there. */
const rowOf = (row: number, key: string, more: Partial<Result> = {}, images = 1): Result => ({
  ...editOf({ id: `batch_1-${row}`, key }),
  row,
  sources: [],
  images: Array.from({ length: images }, (_, index) => ({
    index,
    key: `shop/${row}/${index}.png`,
    sha256,
    bytes: picture.length,
    url: `${world.url}/bucket/${row}/${index}?signed`,
  })),
  ...more,
})

type Serve = (seen: Seen, response: ServerResponse) => void
const whole: Serve = (_, response) => response.end(picture)

/** A producer with these rows, and a store that serves their images. */
function serve(rows: () => Result[], store: Serve = whole): void {
  world.answer = (seen, response) => {
    if (seen.url.startsWith('/bucket/')) {
      store(seen, response)
      return null
    }
    if (seen.url.startsWith('/v1/batches/batch_1/results')) return { results: rows() }
    if (seen.url.includes('/links')) return { images: [{ index: 0, url: `${world.url}/bucket/fresh` }] }
    return batchOf(1, { succeeded: 1 })
  }
}

const fetched = () => world.seen.filter(({ url }) => url.startsWith('/bucket/'))
const download = () => world.restyle(['results', 'batch_1', '--download', 'images'])
const file = (name: string) => readFile(join(world.folder, 'images', name))

describe('restyle results --download', () => {
  it('fetches every image under its key, without the API key, and finds them there the next time', async () => {
    serve(() => [rowOf(0, 'mug'), rowOf(1, 'sofa', {}, 2), rowOf(2, 'cup', { state: 'failed', images: [] })])
    const first = await download()
    expect(first).toMatchObject({ exitCode: 0, stdout: '' })
    expect(first.stderr).toContain('rows without an image: 1 failed\n3 new images in images\n')
    for (const name of ['mug.png', 'sofa/1.png', 'sofa/2.png']) expect(await file(name)).toEqual(picture)
    expect(fetched().map(({ headers }) => headers.authorization)).toEqual([undefined, undefined, undefined])
    const again = await download()
    expect(again.stderr).toContain('0 new images in images, 3 were there')
    expect(fetched()).toHaveLength(3)
  })

  it('goes on behind what an earlier run has got', async () => {
    await mkdir(join(world.folder, 'images'))
    await writeFile(join(world.folder, 'images', 'mug.png.part'), picture.subarray(0, 20))
    serve(
      () => [rowOf(0, 'mug')],
      ({ headers }, response) => {
        expect(headers.range).toBe('bytes=20-')
        const place = `bytes 20-${picture.length - 1}/${picture.length}`
        response.writeHead(206, { 'content-range': place }).end(picture.subarray(20))
      },
    )
    expect((await download()).exitCode).toBe(0)
    expect(await file('mug.png')).toEqual(picture)
    expect(await readdir(join(world.folder, 'images'))).toEqual(['mug.png'])
  })

  it('begins anew where the store sends all of it in place of the rest', async () => {
    await mkdir(join(world.folder, 'images'))
    await writeFile(join(world.folder, 'images', 'mug.png.part'), 'something else')
    serve(() => [rowOf(0, 'mug')])
    expect((await download()).exitCode).toBe(0)
    expect(fetched().map(({ headers }) => headers.range)).toEqual(['bytes=14-'])
    expect(await file('mug.png')).toEqual(picture)
  })

  it.each([
    ['another place', 206, { 'content-range': `bytes 5-9/${picture.length}` }],
    ['another length', 206, { 'content-range': 'bytes 20-29/9999' }],
    ['no place', 206, {}],
    ['no such range', 416, {}],
  ])('begins anew where the store answers a rest with %s', async (_, status, headers) => {
    await mkdir(join(world.folder, 'images'))
    await writeFile(join(world.folder, 'images', 'mug.png.part'), picture.subarray(0, 20))
    serve(
      () => [rowOf(0, 'mug')],
      (seen, response) =>
        seen.headers.range === undefined
          ? response.end(picture)
          : response.writeHead(status, headers).end('odd bytes'),
    )
    expect((await download()).exitCode).toBe(0)
    expect(await file('mug.png')).toEqual(picture)
  })

  it('begins anew where what an earlier run has got was wrong', async () => {
    await mkdir(join(world.folder, 'images'))
    await writeFile(join(world.folder, 'images', 'mug.png.part'), 'wrong bytes from the past')
    serve(
      () => [rowOf(0, 'mug')],
      ({ headers }, response) => {
        const from = Number(/\d+/.exec(headers.range ?? '')?.[0] ?? 0)
        const place = { 'content-range': `bytes ${from}-${picture.length - 1}/${picture.length}` }
        response.writeHead(from > 0 ? 206 : 200, from > 0 ? place : {}).end(picture.subarray(from))
      },
    )
    expect((await download()).exitCode).toBe(0)
    expect(await file('mug.png')).toEqual(picture)
  })

  it('names an image that comes with other bytes, leaves none of it, and fetches the others', async () => {
    serve(
      () => [rowOf(0, 'mug'), rowOf(1, 'sofa')],
      ({ url }, response) => response.end(url.startsWith('/bucket/0/') ? 'wrong' : picture),
    )
    const { exitCode, stderr } = await download()
    expect(exitCode).toBe(1)
    expect(stderr).toContain('mug: what came has other bytes than were stored (SHA-256)')
    expect(stderr).toContain('the same command tries once more')
    expect(await readdir(join(world.folder, 'images'))).toEqual(['sofa.png'])
  })

  it('asks for a new address where one has ended, and tries again what broke off', async () => {
    let tries = 0
    serve(
      () => [rowOf(0, 'mug')],
      ({ url }, response) => {
        tries += 1
        if (!url.startsWith('/bucket/fresh')) response.writeHead(403).end()
        else if (tries === 2)
          response
            .writeHead(200, { 'content-length': 1000 })
            .write(picture.subarray(0, 10), () => response.destroy())
        else response.end(picture)
      },
    )
    expect((await download()).exitCode).toBe(0)
    expect(await file('mug.png')).toEqual(picture)
    expect(tries).toBe(3)
  })

  it('leaves a file alone that is another, and says so', async () => {
    await mkdir(join(world.folder, 'images'))
    await writeFile(join(world.folder, 'images', 'mug.png'), 'mine')
    serve(() => [rowOf(0, 'mug')])
    const { exitCode, stderr } = await download()
    expect(exitCode).toBe(1)
    expect(stderr).toContain('is another file: move it away')
    expect(String(await file('mug.png'))).toBe('mine')
  })

  it('keeps keys apart that a file system takes for one, or cannot take at all', async () => {
    const keys = ['Lamp', 'lamp', 'CON', 'a:b', 'a?b', '..x', 'x'.repeat(200), `${'x'.repeat(199)}y`]
    serve(() => keys.map((key, row) => rowOf(row, key)))
    expect((await download()).exitCode).toBe(0)
    const names = await readdir(join(world.folder, 'images'))
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(keys.length)
    expect(names).toContain('Lamp.png')
    expect(names).toContainEqual(expect.stringMatching(/^_CON~/))
    expect(await readdir(world.folder)).toEqual(['images'])
  })

  it('names rows whose records cannot be read', async () => {
    serve(() => [])
    const before = world.answer
    world.answer = (seen, response) =>
      seen.url.includes('/results')
        ? { results: [], unreadable: [{ id: 'batch_1-3', row: 3, key: 'cup', why: 'damaged' }] }
        : before(seen, response)
    const { exitCode, stderr } = await download()
    expect(exitCode).toBe(1)
    expect(stderr).toContain('cup: the producer cannot read its record')
  })
})

describe('the name of a file', () => {
  it.each([
    ['4711', '4711'],
    ['红杯 2', '红杯 2'],
    ['a b-c_d.e', 'a b-c_d.e'],
  ])('is the key %s as it is', (key, name) => expect(safeName(key)).toBe(name))

  it.each([
    ['a/b', /^a_b~[0-9a-f]{10}$/],
    ['..', /^_~/],
    ['name. ', /^name_~/],
    ['nul.png', /^_nul\.png~/],
    ['a\u202eb', /^a_b~/],
    ['cafe\u0301', /^caf\u00e9$/],
  ])('is the key %j made fit', (key, name) => expect(safeName(key)).toMatch(name))

  it('is never too long, nor cut inside a character', () => {
    const name = safeName('橡'.repeat(200))
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200)
    expect(name).toMatch(/^橡+~[0-9a-f]{10}$/)
  })
})
