import { placeOf } from './filter.ts'

/** Rows as ranges, counted from 1, both ends included; they grow and never touch. */
export type Ranges = readonly (readonly [from: number, to: number])[]

/** What is selected: these rows, or all up to the row `to` that match the filter, but for some: later ones were not shown then. */
export type Selection = { kind: 'rows'; rows: Ranges } | { kind: 'matching'; to: number; except: Ranges }

export const nothing: Selection = { kind: 'rows', rows: [] }

/** Ranges of rows that grow. */
export function rangesOf(rows: Iterable<number>): Ranges {
  const ranges: [number, number][] = []
  for (const row of rows) {
    const last = ranges.at(-1)
    if (last !== undefined && row === last[1] + 1) last[1] = row
    else ranges.push([row, row])
  }
  return ranges
}

export function hasRow(ranges: Ranges, row: number): boolean {
  let [low, high] = [0, ranges.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const range = ranges[middle]
    if (range === undefined || range[1] < row) low = middle + 1
    else high = middle
  }
  const range = ranges[low]
  return range !== undefined && range[0] <= row
}

export const countRows = (ranges: Ranges): number =>
  ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0)

/** Both together. */
export function addRanges(ranges: Ranges, more: Ranges): Ranges {
  const sorted = [...ranges, ...more].toSorted(([a], [b]) => a - b)
  const joined: [number, number][] = []
  for (const [from, to] of sorted) {
    const last = joined.at(-1)
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else joined.push([from, to])
  }
  return joined
}

export const withoutRow = (ranges: Ranges, row: number): Ranges =>
  ranges.flatMap(([from, to]) => {
    if (row < from || row > to) return [[from, to] as const]
    return [[from, row - 1] as const, [row + 1, to] as const].filter(([first, last]) => first <= last)
  })

/** Whether a row is selected, where it matches. */
export const isSelected = (selection: Selection, row: number): boolean =>
  selection.kind === 'rows'
    ? hasRow(selection.rows, row)
    : row <= selection.to && !hasRow(selection.except, row)

/** The same rows, of which one knows as far as `row`. */
const reaching = (selection: Extract<Selection, { kind: 'matching' }>, row: number): typeof selection =>
  row <= selection.to
    ? selection
    : { ...selection, to: row, except: addRanges(selection.except, [[selection.to + 1, row]]) }

/** Selects the row, or takes it out. */
export function toggleRow(selection: Selection, row: number): Selection {
  const toggled = (ranges: Ranges) =>
    hasRow(ranges, row) ? withoutRow(ranges, row) : addRanges(ranges, [[row, row]])
  if (selection.kind === 'rows') return { kind: 'rows', rows: toggled(selection.rows) }
  const known = reaching(selection, row)
  return { ...known, except: toggled(known.except) }
}

/** Selects the rows of a list between two of its places, whichever comes first. */
export function selectBetween(
  selection: Selection,
  list: Uint32Array,
  places: readonly [number, number],
): Selection {
  const [from, to] = [Math.min(...places), Math.max(...places)]
  const rows = rangesOf(list.subarray(from, to + 1))
  if (selection.kind === 'rows') return { kind: 'rows', rows: addRanges(selection.rows, rows) }
  const known = reaching(selection, list[to] ?? 0)
  const kept = known.except.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, i) => first + i).filter((row) => !hasRow(rows, row)),
  )
  return { ...known, except: rangesOf(kept) }
}

/** How many rows are selected; `matching` grow. */
export function countSelected(selection: Selection, matching: Uint32Array): number {
  if (selection.kind === 'rows') return countRows(selection.rows)
  const before = (row: number) => placeOf(matching, row).at
  return selection.except.reduce(
    (all, [from, to]) =>
      all - (before(Math.min(to, selection.to) + 1) - before(Math.min(from, selection.to + 1))),
    before(selection.to + 1),
  )
}

/** `1-30000,40001`, as the API takes it. */
export const rangesText = (ranges: Ranges): string =>
  ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',')

/** The ranges that such a text names, which is empty where there are none. */
export const rangesIn = (text: string): Ranges =>
  text === ''
    ? []
    : text.split(',').map((part) => {
        const [from = 0, to = from] = part.split('-').map(Number)
        return [from, to] as const
      })
