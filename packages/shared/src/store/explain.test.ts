import { explainFault, explainOverwriting } from './explain.ts'
import { StoreError } from './store-error.ts'

const facts = { endpoint: 'https://s3.example.com', bucket: 'photos' }
const fault = (name: string, message = '', httpStatusCode = 400) =>
  new StoreError('write a test object', { name, message, $metadata: { httpStatusCode } }, 'write')

describe('the sentence about a failed call', () => {
  it("has what failed, the server's words and what to change", () => {
    expect(explainFault(fault('NoSuchBucket', 'The specified bucket does not exist', 404), facts)).toBe(
      'write a test object: NoSuchBucket, "The specified bucket does not exist": make the bucket photos, or correct S3_BUCKET',
    )
  })

  it('says of an answer that is no S3 what it is, and blames the condition for no read', () => {
    const page = fault('404', '@aws-sdk XML parse error: unexpected content.\n Deserialization error: …', 404)
    expect(explainFault(page, facts)).toBe(
      'write a test object: Http404: this is no answer of an S3 server: look at S3_ENDPOINT',
    )
    expect(explainFault(fault('NotImplemented'), facts, 'read')).toMatch(/look at S3_ENDPOINT/)
    expect(explainFault(fault('ECONNRESET'), facts)).toMatch(/look at S3_ENDPOINT and its port/)
  })

  it('points to the documents where nothing is known', () => {
    expect(explainFault(fault('Strange'), facts)).toBe(
      'write a test object: Strange: see docs/buckets.md for what this store needs',
    )
  })

  it('repeats no more than a piece of a page that is no S3', () => {
    expect(explainFault(fault('Strange', 'x'.repeat(10_000)), facts).length).toBeLessThan(500)
  })

  it.each([
    ['https://s3.oss-cn-hangzhou.aliyuncs.com', 'set S3_CREATE_ONCE=oss, as this store needs'],
    ['https://cos.ap-guangzhou.myqcloud.com', 'set S3_CREATE_ONCE=cos, as this store needs'],
    ['https://s3.us-west-004.backblazeb2.com', 'or to off, and then a failover of Redis may bill twice'],
    ['https://s3.example.com', 'set S3_CREATE_ONCE to what this store takes'],
  ])('names the way to create once that %s takes', (endpoint, remedy) => {
    expect(explainFault(fault('NotImplemented'), { ...facts, endpoint })).toContain(remedy)
    expect(explainOverwriting({ ...facts, endpoint })).toContain(remedy)
  })

  it('says of a store in its own mode that versioning makes the header void', () => {
    expect(explainOverwriting({ ...facts, createOnce: 'oss' })).toMatch(
      /ignores x-oss-forbid-overwrite: true .*versioning is or once was on/,
    )
  })
})
