import { parseSearch } from '@restyle/producer/list/parse-search'
import fc from 'fast-check'
import { readLine } from '../../../../apps/console/src/rows/row-line.ts'

/*
 * The line of the gallery is read twice: by the page, which keeps what it can decide by itself, and by the producer, which gets the
 * rest. Neither can import the other's reader.
 */

const piece = fc.constantFrom(
  'key:',
  'prompt:',
  'KEY:',
  '"',
  ' ',
  '\t',
  ':',
  ',',
  '*',
  'a',
  'oak',
  'лампа',
  '灯',
  '-1',
  '\u00a0',
)
const lines = fc.array(piece, { minLength: 1, maxLength: 14 }).map((pieces) => pieces.join(''))

/** What the producer looks for in a row; undefined where it refuses the line. */
function soughtBy(line: string) {
  const parsed = parseSearch(line)
  if (parsed.kind === 'fault') return undefined
  const { text, keyPrefix, prompts } = parsed.sought
  return { text, keyPrefix, prompts }
}

/** What the page makes of it: the text that it sends, none where it refuses the line too. */
function sentFor(line: string): string | undefined {
  const read = readLine(line, [])
  return read.kind === 'fault' ? undefined : read.filter.text
}

it('is looked for by the producer as it was typed, in whatever form the page sends it', () => {
  fc.assert(
    fc.property(lines, (line) => {
      const sent = sentFor(line)
      expect(sent === undefined ? undefined : soughtBy(sent)).toEqual(soughtBy(line))
    }),
    { numRuns: 2_000 },
  )
})
