import { expiryOf } from './signed-expiry.ts'

const at = (query: string) => {
  const expiry = expiryOf(`https://bucket.example.com/a%20b.jpg?${query}`)
  return expiry === undefined ? undefined : new Date(expiry).toISOString()
}
const noon = Date.parse('2026-03-02T12:00:00Z') / 1000

describe('expiryOf', () => {
  it.each([
    ['S3', 'X-Amz-Date=20260302T110000Z&X-Amz-Expires=3600&X-Amz-Signature=0'],
    ['S3 in lower case', 'x-amz-signature=0&x-amz-expires=3600&x-amz-date=20260302T110000Z'],
    ['GCS', 'X-Goog-Date=20260302T110000Z&X-Goog-Expires=3600&X-Goog-Signature=0'],
    ['OSS', 'x-oss-date=20260302T110000Z&x-oss-expires=3600&x-oss-signature=0'],
    ['OSS of old', `Expires=${noon}&OSSAccessKeyId=k&Signature=s`],
    ['S3 of old', `AWSAccessKeyId=k&Expires=${noon}&Signature=s`],
    ['CloudFront', `Expires=${noon}&Signature=s&Key-Pair-Id=K`],
    ['COS', `q-sign-algorithm=sha1&q-sign-time=${noon - 60}%3B${noon}&q-signature=s`],
    ['Azure', 'sv=2024-01-01&se=2026-03-02T12%3A00%3A00Z&sig=s'],
    ['Qiniu', `e=${noon}&token=t`],
  ])('reads when an address of %s ends', (_, query) => {
    expect(at(query)).toBe('2026-03-02T12:00:00.000Z')
  })

  it.each([
    '',
    'v=3',
    `expires=${noon}`,
    `e=${noon}`,
    'Expires=tomorrow&Signature=s',
    'X-Amz-Expires=3600',
    'X-Amz-Date=yesterday&X-Amz-Expires=3600',
    'se=soon&sig=s',
  ])('says nothing about ?%s', (query) => {
    expect(at(query)).toBeUndefined()
  })

  it('says nothing about what is no address', () => {
    expect(expiryOf('s3://bucket/key')).toBeUndefined()
    expect(expiryOf('sha256:00')).toBeUndefined()
  })
})
