import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import type { S3Client } from '@aws-sdk/client-s3'
import { startS3 } from '../../src/s3/start-s3.ts'
import type { S3Server } from '../../src/s3/start-s3.ts'
import { clientFor, refusal } from './contract-server.ts'

const account = { accessKeyId: 'AKFAULTS', secretAccessKey: 'faults-secret' }
const body = Buffer.alloc(100_000, 'a')

describe('S3 with faults', () => {
  let s3: S3Server
  let patient: S3Client
  let single: S3Client

  beforeEach(async () => {
    s3 = await startS3({ ...account, buckets: ['images'] })
    patient = clientFor({ ...account, url: s3.url }, { maxAttempts: 3 })
    single = clientFor({ ...account, url: s3.url })
  })

  afterEach(async () => {
    patient.destroy()
    single.destroy()
    await s3.stop()
  })

  const put = async (client: S3Client, key: string): Promise<unknown> =>
    await client.send(new PutObjectCommand({ Bucket: 'images', Key: key, Body: body, IfNoneMatch: '*' }))

  it.each(['SlowDown', 'InternalError', 'ServiceUnavailable', 'ThrottlingException'] as const)(
    'says %s twice, then stores',
    async (code) => {
      const fault = s3.faults.add({ operation: 'PutObject', times: 2, do: 'refuse', code })
      await put(patient, 'a')
      expect(fault.fired).toBe(2)
      expect(s3.requests.PutObject).toBe(3)
      expect(s3.objects('images')).toMatchObject([{ key: 'a', size: 100_000, versionsWritten: 1 }])
    },
  )

  it.each([
    ['ConditionalRequestConflict', '409 ConditionalRequestConflict'],
    ['AccessDenied', '403 AccessDenied'],
    ['ExpiredToken', '400 ExpiredToken'],
    ['NoSuchBucket', '404 NoSuchBucket'],
    ['BadDigest', '400 BadDigest'],
    ['RequestTimeTooSkewed', '403 RequestTimeTooSkewed'],
  ] as const)('refuses with %s, which the SDK does not try again', async (code, said) => {
    const fault = s3.faults.add({ times: 1, do: 'refuse', code })
    expect(await refusal(put(patient, 'a'))).toBe(said)
    expect(fault.fired).toBe(1)
    expect(s3.objects('images')).toEqual([])
  })

  it('lets a client correct its clock by ours', async () => {
    const later = await startS3({ ...account, buckets: ['images'], now: () => Date.now() + 3_600_000 })
    const client = clientFor({ ...account, url: later.url }, { maxAttempts: 2 })
    await put(client, 'a')
    expect(later.requests.PutObject).toBe(2)
    client.destroy()
    await later.stop()
  })

  it('resets an upload in its middle and stores nothing of it', async () => {
    const fault = s3.faults.add({ operation: 'PutObject', times: 1, do: 'cut', afterBytes: 50_000 })
    expect(await refusal(put(single, 'a'))).toMatch(/Error|ECONNRESET|EPIPE/)
    expect(s3.objects('images')).toEqual([])
    await put(patient, 'a')
    expect(fault.fired).toBe(1)
    expect(s3.objects('images')).toHaveLength(1)
  })

  it('stores and loses the reply: the retry of the SDK meets its own object', async () => {
    const fault = s3.faults.add({ operation: 'PutObject', times: 1, do: 'lose-reply' })
    expect(await refusal(put(patient, 'a'))).toBe('412 PreconditionFailed')
    expect(fault.fired).toBe(1)
    expect(s3.requests.PutObject).toBe(2)
    expect(s3.objects('images')).toMatchObject([{ key: 'a', versionsWritten: 1 }])
  })

  it('hangs until the client gives up', async () => {
    const fault = s3.faults.add({ times: 1, do: 'hang' })
    const hasty = clientFor(
      { ...account, url: s3.url },
      { requestHandler: { requestTimeout: 500, throwOnRequestTimeout: true } },
    )
    expect(await refusal(put(hasty, 'a'))).toBe('TimeoutError')
    hasty.destroy()
    expect(fault.fired).toBe(1)
  })

  it('stops although a request hangs and another one crawls', async () => {
    s3.faults.add({ key: /hang/, times: 1, do: 'hang' })
    s3.faults.add({ key: /crawl/, times: 1, do: 'slow', bytesPerSecond: 1 })
    const calls = ['hang', 'crawl'].map(
      async (key) => await refusal(put(clientFor({ ...account, url: s3.url }), key)),
    )
    while (s3.requests.PutObject !== 2) await new Promise(setImmediate)
    await s3.stop()
    expect(await Promise.all(calls)).not.toContain('nothing was refused')
    s3 = await startS3({ ...account, buckets: ['images'] })
  })

  it('reads and writes slowly', async () => {
    const fault = s3.faults.add({ times: 2, do: 'slow', bytesPerSecond: 500_000 })
    const before = performance.now()
    await put(patient, 'a')
    const between = performance.now()
    const got = await patient.send(new GetObjectCommand({ Bucket: 'images', Key: 'a' }))
    expect((await got.Body?.transformToByteArray())?.length).toBe(100_000)
    expect(between - before).toBeGreaterThan(150)
    expect(performance.now() - between).toBeGreaterThan(150)
    expect(fault.fired).toBe(2)
  })

  it('is down for everybody until it is up again', async () => {
    s3.faults.down(true)
    expect(await refusal(put(single, 'a'))).toMatch(/^503 /)
    s3.faults.down(true, 'reset')
    expect(await refusal(put(single, 'a'))).toMatch(/Error|ECONNRESET/)
    s3.faults.down(false)
    await put(single, 'a')
  })

  it('happens only to the requests that are meant', async () => {
    const fault = s3.faults.add({
      operation: 'PutObject',
      key: /^receipts\//,
      times: 1,
      do: 'refuse',
      code: 'AccessDenied',
    })
    await put(single, 'images/a')
    expect(await refusal(single.send(new HeadObjectCommand({ Bucket: 'images', Key: 'receipts/a' })))).toBe(
      '404 NotFound',
    )
    expect(fault.fired).toBe(0)
    expect(await refusal(put(single, 'receipts/a'))).toBe('403 AccessDenied')
    s3.faults.add({ times: Infinity, do: 'refuse', code: 'AccessDenied' })
    s3.faults.clear()
    await put(single, 'receipts/a')
  })
})
