import fc from 'fast-check'
import {
  addRanges,
  countRows,
  countSelected,
  hasRow,
  isSelected,
  nothing,
  rangesIn,
  rangesOf,
  rangesText,
  selectBetween,
  toggleRow,
  withoutRow,
} from './selection.ts'

const rowSets = fc.uniqueArray(fc.integer({ min: 1, max: 60 })).map((rows) => rows.toSorted((a, b) => a - b))
const all = Array.from({ length: 60 }, (_, i) => i + 1)
const hundred = Uint32Array.from({ length: 100 }, (_, i) => i + 1)

it('keeps the same rows as a set does', () => {
  fc.assert(
    fc.property(rowSets, rowSets, fc.integer({ min: 1, max: 60 }), (a, b, row) => {
      const both = addRanges(rangesOf(a), rangesOf(b))
      const set = new Set([...a, ...b])
      expect(all.filter((each) => hasRow(both, each))).toEqual(all.filter((each) => set.has(each)))
      expect(countRows(both)).toBe(set.size)
      set.delete(row)
      const less = withoutRow(both, row)
      expect(all.filter((each) => hasRow(less, each))).toEqual(all.filter((each) => set.has(each)))
      expect(rangesOf(all.filter((each) => set.has(each)))).toEqual(less)
    }),
  )
})

it('writes rows as the API takes them', () => {
  expect(rangesText(rangesOf([3, 9, 40, 41, 42]))).toBe('3,9,40-42')
  expect(rangesText([])).toBe('')
  expect(rangesIn('3,9,40-42')).toEqual(rangesOf([3, 9, 40, 41, 42]))
  expect(rangesIn('')).toEqual([])
})

it('selects a row and takes it out again', () => {
  const one = toggleRow(nothing, 7)
  expect([isSelected(one, 7), isSelected(one, 8), countSelected(one, hundred)]).toEqual([true, false, 1])
  expect(toggleRow(one, 7)).toEqual(nothing)
})

it('takes rows out of all that match', () => {
  const matching = toggleRow({ kind: 'matching', to: 100, except: [] }, 7)
  expect([isSelected(matching, 7), isSelected(matching, 8), countSelected(matching, hundred)]).toEqual([
    false,
    true,
    99,
  ])
  expect(toggleRow(matching, 7)).toEqual({ kind: 'matching', to: 100, except: [] })
})

it('has no row among all that came later, but one that is selected by itself', () => {
  const matching = { kind: 'matching', to: 50, except: [[40, 50]] } as const
  expect([isSelected(matching, 39), isSelected(matching, 51), countSelected(matching, hundred)]).toEqual([
    true,
    false,
    39,
  ])
  // rows that match no more do not count twice
  expect(
    countSelected(
      matching,
      hundred.filter((row) => row % 2 === 1),
    ),
  ).toBe(20)
  const more = toggleRow(matching, 60)
  expect(all.filter((row) => isSelected(more, row))).toEqual([...all.slice(0, 39), 60])
  const between = selectBetween(matching, hundred, [54, 56])
  expect(all.filter((row) => isSelected(between, row))).toEqual([...all.slice(0, 39), 55, 56, 57])
  expect(countSelected(between, hundred)).toBe(42)
})

it('selects between two places of a list, in either direction, and only what the list shows', () => {
  const list = Uint32Array.of(2, 3, 8, 9, 20)
  expect(selectBetween(nothing, list, [3, 1])).toEqual({
    kind: 'rows',
    rows: [
      [3, 3],
      [8, 9],
    ],
  })
  expect(
    selectBetween(
      {
        kind: 'matching',
        to: 20,
        except: [
          [3, 3],
          [20, 20],
        ],
      },
      list,
      [0, 2],
    ),
  ).toEqual({
    kind: 'matching',
    to: 20,
    except: [[20, 20]],
  })
})

it('says a selection of a third of a million rows in few words', () => {
  const list = Uint32Array.from({ length: 300_000 }, (_, i) => i + 1)
  const selected = selectBetween(nothing, list, [0, 299_999])
  expect(selected).toEqual({ kind: 'rows', rows: [[1, 300_000]] })
})
