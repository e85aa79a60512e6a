import { cleanAnswer } from './clean-answer.ts'

const clean = (text: string) => cleanAnswer(Buffer.from(text))

describe('cleanAnswer', () => {
  it('makes one line without control characters', () =>
    expect(clean(' a\u0000b\r\n\u001b[31mred\u202e\tc ')).toBe('a b [31mred c'))

  it('keeps 300 characters', () => {
    expect(clean('x'.repeat(2_000))).toBe(`${'x'.repeat(300)}…`)
    expect(clean('x'.repeat(300))).toHaveLength(300)
  })

  it('keeps no half of a character', () => expect(clean(`${'x'.repeat(299)}😀`).isWellFormed()).toBe(true))

  it('shows no secret that comes back', () => {
    expect(clean('bad key whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD/aJk= here')).toBe(
      'bad key whsec-[redacted] here',
    )
    expect(clean('Authorization: Bearer abcdef123456')).not.toContain('abcdef')
  })

  it('reads what is no text', () => expect(cleanAnswer(Uint8Array.of(0xff, 0xfe, 65))).toContain('A'))
})
