import type { StoreOptions } from '@restyle/shared/store/store-options'
import type { BucketSetting } from '../../src/s3/dialects.ts'
import { bucket, openBucketWorld } from './bucket-world.ts'
import type { BucketWorld } from './bucket-world.ts'

let world: BucketWorld
beforeEach(async () => {
  world = await openBucketWorld()
})
afterEach(() => world.close())

/** Tries a bucket of another kind, opened like this. */
async function probeOf(setting: Exclude<BucketSetting, string>, options: Partial<StoreOptions> = {}) {
  const other = await openBucketWorld({ buckets: [setting] })
  const { server } = other
  const byHost = { endpoint: server.hostUrl, forcePathStyle: false }
  const probe = await other.open({ bucket: setting.name, ...byHost, ...options }).probe()
  await other.close()
  return probe
}

describe('a probe of the bucket', () => {
  it('finds one that keeps its first writer and a clock that agrees', async () => {
    const probe = await world.store.probe()
    expect(probe).toEqual({ kind: 'sound', clockSkewMs: expect.any(Number) })
    expect(Math.abs(probe.clockSkewMs ?? Infinity)).toBeLessThan(5_000)
    expect(world.server.objects(bucket)).toMatchObject([
      { key: expect.stringMatching(/^\.restyle\/probe\/.+/), versionsWritten: 1 },
    ])
  })

  it('works again and again on one bucket', async () => {
    await world.store.probe()
    expect(await world.store.probe()).toMatchObject({ kind: 'sound' })
  })

  it('measures how far the clocks are apart', async () => {
    const ahead = await openBucketWorld({ now: () => Date.now() + 120_000 })
    const { clockSkewMs = 0 } = await ahead.store.probe()
    await ahead.close()
    expect(clockSkewMs).toBeGreaterThan(115_000)
    expect(clockSkewMs).toBeLessThan(121_000)
  })

  it('is not fooled when the answer to its first write is lost', async () => {
    world.server.faults.add({ do: 'lose-reply', operation: 'PutObject', times: 1 })
    expect(await world.store.probe()).toMatchObject({ kind: 'sound' })
  })

  it.each([
    ['oss', 'oss'],
    ['cos', 'cos'],
    ['ibm', 'ibm'],
    ['ibm', 'if-none-match'],
    ['r2', 'if-none-match'],
    ['b2', 'off'],
    ['gcs', 'off'],
  ] as const)('finds %s sound with S3_CREATE_ONCE=%s', async (dialect, createOnce) => {
    expect(await probeOf({ name: 'images', dialect }, { createOnce })).toMatchObject({ kind: 'sound' })
  })

  it.each([
    [
      'ignores the condition',
      { dialect: 'gcs' },
      'if-none-match',
      /ignores if-none-match: \* and overwrites/,
    ],
    ['is versioned', { dialect: 'oss', versioned: true }, 'oss', /versioning is or once was on/],
    ['knows another header', { dialect: 'r2' }, 'cos', /ignores x-cos-forbid-overwrite: true/],
  ] as const)('finds out that a store overwrites which %s', async (_how, setting, createOnce, says) => {
    const probe = await probeOf({ name: 'images', ...setting }, { createOnce })
    expect(probe).toMatchObject({ kind: 'overwrites', says: expect.stringMatching(says) })
  })

  it.each([400, 501] as const)(
    'says that a store refuses conditions for good, be it with %i, and which setting it needs',
    async (conditions) => {
      const probe = await probeOf({ name: 'images', dialect: 'oss', conditions })
      expect(probe).toMatchObject({
        kind: 'refused',
        fault: { code: 'NotImplemented', kind: 'bucket' },
        says: expect.stringMatching(
          /"A header you provided .*": the store does not take if-none-match: \*: set S3_CREATE_ONCE/,
        ),
      })
    },
  )

  it.each([
    [
      'an unknown key',
      { accessKeyId: 'AKNOBODY' },
      /InvalidAccessKeyId, "The AWS Access Key Id .*": correct S3_ACCESS_KEY_ID/,
    ],
    [
      'a wrong secret',
      { secretAccessKey: 'wrong' },
      /SignatureDoesNotMatch, ".*": correct S3_SECRET_ACCESS_KEY/,
    ],
    ['a wrong region', { region: 'eu-west-1' }, /expecting 'us-east-1'": set S3_REGION/],
    [
      'a wrong bucket',
      { bucket: 'nowhere' },
      /NoSuchBucket, ".*": make the bucket nowhere, or correct S3_BUCKET/,
    ],
  ])("tells %s in the server's own words, and what to change", async (_what, options, says) => {
    expect(await world.open(options).probe()).toMatchObject({
      kind: 'refused',
      says: expect.stringMatching(says),
    })
  })

  it('says that a store without paths was asked by path', async () => {
    const probe = await probeOf(
      { name: 'images', dialect: 'oss' },
      { createOnce: 'oss', forcePathStyle: true },
    )
    expect(probe).toMatchObject({
      kind: 'refused',
      says: expect.stringMatching(
        /"Please use virtual hosted style to access\.": set S3_FORCE_PATH_STYLE=false/,
      ),
    })
  })

  it.each([
    [
      'GetObject',
      /^read the test object: AccessDenied, "Access Denied": let this key put, get and list in bucket/,
    ],
    ['ListObjectsV2', /^list the test object: AccessDenied/],
  ] as const)('tries %s too, which a key may lack', async (operation, says) => {
    world.server.faults.add({ do: 'refuse', code: 'AccessDenied', operation, times: 1 })
    expect(await world.store.probe()).toMatchObject({
      kind: 'refused',
      says: expect.stringMatching(says),
    })
  })

  it.each([
    ['unavailable', /ServiceUnavailable/],
    ['reset', /ECONNRESET/],
  ] as const)('calls a bucket away that is away (%s)', async (how, says) => {
    world.server.faults.down(true, how)
    expect(await world.store.probe()).toMatchObject({ kind: 'away', says: expect.stringMatching(says) })
  })

  it.each([
    [
      'where nobody listens',
      'http://127.0.0.1:9',
      /ECONNREFUSED.*nothing listens there: look at S3_ENDPOINT/,
    ],
    ['under a name nobody knows', 'http://minio.invalid:9000', /(ENOTFOUND|EAI_AGAIN).*look at S3_ENDPOINT/],
  ])('calls a bucket away that is looked for %s, and says where to look', async (_where, endpoint, says) => {
    expect(await world.open({ endpoint }).probe()).toMatchObject({
      kind: 'away',
      says: expect.stringMatching(says),
    })
  })

  it('keeps no secret in what it says', async () => {
    const probe = await world.open({ secretAccessKey: 'canary-of-mine' }).probe()
    expect(JSON.stringify(probe)).not.toContain('canary')
  })
})
