import type { Planes } from './filter.ts'
import { isUndecided, nextUndecided } from './next.ts'

const bytes = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0))
const planesOf = (state: string, verdict: string): Planes => ({
  rows: state.length,
  state: bytes(state),
  verdict: bytes(verdict),
  code: new Uint8Array(state.length),
  redo: new Uint8Array(state.length),
})

it('goes to the next row that has pictures and no verdict', () => {
  const planes = planesOf('++-r+', '.a...')
  const rows = Uint32Array.of(1, 2, 3, 4, 5)
  expect(nextUndecided(rows, planes, 0)).toBe(4)
})

it('begins again at the start, and ends where all are decided', () => {
  const planes = planesOf('+++', '.a.')
  expect(nextUndecided(Uint32Array.of(1, 2, 3), planes, 2)).toBe(0)
  expect(nextUndecided(Uint32Array.of(2, 3), planes, 1)).toBeUndefined()
  expect(nextUndecided(new Uint32Array(), planes, 0)).toBeUndefined()
})

it('never goes to the row itself: that one is being decided', () => {
  expect(nextUndecided(Uint32Array.of(1), planesOf('+', '.'), 0)).toBeUndefined()
  expect(isUndecided(planesOf('+', '.'), 1)).toBe(true)
})

it('stays in the list that is shown', () => {
  expect(nextUndecided(Uint32Array.of(1, 3), planesOf('+++', '...'), 0)).toBe(1)
})
