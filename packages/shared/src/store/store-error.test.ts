import { StoreError } from './store-error.ts'

describe('StoreError', () => {
  it.each([
    ['a reset, which the SDK calls a timeout', { name: 'TimeoutError', code: 'ECONNRESET' }, 'ECONNRESET'],
    ['an answer that does not come', { name: 'TimeoutError', code: 'ETIMEDOUT' }, 'Timeout'],
    ['a connection that does not come', { name: 'TimeoutError' }, 'Timeout'],
    ['a call past its deadline', { name: 'AbortError', code: 20 }, 'Timeout'],
    ['something else', { name: 'OddError' }, 'OddError'],
    ['nothing at all', {}, 'Error'],
  ])('names %s', (_what, error, code) => {
    expect(new StoreError('get a', error)).toMatchObject({ code, kind: 'transient', status: undefined })
  })

  it('tells why a call of ours could not be built, which no later try will change', () => {
    expect(new StoreError('get a', new URIError('URI malformed'), 'write')).toMatchObject({
      kind: 'refused',
      message: 'get a: URIError (URI malformed)',
    })
  })

  it.each([
    ['NoSuchBucket', 404, 'NoSuchBucket', 'bucket'],
    ['Unknown', 403, 'Http403', 'bucket'],
    ['UnknownError', 500, 'Http500', 'transient'],
    ['403', 403, 'Http403', 'bucket'],
  ])('names an answer called %s with status %i', (name, httpStatusCode, code, kind) => {
    const error = new StoreError('get a', { name, $metadata: { httpStatusCode, requestId: 'r1' } })
    expect(error).toMatchObject({
      code,
      kind,
      status: httpStatusCode,
      requestId: 'r1',
      message: `get a: ${code}`,
    })
  })
})
