import { stateNames, verdictNames } from './filter.ts'
import { cellName, markOf } from './words.ts'

const facts = {
  name: 'LAMP-0471',
  state: 'succeeded',
  verdict: 'none',
  by: undefined,
  before: false,
  code: undefined,
  take: undefined,
  redo: false,
} as const

it('names a cell by what a person sees in it', () => {
  expect(cellName({ ...facts, verdict: 'approved', by: 'Ana' })).toBe('LAMP-0471, after, approved by Ana')
  expect(cellName({ ...facts, verdict: 'approved', redo: true })).toBe('LAMP-0471, after, approved, a redo')
  expect(cellName({ ...facts, before: true, take: 2 })).toBe('LAMP-0471, take 2, before')
  expect(cellName({ ...facts, state: 'failed', code: 'DataInspectionFailed' })).toBe(
    'LAMP-0471, failed, DataInspectionFailed',
  )
  expect(cellName({ ...facts, state: 'queued', before: true })).toBe('LAMP-0471, waiting')
})

it('has a shape for each verdict, and for each state in which there is no picture', () => {
  const marks = verdictNames.map((verdict) => markOf('succeeded', verdict))
  expect(new Set(marks).size).toBe(verdictNames.length)
  expect(markOf('succeeded', 'approved', true)).toBe('✓↻')
  expect(stateNames.filter((state) => markOf(state, 'none') === '')).toEqual(['succeeded'])
})
