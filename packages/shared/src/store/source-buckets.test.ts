import { mayRead, readSourceBuckets } from './source-buckets.ts'

const places = (text: string) => {
  const read = readSourceBuckets(text)
  if (read.kind === 'faulty') throw new Error(read.fault)
  return read.buckets
}

describe('the places of sources', () => {
  it.each([
    ['photos', { bucket: 'photos', prefix: '', producer: undefined }],
    ['photos/', { bucket: 'photos', prefix: '', producer: undefined }],
    ['photos/catalog/2026/', { bucket: 'photos', prefix: 'catalog/2026/', producer: undefined }],
    ['acme:photos', { bucket: 'photos', prefix: '', producer: 'acme' }],
    [' acme:photos/acme/ ', { bucket: 'photos', prefix: 'acme/', producer: 'acme' }],
  ])('are read from %j', (text, place) => {
    expect(places(text)).toEqual([place])
  })

  it('are many with commas between, or none', () => {
    expect(places('photos,acme:shared/acme/,')).toHaveLength(2)
    expect(places('')).toEqual([])
  })

  it.each([
    ['photos/acme', 'photos/acme must end its folder with a slash'],
    ['Photos', 'Photos is not <bucket>, <bucket>/<folder>/ or <producer>:<bucket>/<folder>/'],
    ['s3://photos', 's3://photos is not'],
    ['a', 'a is not'],
  ])('are refused as %s', (text, fault) => {
    expect(readSourceBuckets(text)).toMatchObject({ kind: 'faulty', fault: expect.stringContaining(fault) })
  })

  it.each([
    ['photos', 'anyone', 'photos', 'a.jpg', true],
    ['photos', 'anyone', 'other', 'a.jpg', false],
    ['photos/catalog/', 'anyone', 'photos', 'catalog/a.jpg', true],
    ['photos/catalog/', 'anyone', 'photos', 'catalog-secret/a.jpg', false],
    ['photos/catalog/', 'anyone', 'photos', 'a.jpg', false],
    ['photos/catalog/', 'anyone', 'photos', 'catalog/../secret/a.jpg', false],
    ['photos/catalog/', 'anyone', 'photos', 'catalog/a..b/..c.jpg', true],
    ['acme:photos/acme/', 'acme', 'photos', 'acme/a.jpg', true],
    ['acme:photos/acme/', 'other', 'photos', 'acme/a.jpg', false],
    ['acme:photos/acme/,photos/open/', 'other', 'photos', 'open/a.jpg', true],
    ['', 'acme', 'photos', 'a.jpg', false],
  ])('%j lets %s read s3://%s/%s: %s', (text, producer, bucket, key, may) => {
    expect(mayRead(places(text), producer, bucket, key)).toBe(may)
  })
})
