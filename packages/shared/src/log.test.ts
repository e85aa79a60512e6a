import { createLog, redact } from './log.ts'

describe('redact', () => {
  it.each([
    ['key sk-0123456789abcdef was refused', 'key sk-[redacted] was refused'],
    ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec-[redacted]'],
    ['secret whsec_Mf+KQ9r8/GKYqrTw= is', 'secret whsec-[redacted] is'],
    ['rk_0123abcd_0123456789abcdef', 'rk-[redacted]'],
    ['https://oss.example/a.png?Expires=1&Signature=ab%2B', 'https://oss.example/a.png?[redacted]'],
    ['"http://a.example/b?X-Amz-Signature=12"}', '"http://a.example/b?[redacted]"}'],
    ['Signature=abc&x=1', 'Signature=[redacted]&x=1'],
    ['OSSAccessKeyId: LTAI123', 'OSSAccessKeyId=[redacted]'],
    ['authorization: Bearer abc.def', 'authorization: Bearer=[redacted]'],
  ])('turns %s into %s', (text, clean) => {
    expect(redact(text)).toBe(clean)
  })

  it.each(['risk-averse customers', 'a mask-like shape', 'https://example.com/a.png', 'asked at 12:00?'])(
    'leaves %s alone',
    (text) => {
      expect(redact(text)).toBe(text)
    },
  )
})

describe('createLog', () => {
  const lines: string[] = []
  const log = createLog('info', { write: (line) => void lines.push(line) })
  const last = () => JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>

  it('writes one JSON line per thing that happened', () => {
    log.info({ editId: 'e' }, 'image stored')
    expect(last()).toEqual({ level: 'info', time: expect.any(String), editId: 'e', msg: 'image stored' })
    log.debug('not this')
    expect(lines).toHaveLength(1)
  })

  it('hides keys wherever they stand: in a message, a field, an error and its stack', () => {
    const error = new Error('GET https://a.example/b?Signature=abcdef with sk-0123456789 failed')
    log.warn({ err: error, error, url: 'https://a.example/b?Signature=abcdef' }, 'sk-0123456789')
    const line = lines.at(-1) ?? ''
    expect(line).not.toMatch(/0123456789|abcdef/)
    expect(last()).toMatchObject({ msg: 'sk-[redacted]', url: 'https://a.example/b?[redacted]' })
  })

  it('never shows the arguments of a command that Redis refused, wherever they hang', () => {
    const command = { name: 'evalsha', args: ['canary'] }
    const refused = (more: object = {}) =>
      Object.assign(new Error('OOM command not allowed'), { command, ...more })
    const unknown = new Error("ERR unknown command 'x', with args beginning with: 'canary' 'canary'")
    const facts = { editId: 'e' }
    for (const error of [
      refused({ facts, code: 'OOM', previousErrors: [refused()], lastNodeError: refused() }),
      new Error('move failed', { cause: refused({ cause: unknown }) }),
      new AggregateError([refused(), unknown], 'both'),
      unknown,
    ]) {
      log.warn({ err: error, error }, 'command refused')
      expect(lines.at(-1)).not.toMatch(/canary/)
    }
    log.warn({ err: refused({ facts, code: 'OOM' }) }, 'command refused')
    expect(last()['err']).toMatchObject({
      type: 'Error',
      code: 'OOM',
      facts,
      command: 'evalsha',
      stack: expect.any(String) as string,
    })
  })
})
