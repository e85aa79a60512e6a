import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import type { S3ClientConfig } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { clientFor, refusal } from './contract-server.ts'
import type { Check, CheckWorld } from './contract-server.ts'

/** A write by somebody else. */
async function writeAs(
  { server, bucket, key }: CheckWorld,
  keys: Partial<typeof server>,
  more: S3ClientConfig = {},
): Promise<string> {
  const client = clientFor({ ...server, ...keys }, more)
  const outcome = await refusal(
    client.send(new PutObjectCommand({ Bucket: bucket, Key: key('theirs'), Body: 'bytes' })),
  )
  client.destroy()
  return outcome
}

async function urlFor({ client, bucket, key }: CheckWorld, ageSeconds = 0): Promise<string> {
  const command = new GetObjectCommand({ Bucket: bucket, Key: key('presigned é') })
  return await getSignedUrl(client, command, {
    expiresIn: 60,
    signingDate: new Date(Date.now() - ageSeconds * 1000),
  })
}

/** What holds for signatures. */
export const accessChecks: Record<string, Check> = {
  async 'refuses a wrong secret'(world) {
    expect(await writeAs(world, { secretAccessKey: 'wrong' })).toBe('403 SignatureDoesNotMatch')
  },

  async 'refuses an unknown access key'(world) {
    expect(await writeAs(world, { accessKeyId: 'AKNOBODY' })).toBe('403 InvalidAccessKeyId')
  },

  async 'refuses a clock that is twenty minutes off'(world) {
    expect(await writeAs(world, {}, { systemClockOffset: 20 * 60_000 })).toBe('403 RequestTimeTooSkewed')
    expect(await writeAs(world, {}, { systemClockOffset: -20 * 60_000 })).toBe('403 RequestTimeTooSkewed')
  },

  async 'refuses what is not signed at all'({ server, bucket, key }) {
    const reply = await fetch(`${server.url}/${bucket}/${key('any')}`)
    expect(reply.status).toBe(403)
    expect(await reply.text()).toContain('<Code>AccessDenied</Code>')
  },

  async 'lets a presigned URL write and read until it expires'(world) {
    const { server, bucket, key } = world
    const at = { Bucket: bucket, Key: key('presigned é') }
    // without this the SDK writes the checksum of no bytes into the URL, and every server that looks refuses the upload
    const presigner = clientFor(server, { requestChecksumCalculation: 'WHEN_REQUIRED' })
    const upload = await getSignedUrl(presigner, new PutObjectCommand({ ...at, ContentType: 'text/plain' }))
    presigner.destroy()
    expect(
      (await fetch(upload, { method: 'PUT', body: 'bytes', headers: { 'content-type': 'text/plain' } }))
        .status,
    ).toBe(200)
    expect(await (await fetch(await urlFor(world))).text()).toBe('bytes')
    expect((await fetch(await urlFor(world, 50))).status).toBe(200)
    const expired = await fetch(await urlFor(world, 70))
    expect(expired.status).toBe(403)
    expect(await expired.text()).toContain('<Code>AccessDenied</Code>')
  },

  async 'refuses a presigned URL that was changed'(world) {
    const url = await urlFor(world)
    for (const changed of [
      url.replace('X-Amz-Expires=60', 'X-Amz-Expires=61'),
      url.replace('presigned', 'another'),
    ]) {
      const reply = await fetch(changed)
      expect(reply.status).toBe(403)
      expect(await reply.text()).toContain('<Code>SignatureDoesNotMatch</Code>')
    }
  },
}
