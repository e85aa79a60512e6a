import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, readdir, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import type { S3Client } from '@aws-sdk/client-s3'
import { startS3 } from '../../src/s3/start-s3.ts'
import type { S3Server } from '../../src/s3/start-s3.ts'
import { clientFor, refusal } from './contract-server.ts'

const account = { accessKeyId: 'AKDISK', secretAccessKey: 'disk-secret' }

describe('S3 on disk', () => {
  let dir: string
  let s3: S3Server
  let client: S3Client

  const start = async (): Promise<void> => {
    s3 = await startS3({ ...account, dir, buckets: ['images'] })
    client = clientFor({ ...account, url: s3.url })
  }

  const stop = async (): Promise<void> => {
    client.destroy()
    await s3.stop()
  }

  const put = async (key: string, body: string | Buffer): Promise<unknown> =>
    await client.send(
      new PutObjectCommand({ Bucket: 'images', Key: key, Body: body, Metadata: { edit: 'e1' } }),
    )

  const get = async (key: string): Promise<string | undefined> =>
    await (await client.send(new GetObjectCommand({ Bucket: 'images', Key: key }))).Body?.transformToString()

  const onlyNote = async (): Promise<string> => {
    const [name = ''] = await readdir(join(dir, '.meta', 'records'))
    return name
  }

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'restyle-s3-'))
    await start()
  })

  afterEach(async () => {
    await stop()
    await rm(dir, { recursive: true })
  })

  it('keeps everything over a restart', async () => {
    await put('t/a.png', 'first')
    await put('t/a.png', 'second')
    await put('../../odd', 'odd')
    await put('t', 'beside its folder')
    await put('gone', 'gone')
    await client.send(new DeleteObjectCommand({ Bucket: 'images', Key: 'gone' }))
    const before = s3.objects('images')
    await stop()
    await start()
    expect(s3.objects('images')).toEqual(before)
    expect(before.map(({ key, versionsWritten }) => `${key} ${versionsWritten}`)).toEqual([
      '../../odd 1',
      't 1',
      't/a.png 2',
    ])
    for (const [key, body] of [
      ['t/a.png', 'second'],
      ['../../odd', 'odd'],
      ['t', 'beside its folder'],
    ] as const)
      expect(await get(key)).toBe(body)
    const again = new PutObjectCommand({ Bucket: 'images', Key: 't/a.png', Body: 'third', IfNoneMatch: '*' })
    expect(await refusal(client.send(again))).toBe('412 PreconditionFailed')
    const got = await client.send(new GetObjectCommand({ Bucket: 'images', Key: 't/a.png' }))
    await got.Body?.transformToString()
    expect(got.Metadata).toEqual({ edit: 'e1' })
  })

  it('lays objects down as files a person can open', async () => {
    await put('2026/05/e1/0.png', 'picture')
    expect(await readFile(join(dir, 'images/2026/05/e1/0.png'), 'utf8')).toBe('picture')
  })

  it('writes nothing outside its folder', async () => {
    const neighbours = await readdir(join(dir, '..'))
    for (const key of [
      '../up',
      '../../up',
      '/root',
      'a/../../../up',
      '..',
      '.',
      'a//b',
      '..\\up',
      'n\u0000ul',
      'x'.repeat(300),
    ])
      await put(key, key)
    expect((await readdir(dir)).toSorted()).toEqual(['.meta', 'images'])
    expect(await readdir(join(dir, 'images'))).toEqual([])
    expect((await readdir(join(dir, '..'))).filter((name) => name.endsWith('up'))).toEqual(
      neighbours.filter((name) => name.endsWith('up')),
    )
    expect(await get('a/../../../up')).toBe('a/../../../up')
  })

  it('keeps apart what some file systems do not', async () => {
    await put('A.png', 'large')
    await put('a.png', 'small')
    await stop()
    await start()
    expect([await get('A.png'), await get('a.png')]).toEqual(['large', 'small'])
    expect(await readdir(join(dir, 'images'))).toEqual(['A.png'])
  })

  it('forgets what a person threw away', async () => {
    await put('a.png', 'picture')
    await stop()
    await rm(join(dir, 'images/a.png'))
    await start()
    expect(s3.objects('images')).toEqual([])
    await client.send(new PutObjectCommand({ Bucket: 'images', Key: 'a.png', Body: 'new', IfNoneMatch: '*' }))
  })

  it('finishes a write whose bytes were in place when the process died', async () => {
    await put('a.png', 'picture')
    await stop()
    await rename(join(dir, '.meta/records', await onlyNote()), join(dir, '.meta/new/id.json'))
    await start()
    expect(await get('a.png')).toBe('picture')
    expect(await readdir(join(dir, '.meta/new'))).toEqual([])
  })

  it('forgets a write whose bytes were not in place when the process died', async () => {
    await put('a.png', 'old')
    await stop()
    const note = await readFile(join(dir, '.meta/records', await onlyNote()), 'utf8')
    await writeFile(join(dir, '.meta/new/id.json'), note.replace('"size":3', '"size":7'))
    await writeFile(join(dir, '.meta/new/id.bytes'), 'picture')
    await writeFile(join(dir, '.meta/new/torn.bytes'), '')
    await writeFile(join(dir, '.meta/new/torn.json'), note)
    await truncate(join(dir, '.meta/new/torn.json'), 10)
    await start()
    expect(await get('a.png')).toBe('old')
    expect(await readdir(join(dir, '.meta/new'))).toEqual([])
  })

  it('has whole objects only, and all that were confirmed, after a kill in the middle of writes', async () => {
    await stop()
    const { pathname } = new URL('../../src/s3/start-s3.ts', import.meta.url)
    const program = `import { startS3 } from ${JSON.stringify(pathname)}
      const s3 = await startS3(${JSON.stringify({ ...account, dir, buckets: ['images'] })})
      process.stdout.write(s3.url + '\\n')`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [url] = await once(createInterface(child.stdout), 'line')
    client = clientFor({ ...account, url: String(url) })
    const confirmed: string[] = []
    const body = Buffer.alloc(200_000, 'x')
    const writes = Array.from({ length: 8 }, async (_, writer) => {
      for (let index = 0; child.exitCode === null && child.signalCode === null; index += 1) {
        await put(`${writer}/${index}`, body).then(
          () => confirmed.push(`${writer}/${index}`),
          () => {},
        )
        if (confirmed.length === 40) child.kill('SIGKILL')
      }
    })
    await Promise.all(writes)
    client.destroy()
    await start()
    const there = s3.objects('images')
    expect(there.map(({ key }) => key)).toEqual(expect.arrayContaining(confirmed))
    const sha256 = createHash('sha256').update(body).digest('hex')
    expect(new Set(there.map((object) => object.sha256))).toEqual(new Set([sha256]))
    for (const { key } of there) expect(await get(key)).toBe(body.toString())
  })
})
