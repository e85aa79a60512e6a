import { createOnceModes, modeFor, saysTaken } from './create-once.ts'

describe('saysTaken', () => {
  it.each(createOnceModes)('reads a 412 so in every mode (%s)', (mode) => {
    expect(saysTaken({ status: 412, code: 'PreconditionFailed' }, mode)).toBe(true)
  })

  it.each([
    ['oss', 'FileAlreadyExists'],
    ['cos', 'FileAlreadyExists'],
    ['ibm', 'ObjectAlreadyExists'],
    ['oss', 'Http409'],
  ] as const)('reads the 409 of %s called %s so', (mode, code) => {
    expect(saysTaken({ status: 409, code }, mode)).toBe(true)
  })

  it.each([
    ['if-none-match', 'ConditionalRequestConflict', 409],
    ['oss', 'ConditionalRequestConflict', 409],
    ['ibm', 'OperationAborted', 409],
    ['off', 'Http409', 409],
    ['oss', 'AccessDenied', 403],
    ['cos', 'ECONNRESET', undefined],
  ] as const)('does not read %s %s so', (mode, code, status) => {
    expect(saysTaken({ status, code }, mode)).toBe(false)
  })
})

describe('modeFor', () => {
  it.each([
    ['https://s3.oss-cn-hangzhou.aliyuncs.com', 'oss'],
    ['https://cos.ap-guangzhou.myqcloud.com', 'cos'],
    ['https://s3.us-west-004.backblazeb2.com', 'off'],
    ['https://s3.eu-central-1.amazonaws.com', undefined],
    [undefined, undefined],
  ])('knows what %s takes', (endpoint, mode) => {
    expect(modeFor(endpoint)).toBe(mode)
  })
})
