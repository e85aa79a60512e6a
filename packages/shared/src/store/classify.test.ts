import { classify } from './classify.ts'

describe('classify', () => {
  it.each([
    ['AccessDenied', 403],
    ['AllAccessDisabled', 403],
    ['AuthorizationHeaderMalformed', 400],
    ['CredentialsProviderError', undefined],
    ['ExpiredToken', 400],
    ['Http301', 301],
    ['Http403', 403],
    ['Http404', 404],
    ['InvalidAccessKeyId', 403],
    ['InvalidBucketName', 400],
    ['InvalidToken', 400],
    ['KMS.DisabledException', 400],
    ['NoSuchBucket', 404],
    ['PermanentRedirect', 301],
    ['RequestTimeTooSkewed', 403],
    ['SignatureDoesNotMatch', 403],
  ])('pauses the bucket on %s', (code, status) => {
    expect(classify(code, status)).toBe('bucket')
  })

  it.each([
    ['BadDigest', 400],
    ['ConditionalRequestConflict', 409],
    ['ECONNREFUSED', undefined],
    ['ECONNRESET', undefined],
    ['ENOTFOUND', undefined],
    ['Http429', 429],
    ['Http500', 500],
    ['IncompleteBody', 400],
    ['InternalError', 500],
    ['KMS.ThrottlingException', 400],
    ['RequestTimeout', 400],
    ['SlowDown', 503],
    ['SyntaxError', 200],
    ['Timeout', undefined],
    ['constructor', 503],
  ])('tries again on %s', (code, status) => {
    expect(classify(code, status)).toBe('transient')
  })

  it.each([
    ['ERR_INVALID_CHAR', undefined],
    ['EntityTooLarge', 400],
    ['InvalidArgument', 400],
    ['KeyTooLongError', 400],
    ['MethodNotAllowed', 405],
    ['NotImplemented', 501],
    ['PreconditionFailed', 412],
  ])('gives up a read on %s', (code, status) => {
    expect(classify(code, status)).toBe('refused')
  })

  it.each(['URIError', 'TypeError', 'RangeError', 'ERR_INVALID_CHAR', 'ERR_UNESCAPED_CHARACTERS'])(
    'refuses this very call, read or write, where %s says that it cannot be built',
    (code) => {
      expect([classify(code), classify(code, undefined, 'write')]).toEqual(['refused', 'refused'])
    },
  )

  it.each([
    ['EntityTooLarge', 400],
    ['InvalidArgument', 400],
    ['InvalidRequest', 400],
    ['KeyTooLongError', 400],
    ['MethodNotAllowed', 405],
    ['NotImplemented', 501],
  ])('pauses the bucket where a write is refused for good with %s', (code, status) => {
    expect(classify(code, status, 'write')).toBe('bucket')
  })

  it('tries a write again on what passes', () => {
    expect(classify('SlowDown', 503, 'write')).toBe('transient')
  })
})
