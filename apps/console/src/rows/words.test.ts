import { redoNames, stateNames, verdictNames } from './filter.ts'
import { cellName, giverOf, markOf, standsAs } from './words.ts'

const facts = {
  name: 'LAMP-0471',
  state: 'succeeded',
  verdict: 'none',
  by: undefined,
  before: false,
  code: undefined,
  take: undefined,
  redo: false,
  made: undefined,
} as const

it('names a cell by what a person sees in it', () => {
  expect(cellName({ ...facts, verdict: 'approved', by: 'Ana' })).toBe('LAMP-0471, after, approved by Ana')
  expect(cellName({ ...facts, verdict: 'approved', redo: true })).toBe('LAMP-0471, after, approved, a redo')
  expect(cellName({ ...facts, broken: 'picture not readable' })).toBe(
    'LAMP-0471, after, picture not readable',
  )
  expect(cellName({ ...facts, before: true, take: 2 })).toBe('LAMP-0471, take 2, before')
  expect(cellName({ ...facts, state: 'failed', code: 'DataInspectionFailed' })).toBe(
    'LAMP-0471, failed, DataInspectionFailed',
  )
  expect(cellName({ ...facts, state: 'queued', before: true })).toBe('LAMP-0471, waiting')
})

it('calls who gave a verdict as the key is called, else by the beginning of its id', () => {
  const by = '5f2c9a7d1e3b4c60'
  expect(giverOf({ by, byName: 'Ana' })).toBe('Ana')
  expect(giverOf({ by })).toBe('key 5f2c9a7d…')
  expect(giverOf({ by: 'ana' })).toBe('key ana')
  expect(giverOf({ by: '' })).toBeUndefined()
  expect(giverOf(undefined)).toBeUndefined()
})

it('says of a row to redo how far its other take is, by words and by a shape', () => {
  expect(cellName({ ...facts, verdict: 'redo', redo: true })).toBe('LAMP-0471, after, to redo, redo ordered')
  expect(cellName({ ...facts, verdict: 'redo', redo: true, made: 'there' })).toBe(
    'LAMP-0471, after, to redo, another take is there',
  )
  expect(cellName({ ...facts, verdict: 'approved', made: 'there' })).toBe('LAMP-0471, after, approved')
  const marks = redoNames.map((made) => markOf('succeeded', 'redo', { made }))
  expect(new Set([...marks, markOf('succeeded', 'redo')]).size).toBe(4)
  expect(standsAs('succeeded', 'redo', 'failed')).toBe('to redo, the redo has failed')
  expect(standsAs('queued', 'none', undefined)).toBe('waiting')
})

it('has a shape for each verdict, and for each state in which there is no picture', () => {
  const marks = verdictNames.map((verdict) => markOf('succeeded', verdict))
  expect(new Set(marks).size).toBe(verdictNames.length)
  expect(markOf('succeeded', 'approved', { redo: true })).toBe('✓↻')
  expect(stateNames.filter((state) => markOf(state, 'none') === '')).toEqual(['succeeded'])
})
