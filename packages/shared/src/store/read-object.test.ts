import type { S3Client } from '@aws-sdk/client-s3'
import { headObject } from './read-object.ts'

const head = (answer: object) => {
  const client = { send: async () => answer } as unknown as S3Client
  return headObject({ client, name: 'photos', createOnce: 'if-none-match', callTimeoutMs: 1_000 }, 'a.png')
}

describe('the head of an object', () => {
  it.each([
    [{ StorageClass: 'GLACIER' }],
    [{ StorageClass: 'DEEP_ARCHIVE', Restore: 'ongoing-request="true"' }],
    [{ StorageClass: 'INTELLIGENT_TIERING', ArchiveStatus: 'ARCHIVE_ACCESS' }],
  ])('says that it is archived: %j', async (answer) => {
    expect(await head(answer)).toMatchObject({ archived: true })
  })

  it.each([
    [{}],
    [{ StorageClass: 'GLACIER_IR' }],
    [{ StorageClass: 'INTELLIGENT_TIERING' }],
    [
      {
        StorageClass: 'GLACIER',
        Restore: 'ongoing-request="false", expiry-date="Fri, 27 Nov 2026 00:00:00 GMT"',
      },
    ],
  ])('says nothing of one that can be read: %j', async (answer) => {
    expect(await head(answer)).not.toHaveProperty('archived')
  })
})
