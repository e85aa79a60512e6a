import { expiryOf } from './address-expiry.ts'

const now = Date.parse('2026-11-25T12:00:00Z')
const seconds = (iso: string) => Date.parse(iso) / 1000
const yesterday = '2026-11-24T12:00:00Z'
const tonight = '2026-11-25T21:00:00Z'

describe('a signed address', () => {
  it.each([
    [
      'AWS',
      'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20261124T110000Z&X-Amz-Expires=3600&X-Amz-Signature=a',
    ],
    ['OSS version 4', 'x-oss-date=20261124T110000Z&x-oss-expires=3600&x-oss-signature=a'],
    ['Google', 'X-Goog-Date=20261124T110000Z&X-Goog-Expires=3600&X-Goog-Signature=a'],
    ['OSS', `Expires=${seconds(yesterday)}&OSSAccessKeyId=a&Signature=b`],
    ['CloudFront', `Expires=${seconds(yesterday)}&Signature=b&Key-Pair-Id=c`],
    ['Azure', 'sv=2024&se=2026-11-24T12%3A00%3A00Z&sig=a'],
    ['Tencent COS', `q-sign-time=1700000000;${seconds(yesterday)}&q-signature=a`],
    ['Qiniu', `e=${seconds(yesterday)}&token=a:b`],
  ])('of %s is over when its time is', (_, query) =>
    expect(expiryOf(`https://b.example.com/a.png?${query}`, now)).toEqual({
      kind: 'over',
      at: Date.parse(yesterday),
    }),
  )

  it('that ends within a day is told, one that lives longer is not', () => {
    const until = (iso: string) =>
      expiryOf(`https://b.example.com/a.png?Expires=${seconds(iso)}&Signature=a`, now)
    expect(until(tonight)).toEqual({ kind: 'soon', at: Date.parse(tonight) })
    expect(until('2026-11-27T00:00:00Z')).toBeUndefined()
  })

  it.each([
    'https://b.example.com/a.png',
    'https://b.example.com/a.png?Expires=1',
    'https://b.example.com/a.png?Expires=never&Signature=a',
    'https://b.example.com/a.png?X-Amz-Date=yesterday&X-Amz-Expires=1',
    's3://bucket/a.png',
    'no address',
  ])('is not seen in %s', (address) => expect(expiryOf(address, now)).toBeUndefined())
})
