import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { credentials, openBucketWorld, sha256 } from './bucket-world.ts'
import type { BucketWorld } from './bucket-world.ts'

const picture = randomBytes(200_000)
const facts = { contentType: 'image/png', sha256: sha256(picture) }

let world: BucketWorld

beforeEach(async () => {
  world = await openBucketWorld()
})

afterEach(() => world.close())

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

describe('get and head', () => {
  it('know nothing of a key that is not there', async () => {
    expect(await world.store.get('a')).toBeUndefined()
    expect(await world.store.head('a')).toBeUndefined()
  })

  it('give up on a body that drips', async () => {
    await world.store.putIfAbsent('a', picture, facts)
    world.server.faults.add({ do: 'slow', bytesPerSecond: 1000, operation: 'GetObject', times: 100 })
    await expect(world.open({ requestTimeoutMs: 100 }).get('a')).rejects.toMatchObject({ kind: 'transient' })
  })

  it('name a HEAD without a body by its status', async () => {
    world.server.faults.add({ do: 'refuse', code: 'AccessDenied', times: 1 })
    await expect(world.store.head('a')).rejects.toMatchObject({ code: 'Http403', kind: 'bucket' })
  })
})

describe('a key that cannot be asked of any bucket', () => {
  it('is refused for good, with its reason, and is neither weather nor a fault of the bucket', async () => {
    const refused = { kind: 'refused', code: 'URIError', message: expect.stringContaining('URI malformed') }
    await expect(world.store.get('bad\ud800')).rejects.toMatchObject(refused)
    await expect(world.store.head('bad\ud800')).rejects.toMatchObject(refused)
    await expect(world.store.putIfAbsent('bad\ud800', picture, facts)).rejects.toMatchObject(refused)
  })
})

describe('list', () => {
  it('walks over all pages in key order, behind the key it is given', async () => {
    const names = Array.from({ length: 1_005 }, (_, i) => `r/${String(i).padStart(4, '0')}`)
    const small = Buffer.from('{}')
    const started = Date.now()
    for (let i = 0; i < names.length; i += 50) {
      const some = names.slice(i, i + 50)
      await Promise.all(
        some.map((key) => world.store.putIfAbsent(key, small, { ...facts, sha256: sha256(small) })),
      )
    }
    await world.store.putIfAbsent('s/other', small, { ...facts, sha256: sha256(small) })
    const found = await all(world.store.list('r/'))
    expect(found.map(({ key }) => key)).toEqual(names)
    expect(found[0]).toMatchObject({ bytes: 2 })
    expect(found[0]?.modifiedAt).toBeGreaterThan(started - 2_000)
    expect(world.server.requests.ListObjectsV2).toBe(2)

    const rest = await all(world.store.list('r/', { after: 'r/1000' }))
    expect(rest.map(({ key }) => key)).toEqual(names.slice(1_001))
  })

  it('finds nothing under an unused prefix', async () => {
    expect(await all(world.store.list('r/'))).toEqual([])
  })
})

describe('presignGet', () => {
  it('makes a URL that anyone can read until it expires', async () => {
    await world.store.putIfAbsent('a b/ü.png', picture, facts)
    const url = await world.store.presignGet('a b/ü.png', 60)
    expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(picture)).toBe(true)
    expect(url).not.toContain(credentials.secretAccessKey)
    const expired = new URL(url)
    expired.searchParams.set('X-Amz-Expires', '61')
    expect((await fetch(expired)).status).toBe(403)
  })

  it.each(['if-none-match', 'oss'] as const)('signs nothing beside the host (%s)', async (createOnce) => {
    const url = new URL(await world.open({ createOnce }).presignGet('a', 60))
    expect(url.searchParams.get('X-Amz-SignedHeaders')).toBe('host')
    expect([...url.searchParams.keys()].filter((name) => /checksum/i.test(name))).toEqual([])
  })

  it("signs for the server's public address, and reads at its own", async () => {
    const store = world.open({ endpoint: world.server.url, publicEndpoint: 'https://s3.public.example' })
    await store.putIfAbsent('a', picture, facts)
    expect(await store.presignGet('a', 60)).toMatch(/^https:\/\/s3\.public\.example\/bucket\/a\?/)
    expect((await store.head('a'))?.bytes).toBe(picture.length)
  })
})

describe('a StoreError', () => {
  it('drops the tokens and signatures that S3 repeats in its answer', async () => {
    const body = `<?xml version="1.0"?><Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message>
      <Token-0>canary-token</Token-0><StringToSign>canary-signed</StringToSign></Error>`
    const endpoint = await world.alwaysAnswering(400, body, { 'content-type': 'application/xml' })
    const error: unknown = await world
      .open({ endpoint })
      .get('a')
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'ExpiredToken', kind: 'bucket', message: 'get a: ExpiredToken' })
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('canary')
    expect(error).toMatchObject({ cause: { message: 'The provided token has expired.' } })
  })
})
