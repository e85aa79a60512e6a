import { randomBytes } from 'node:crypto'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { PutObjectCommandInput } from '@aws-sdk/client-s3'
import type { Store } from '@restyle/shared/store/store'
import type { StoreOptions } from '@restyle/shared/store/store-options'
import { bucket, credentials, openBucketWorld, sha256 } from './bucket-world.ts'
import type { BucketWorld } from './bucket-world.ts'

const picture = randomBytes(200_000)
const facts = { contentType: 'image/png', sha256: sha256(picture) }

let world: BucketWorld

afterEach(() => world.close())

const before = Buffer.from('before')
const ofBefore = { contentType: 'text/plain', sha256: sha256(before) }

/** What the bucket has beside what was put to begin with. */
const held = () => world.server.objects(bucket).filter(({ key }) => key !== 'before')

/** Puts an object as someone else's tool would. */
async function putByHand(key: string, bytes: Buffer, extra: Partial<PutObjectCommandInput> = {}) {
  const client = new S3Client({
    endpoint: world.server.url,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials,
  })
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, ...extra }))
  client.destroy()
}

// once the SDK has put an object, the next ones do without it
describe.each(['first', 'later'])('the %s putIfAbsent of a store', (which) => {
  const open = async (options: Partial<StoreOptions> = {}) => {
    const store = world.open(options)
    if (which === 'later') await store.putIfAbsent('before', before, ofBefore)
    return store
  }
  let store: Store

  beforeEach(async () => {
    world = await openBucketWorld()
    store = await open()
    delete world.server.requests.PutObject
  })

  it('creates the object with its type, its hash and what we say of it', async () => {
    const outcome = await store.putIfAbsent('a/1.png', picture, { ...facts, metadata: { edit: 'e1' } })
    expect(outcome).toEqual({ kind: 'created' })
    expect(await store.head('a/1.png')).toEqual({
      bytes: picture.length,
      etag: expect.any(String),
      sha256: facts.sha256,
      contentType: 'image/png',
      metadata: { edit: 'e1', sha256: facts.sha256 },
    })
    expect((await store.get('a/1.png'))?.equals(picture)).toBe(true)
  })

  it('asks once', async () => {
    await store.putIfAbsent('a', picture, facts)
    expect(world.server.requests.PutObject).toBe(1)
  })

  it.each(["a b/ü!'()*&+=?#%.png", 'a//b/', '~/.x/-_'])('writes %s as it is read', async (key) => {
    expect(await store.putIfAbsent(key, picture, facts)).toEqual({ kind: 'created' })
    expect(held()).toMatchObject([{ key }])
    expect((await store.head(key))?.sha256).toBe(facts.sha256)
  })

  it('keeps the cache control it is given', async () => {
    await store.putIfAbsent('a', picture, { ...facts, cacheControl: 'max-age=60' })
    const response = await fetch(await store.presignGet('a', 60))
    expect(response.headers.get('cache-control')).toBe('max-age=60')
    await response.body?.cancel()
  })

  it('stores a large picture, which is announced before it is sent', async () => {
    const large = randomBytes(5_000_000)
    await store.putIfAbsent('large', large, { ...facts, sha256: sha256(large) })
    expect((await store.get('large'))?.equals(large)).toBe(true)
  })

  it('finds its own bytes already there', async () => {
    await store.putIfAbsent('a', picture, facts)
    expect(await store.putIfAbsent('a', picture, facts)).toEqual({ kind: 'same' })
    expect(world.server.requests.GetObject).toBeUndefined()
  })

  it('leaves other bytes alone and says whose they are', async () => {
    const other = randomBytes(10)
    await (await open()).putIfAbsent('a', other, { ...facts, sha256: sha256(other) })
    expect(await store.putIfAbsent('a', picture, facts)).toEqual({
      kind: 'collision',
      sha256: sha256(other),
    })
    expect(await store.get('a')).toEqual(other)
  })

  it.each([
    ['the hash someone noted', { Metadata: { sha256: facts.sha256 } }],
    ['the checksum when nobody noted the hash', { ChecksumAlgorithm: 'SHA256' as const }],
  ])('knows its bytes by %s, without reading them', async (_what, extra) => {
    await putByHand('a', picture, extra)
    expect(await store.putIfAbsent('a', picture, facts)).toEqual({ kind: 'same' })
    expect(world.server.requests.GetObject).toBeUndefined()
  })

  it('reads the object when neither hash nor checksum is known', async () => {
    await putByHand('same', picture)
    await putByHand('other', Buffer.from('other'))
    expect(await store.putIfAbsent('same', picture, facts)).toEqual({ kind: 'same' })
    expect(await store.putIfAbsent('other', picture, facts)).toEqual({
      kind: 'collision',
      sha256: sha256(Buffer.from('other')),
    })
  })

  it('lets one of twenty create it', async () => {
    const second = await open()
    const writers = Array.from({ length: 20 }, (_, i) =>
      (i % 2 ? store : second).putIfAbsent('a', picture, facts),
    )
    const outcomes = (await Promise.all(writers)).map(({ kind }) => kind)
    expect(outcomes.toSorted()).toEqual(['created', ...Array.from({ length: 19 }, () => 'same')])
    expect(held()).toMatchObject([{ key: 'a', versionsWritten: 1 }])
  })

  it('has the server verify the bytes against the hash', async () => {
    const wrong = { ...facts, sha256: sha256(Buffer.from('other')) }
    await expect(store.putIfAbsent('a', picture, wrong)).rejects.toMatchObject({ status: 400 })
    expect(await store.head('a')).toBeUndefined()
  })

  it('stores once though the first answer is lost', async () => {
    const fault = world.server.faults.add({ do: 'lose-reply', operation: 'PutObject', times: 1 })
    expect(await store.putIfAbsent('a', picture, facts)).toEqual({ kind: 'same' })
    expect(fault.fired).toBe(1)
    expect(held()).toMatchObject([{ sha256: facts.sha256, versionsWritten: 1 }])
  })

  it.each([
    ['SlowDown', { do: 'refuse', code: 'SlowDown' }, 2],
    ['an internal error', { do: 'refuse', code: 'InternalError' }, 2],
    ['a connection cut in the middle', { do: 'cut', afterBytes: 1000 }, 1],
    ['a conflict with another writer', { do: 'refuse', code: 'ConditionalRequestConflict' }, 3],
    ['a 412 for what is not there', { do: 'refuse', code: 'PreconditionFailed' }, 1],
  ] as const)('gets over %s', async (_what, deed, times) => {
    const fault = world.server.faults.add({ ...deed, operation: 'PutObject', times })
    expect(await store.putIfAbsent('a', picture, facts)).toEqual({ kind: 'created' })
    expect(fault.fired).toBe(times)
  })

  it.each([
    ['SlowDown', 'transient', 503],
    ['ThrottlingException', 'transient', 400],
    ['ConditionalRequestConflict', 'transient', 409],
    ['BadDigest', 'transient', 400],
    ['RequestTimeTooSkewed', 'bucket', 403],
    ['AccessDenied', 'bucket', 403],
    ['ExpiredToken', 'bucket', 400],
    ['InvalidAccessKeyId', 'bucket', 403],
    ['SignatureDoesNotMatch', 'bucket', 403],
    ['NoSuchBucket', 'bucket', 404],
    ['NotImplemented', 'bucket', 501],
    ['EntityTooLarge', 'bucket', 400],
    ['InvalidRequest', 'bucket', 400],
    ['KeyTooLongError', 'bucket', 400],
  ] as const)('fails with a lasting %s as %s', async (code, kind, status) => {
    world.server.faults.add({ do: 'refuse', code, times: 100 })
    await expect(store.putIfAbsent('a', picture, facts)).rejects.toMatchObject({
      name: 'StoreError',
      code,
      kind,
      status,
      requestId: expect.any(String),
    })
    expect(world.server.requests.PutObject).toBeLessThanOrEqual(5)
  })

  it('names the bucket when the server knows no such one', async () => {
    const elsewhere = world.open({ bucket: 'nowhere' })
    await expect(elsewhere.putIfAbsent('a', picture, facts)).rejects.toMatchObject({ kind: 'bucket' })
    await expect(elsewhere.get('a')).rejects.toMatchObject({ code: 'NoSuchBucket', kind: 'bucket' })
  })

  it('sets its clock by the server that says it is wrong', async () => {
    let aheadMs = which === 'first' ? 2 * 3_600_000 : 0
    const ahead = await openBucketWorld({ now: () => Date.now() + aheadMs })
    if (which === 'later') await ahead.store.putIfAbsent('before', before, ofBefore)
    aheadMs = 2 * 3_600_000
    for (const key of ['a', 'b'])
      expect(await ahead.store.putIfAbsent(key, picture, facts)).toEqual({ kind: 'created' })
    // the second one has the right time at once
    const { PutObject } = ahead.server.requests
    await ahead.close()
    expect(PutObject).toBe(which === 'first' ? 3 : 5)
  })

  it.each([
    ['never answers', { do: 'hang' }],
    ['takes a byte a second', { do: 'slow', bytesPerSecond: 1 }],
  ] as const)('gives up on a server that %s', async (_how, deed) => {
    const hasty = await open({ requestTimeoutMs: 500 })
    const fault = world.server.faults.add({ ...deed, times: 100 })
    const started = performance.now()
    await expect(hasty.putIfAbsent('a', picture, facts)).rejects.toMatchObject({
      code: 'Timeout',
      kind: 'transient',
    })
    expect(fault.fired).toBe(3)
    expect(performance.now() - started).toBeLessThan(30_000)
  })

  it('calls a server that cannot be reached transient', async () => {
    world.server.faults.down(true, 'reset')
    const unanswered = { kind: 'transient', status: undefined }
    await expect(store.putIfAbsent('a', picture, facts)).rejects.toMatchObject(unanswered)
    const gone = await openBucketWorld()
    if (which === 'later') await gone.store.putIfAbsent('before', before, ofBefore)
    await gone.server.stop()
    await expect(gone.store.putIfAbsent('a', picture, facts)).rejects.toMatchObject(unanswered)
    gone.store.close()
  })

  it('stops when asked to, with the reason it was given', async () => {
    world.server.faults.add({ do: 'hang', times: 100 })
    const stop = new AbortController()
    const put = store.putIfAbsent('a', picture, facts, stop.signal)
    const reason = new Error('going down')
    stop.abort(reason)
    await expect(put).rejects.toBe(reason)
  })
})
