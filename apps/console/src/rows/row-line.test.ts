import { everything } from './filter.ts'
import { joinFilters, readLine, termTexts } from './row-line.ts'

const codes = ['DataInspectionFailed', 'InternalError.Timeout', 'InternalError.Algo']
const read = (line: string) => {
  const told = readLine(line, codes)
  return told.kind === 'fault' ? told.detail : told.filter
}

it('hands keys, prompts and words on as they are, quotes where they are needed', () => {
  expect(read('key:LAMP* prompt:"oak table"')).toEqual({
    ...everything,
    text: 'key:LAMP* prompt:"oak table"',
  })
  expect(read('  LAMP  PROMPT:Oak ')).toEqual({ ...everything, text: 'LAMP prompt:Oak' })
  expect(read('"key:x y"')).toEqual({ ...everything, text: '"key:x y"' })
  expect(read('')).toEqual(everything)
})

it('makes states, verdicts and codes parts of the filter', () => {
  expect(read('state:failed,canceled verdict:none key:A')).toEqual({
    ...everything,
    states: ['failed', 'canceled'],
    verdicts: ['none'],
    text: 'key:A',
  })
  expect(read('code:internalerror')).toMatchObject({ codes: codes.slice(1), text: '' })
  expect(read('code:Internal')).toMatchObject({ codes: ['Internal'] })
})

it('says what is wrong with a line', () => {
  expect(read('prompt:"oak')).toBe('A quote is not closed.')
  expect(read('batch:spring')).toBe(
    'batch: is not known here: use key:, prompt:, state:, verdict:, code:, or quote it.',
  )
  expect(read('key:a key:b')).toBe('key: is there more than once.')
  expect(read('prompt:')).toBe('prompt: has no value.')
  expect(read('state:gone')).toMatch(/^state:gone is none of queued/)
  expect(read('verdict:fine')).toMatch(/^verdict:fine is none of none, approved/)
  expect(read('a '.repeat(13))).toMatch(/^There are more than 12 words/)
})

it('gives the terms of a line one by one, so that each can be dropped', () => {
  expect(termTexts('LAMP key:A prompt:"oak table"')).toEqual(['LAMP', 'key:A', 'prompt:"oak table"'])
  expect(termTexts('prompt:"oak')).toEqual([])
})

it('adds what was typed to what is shown', () => {
  const shown = { ...everything, states: ['succeeded'], text: 'key:A' } as const
  expect(joinFilters(shown, { ...everything, verdicts: ['none'], text: 'key:B' })).toEqual({
    ...everything,
    states: ['succeeded'],
    verdicts: ['none'],
    text: 'key:B',
  })
})
