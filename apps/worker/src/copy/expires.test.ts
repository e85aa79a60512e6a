import { expires } from './expires.ts'

describe('expires', () => {
  it.each([
    [
      'https://b.oss-cn-beijing.aliyuncs.com/1d/a.png?Expires=1796000000&OSSAccessKeyId=k&Signature=s%3D',
      1796000000000,
    ],
    ['https://b/a.png?x-oss-date=20261122T101500Z&x-oss-expires=86400', Date.UTC(2026, 10, 23, 10, 15)],
    ['https://b/a.png?X-Amz-Date=20261122T101500Z&X-Amz-Expires=60', Date.UTC(2026, 10, 22, 10, 16)],
  ])('reads %s', (url, time) => {
    expect(expires(url)).toBe(time)
  })

  it.each([
    'https://b/a.png',
    'https://b/a.png?Expires=soon',
    'https://b/a.png?Expires=-5',
    'https://b/a.png?Expires=1e99',
    'https://b/a.png?X-Amz-Expires=60',
    'https://b/a.png?X-Amz-Date=20269922T101500Z&X-Amz-Expires=60',
    'https://b/a.png?x-oss-date=yesterday&x-oss-expires=60',
    'no url',
  ])('finds none in %s', (url) => {
    expect(expires(url)).toBeUndefined()
  })
})
