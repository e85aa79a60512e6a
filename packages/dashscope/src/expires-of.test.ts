import { expiresOf } from './expires-of.ts'

const noon = Date.UTC(2026, 0, 1, 12)

describe('the end of an address', () => {
  it.each([
    ['OSS', `http://a.aliyuncs.com/1d/x.png?Expires=${noon / 1000}&OSSAccessKeyId=L&Signature=a%2Fb%3D`],
    ['the newer OSS', 'https://a/x.png?x-oss-date=20260101T110000Z&x-oss-expires=3600&x-oss-signature=a'],
    ['S3', 'https://a/x.png?X-Amz-Date=20260101T110000Z&X-Amz-Expires=3600&X-Amz-Signature=a'],
  ])('is read from a signature of %s', (_, url) => {
    expect(expiresOf(url)).toBe(noon)
  })

  it.each([
    'https://a/x.png',
    'https://a/x.png?Expires=tomorrow',
    'https://a/x.png?X-Amz-Date=1&X-Amz-Expires=9',
    'nothing',
  ])('is unknown for %p', (url) => {
    expect(expiresOf(url)).toBeUndefined()
  })
})
