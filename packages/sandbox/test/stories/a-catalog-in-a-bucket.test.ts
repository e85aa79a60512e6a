import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { batchOf, startFakeWorld } from '../../../../apps/cli/test/fake-world.ts'
import { startS3, type S3Server } from '../../src/s3/start-s3.ts'
import { until } from './story.ts'

const [accessKeyId, secretAccessKey] = ['AKIDEXAMPLE', 'secret']

let s3: S3Server
let client: S3Client
let world: Awaited<ReturnType<typeof startFakeWorld>>
beforeAll(async () => {
  s3 = await startS3({ accessKeyId, secretAccessKey, buckets: ['shop'] })
  const credentials = { accessKeyId, secretAccessKey }
  client = new S3Client({ endpoint: s3.url, region: 'us-east-1', credentials, forcePathStyle: true })
})
afterAll(async () => {
  client.destroy()
  await s3.stop()
})
beforeEach(async () => {
  world = await startFakeWorld()
  world.answer = () => batchOf(1, { queued: 1 })
})
afterEach(() => world.close())

const put = (key: string, body: string) =>
  client.send(new PutObjectCommand({ Bucket: 'shop', Key: key, Body: Buffer.from(body) }))

const aws = () => ({
  RESTYLE_URL: world.url,
  RESTYLE_API_KEY: 'rk_key_secret',
  AWS_ENDPOINT_URL_S3: s3.url,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
})
const run = (args: string[], env: Record<string, string> = {}) =>
  world.restyle(['run', ...args, '-p', 'on white', '--no-wait'], { env: { ...aws(), ...env } })

const sent = () => {
  const post = world.seen.find(({ method }) => method === 'POST')
  return JSON.parse(post?.body.toString() ?? 'null') as {
    name: string
    edits: { key: string; images: string[] }[]
  } | null
}
/** What a run leaves behind on this machine. */
const left = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('restyle-catalog-'))

describe('a catalog in a bucket', () => {
  it('is read with its relative pictures below it, and nothing of it stays here', async () => {
    const before = await left()
    await put(
      'night/catalog.csv',
      'sku,image\n1,photos/lamp 1.jpg\n2,..\\b.jpg\n3,https://a.example.com/3.jpg\n',
    )
    const refused = await run(['s3://shop/night/catalog.csv'])
    expect({ exitCode: refused.exitCode, stderr: refused.stderr }).toEqual({
      exitCode: 2,
      stderr:
        's3://shop/night/catalog.csv: 1 error, so nothing is sent\n' +
        'row 3, image: ..\\b.jpg leads outside s3://shop/night/; write its whole address\n',
    })
    await put(
      'night/catalog.csv',
      'sku,image\n1,photos/lamp 1.jpg\n2,.\\more\\..\\b.jpg\n3,https://a.example.com/3.jpg\n',
    )
    const { exitCode, stderr } = await run(['s3://shop/night/catalog.csv'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(sent()).toMatchObject({
      name: 'catalog.csv',
      edits: [
        { key: '1', images: ['s3://shop/night/photos/lamp 1.jpg'] },
        { key: '2', images: ['s3://shop/night/b.jpg'] },
        { key: '3', images: ['https://a.example.com/3.jpg'] },
      ],
    })
    // other tests leave theirs for a moment
    await until(async () => (await left()).every((name) => before.includes(name)))
  })

  it('may be a folder of pictures, over more than one page of its list', async () => {
    const keys = Array.from({ length: 1_005 }, (_, index) => `photos/${String(index).padStart(4, '0')}.jpg`)
    while (keys.length > 0) await Promise.all(keys.splice(0, 40).map((key) => put(key, 'a')))
    for (const key of [
      'photos-old/a.jpg',
      'photos/',
      'photos/more/b, c.png',
      'photos/.x/d.png',
      'photos/e.txt',
    ])
      await put(key, 'a')
    await put('photos/f.png', '')
    const { exitCode, stdout, stderr } = await run(['s3://shop/photos', '--dry-run'])
    expect({ exitCode, lines: stderr.trimEnd().split('\n') }).toEqual({
      exitCode: 0,
      lines: [
        'note: .x/d.png: is hidden',
        'note: e.txt: is not called like a picture',
        'note: f.png: is empty',
      ],
    })
    expect(stdout).toContain('1006 edits, 0 distinct local pictures')
    await run(['s3://shop/photos/more*'])
    expect(sent()?.edits).toMatchObject([{ key: 'more__b, c', images: ['s3://shop/photos/more/b, c.png'] }])
  })

  it('may lie here and have its pictures there', async () => {
    await world.write('c.csv', 'image\na.jpg\n')
    await run(['c.csv', '--pictures', 's3://shop/photos'])
    expect(sent()?.edits).toMatchObject([{ images: ['s3://shop/photos/a.jpg'] }])
  })

  it.each([
    ['s3://shop/none.csv', {}, /^s3:\/\/shop\/none\.csv: does not exist\n$/],
    ['s3://shop/none/', {}, /^s3:\/\/shop\/none\/: does not exist, or nothing is in it\n$/],
    ['s3://shop/mor', {}, /nothing is in it; all that begins so is s3:\/\/shop\/mor\*\n$/],
    [
      's3://shop/mor',
      { AWS_ENDPOINT_URL_S3: '', AWS_REGION: '' },
      /cannot be read \(.*Region is missing\); set AWS_REGION/,
    ],
    ['s3://nobucket/a.csv', {}, /^s3:\/\/nobucket\/a\.csv: cannot be read: there is no bucket nobucket\n$/],
    [
      's3://shop/photos/',
      { AWS_SECRET_ACCESS_KEY: 'wrong' },
      /^s3:\/\/shop\/photos\/: cannot be read \(SignatureDoesNotMatch: .*\); set AWS_ACCESS_KEY_ID/,
    ],
    [
      's3://shop/photos/',
      { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9' },
      /cannot be read \(ECONNREFUSED.*\); look at AWS_ENDPOINT_URL_S3/,
    ],
  ])('%s with %j is refused by its address, before anything is sent', async (address, env, line) => {
    const { exitCode, stderr } = await run([address], env)
    expect({ exitCode, stderr, seen: world.seen }).toEqual({
      exitCode: 2,
      stderr: expect.stringMatching(line) as string,
      seen: [],
    })
  })

  it('that breaks off is not taken for a whole one', async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-length': 1_000 })
      response.write('sku,image\n1,https://a.example.com/1.jpg\n', () => response.destroy())
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    const { exitCode, stderr } = await run(['s3://shop/half.csv'], {
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
    })
    server.close()
    expect({ exitCode, stderr, seen: world.seen }).toEqual({
      exitCode: 2,
      stderr: expect.stringMatching(
        /^s3:\/\/shop\/half\.csv: broke off while it was read \(.*\); run it again\n$/,
      ) as string,
      seen: [],
    })
  })
})
