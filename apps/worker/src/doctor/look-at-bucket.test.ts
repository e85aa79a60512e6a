import type { BucketCheck } from '@restyle/shared/store/check-bucket'
import { lookAtBucket, lookAtDelivery } from './look-at-bucket.ts'

const verdicts = (check: BucketCheck, createOnce: 'if-none-match' | 'off' = 'if-none-match') =>
  lookAtBucket(check, createOnce).map(({ what, verdict }) => `${verdict} ${what}`)

describe('a look at the bucket', () => {
  it('finds nothing to say about a sound one', () => {
    expect(verdicts({ kind: 'sound', clockSkewMs: 2_000 })).toEqual([
      'ok bucket',
      'ok create once',
      'ok clock',
    ])
  })

  it.each([
    ['refused', 'refuse bucket'],
    ['foreign', 'refuse bucket'],
    ['overwrites', 'refuse create once'],
    ['away', 'away bucket'],
  ] as const)('speaks up about one that is %s, in the words it was found with', (kind, verdict) => {
    const check = { kind, says: 'what to change' }
    expect(verdicts(check)).toEqual([verdict])
    expect(lookAtBucket(check, 'if-none-match')[0]?.says).toContain('what to change')
  })

  it('warns of receipts that fence nothing, and of clocks that are apart', () => {
    expect(verdicts({ kind: 'sound', clockSkewMs: -120_000 }, 'off')).toEqual([
      'ok bucket',
      'warn create once',
      'warn clock',
    ])
  })
})

describe('a look at a signed address', () => {
  const inside = 'http://minio:9000/photos/a?X-Amz-Signature=1'
  const outside = 'https://photos.s3.amazonaws.com/a?X-Amz-Signature=1'

  it.each([
    [outside, 'auto', 'ok', /^presign/],
    [outside, 'presign', 'ok', /^presign/],
    [outside.replace('https', 'http'), 'auto', 'warn', /over http/],
    [inside, 'auto', 'ok', /^upload, .*minio is not on the public internet/],
    [inside, 'upload', 'ok', /^upload, as RESTYLE_SOURCE_DELIVERY says/],
    [inside, 'presign', 'refuse', /cannot open a signed address, for minio .*S3_PUBLIC_ENDPOINT/],
  ] as const)('judges %s with %s: %s', (address, wanted, verdict, says) => {
    expect(lookAtDelivery(address, 'photos', wanted)).toMatchObject({
      verdict,
      says: expect.stringMatching(says),
    })
  })

  it('shows no signature', () => {
    expect(lookAtDelivery(inside, 'photos', 'presign').says).not.toContain('Signature')
  })
})
