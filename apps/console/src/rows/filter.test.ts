import {
  codeAt,
  countNew,
  countVerdicts,
  everything,
  filterRows,
  isEverything,
  placeOf,
  redoAt,
  stateAt,
  verdictAt,
  verdictByte,
  type Planes,
} from './filter.ts'

const bytes = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0))
const planesOf = (
  state: string,
  verdict = '.'.repeat(state.length),
  code: number[] = [],
  redo = '',
): Planes => ({
  rows: state.length,
  state: bytes(state),
  verdict: bytes(verdict),
  code: Uint8Array.from({ length: state.length }, (_, at) => code[at] ?? 0),
  redo: Uint8Array.from({ length: state.length }, (_, at) => redo.charCodeAt(at) || 0),
})
const planes = planesOf('.~qr++-+-x', '.....ar...', [0, 0, 0, 0, 0, 0, 1, 0, 2, 0])
const codes = ['DataInspectionFailed', 'InvalidImageSize']
const rowsOf = (filter: Partial<typeof everything>) => [
  ...filterRows(planes, { ...everything, ...filter }, codes),
]

it('shows every row where nothing is asked', () => {
  expect(isEverything(everything)).toBe(true)
  expect(rowsOf({})).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
})

it('finds rows by state, verdict and code together', () => {
  expect(rowsOf({ states: ['queued'] })).toEqual([1, 2, 3])
  expect(rowsOf({ states: ['succeeded', 'running'] })).toEqual([4, 5, 6, 8])
  expect(rowsOf({ states: ['succeeded'], verdicts: ['none'] })).toEqual([5, 8])
  expect(rowsOf({ codes: ['InvalidImageSize'] })).toEqual([9])
  expect(rowsOf({ verdicts: ['redo'] })).toEqual([])
})

it('finds nothing for a code that the batch does not have', () => {
  expect(rowsOf({ codes: ['Unheard.Of'] })).toEqual([])
})

it('reads the bytes of a row, and takes those of a newer producer for the harmless ones', () => {
  expect([1, 4, 5].map((row) => stateAt(planes, row))).toEqual(['queued', 'running', 'succeeded'])
  expect([5, 6, 7].map((row) => verdictAt(planes, row))).toEqual(['none', 'approved', 'rejected'])
  expect([7, 8].map((row) => codeAt(planes, row, codes))).toEqual(['DataInspectionFailed', undefined])
  const newer = planesOf('?', '?', [200])
  expect([stateAt(newer, 1), verdictAt(newer, 1), codeAt(newer, 1, codes)]).toEqual([
    'queued',
    'none',
    undefined,
  ])
  expect([...filterRows(newer, { ...everything, states: ['queued'], verdicts: ['none'] }, codes)]).toEqual([
    1,
  ])
})

it('writes the byte of a verdict', () => {
  expect(String.fromCharCode(verdictByte('approved'), verdictByte('none'))).toBe('a.')
})

it('finds the place of a row, or of the next one', () => {
  const rows = Uint32Array.of(2, 5, 9)
  expect(placeOf(rows, 5)).toEqual({ found: true, at: 1 })
  expect(placeOf(rows, 6)).toEqual({ found: false, at: 2 })
  expect(placeOf(rows, 10)).toEqual({ found: false, at: 3 })
})

it('counts what a list does not show yet', () => {
  expect(countNew(Uint32Array.of(1, 3), Uint32Array.of(1, 2, 3, 4))).toBe(2)
  expect(countNew(Uint32Array.of(1, 3, 9), Uint32Array.of(3))).toBe(0)
  expect(countNew(new Uint32Array(), Uint32Array.of(3))).toBe(1)
})

it('counts verdicts of what succeeded only', () => {
  const counts = { none: 1, approved: 1, rejected: 0, redo: 1, newTakes: 0 }
  expect(countVerdicts(planesOf('+++-', 'a.dr'))).toEqual(counts)
})

it('knows how far the redo of a row is, and counts takes that are there for rows to redo', () => {
  const redone = planesOf('+++++', 'ddda.', [], '+r-+')
  expect([1, 2, 3, 4, 5].map((row) => redoAt(redone, row))).toEqual([
    'there',
    'open',
    'failed',
    'there',
    undefined,
  ])
  expect([...filterRows(redone, { ...everything, redos: ['there'] }, [])]).toEqual([1, 4])
  expect(countVerdicts(redone).newTakes).toBe(1)
})

it('shows of a part of the rows those that the producer has found', () => {
  const within = Uint8Array.of(1, 0, 1, 1)
  const all = planesOf('++++')
  expect([...filterRows(all, everything, [], { within })]).toEqual([1, 3, 4])
  expect([...filterRows(all, everything, [], { within, from: 1, to: 3 })]).toEqual([3])
})

it('filters a million rows in less than what a person notices', () => {
  const many = planesOf('+-'.repeat(500_000), '.a.r'.repeat(250_000))
  filterRows(many, { ...everything, states: ['succeeded'], verdicts: ['none'] }, [])
  const before = performance.now()
  expect(filterRows(many, { ...everything, states: ['succeeded'], verdicts: ['none'] }, []).length).toBe(
    500_000,
  )
  expect(performance.now() - before).toBeLessThan(500)
})
