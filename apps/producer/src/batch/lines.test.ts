import { linesOf } from './lines.ts'

const bounds = { bytes: 1_000, lineBytes: 20, lines: 9, tooLarge: () => new Error('too large') }

async function read(pieces: Iterable<Buffer | string>, more: Partial<typeof bounds> = {}): Promise<string[]> {
  const body = (async function* () {
    for (const piece of pieces) yield Buffer.from(piece)
  })()
  const lines: string[] = []
  for await (const line of linesOf(body, { ...bounds, ...more }))
    lines.push(line.kind === 'line' ? line.bytes.toString() : line.kind)
  return lines
}

describe('the lines of a body', () => {
  it.each([
    ['are ended by LF', 'a\nb\n', ['a', 'b']],
    ['are ended by CRLF', 'a\r\nb\r\n', ['a', 'b']],
    ['may end with the body', 'a\nb', ['a', 'b']],
    ['are not blank', '\n\n a\n \t\r\n\nb\r', [' a', 'b']],
    ['lose a byte order mark', '\ufeffa\n\ufeffb', ['a', '\ufeffb']],
    ['keep a carriage return within', 'a\rb\n', ['a\rb']],
    ['are none in an empty body', '', []],
    [
      'may be as long as the longest',
      `${'x'.repeat(20)}\r\n${'y'.repeat(21)}\nz`,
      ['x'.repeat(20), 'too-long', 'z'],
    ],
    ['are at most so many', 'a\n'.repeat(9), Array(9).fill('a')],
    ['are not read where they are more', `${'a\n'.repeat(10)}b\nc`, [...Array(9).fill('a'), 'too-many']],
    ['are one too many', `${'a\n'.repeat(9)}\nb`, [...Array(9).fill('a'), 'too-many']],
    ['may be too long at the end', `a\n${'y'.repeat(90)}`, ['a', 'too-long']],
  ])('%s', async (_, text, lines) => {
    expect(await read([text])).toEqual(lines)
  })

  it('are the same whatever the pieces that they come in, also within a character', async () => {
    const text = Buffer.from(`\ufeff灯\r\n\n${'灯'.repeat(7)}\nö灯😀\r\n${'x'.repeat(20)}`)
    const whole = await read([text])
    expect(whole).toEqual(['灯', 'too-long', 'ö灯😀', 'x'.repeat(20)])
    for (let at = 0; at <= text.length; at += 1)
      expect(await read([text.subarray(0, at), text.subarray(at)])).toEqual(whole)
    expect(await read([...text].map((byte) => Buffer.of(byte)))).toEqual(whole)
  })

  it('end where the body is too large, whatever it holds', async () => {
    const pieces = function* () {
      for (let sent = 0; sent < 1_000; sent += 1) yield Buffer.alloc(100, 'x')
    }
    await expect(read(pieces())).rejects.toThrow('too large')
  })
})
