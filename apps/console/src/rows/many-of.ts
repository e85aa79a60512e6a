import type { BatchMap, VerdictsRequest } from '@restyle/client/types'
import { stateAt, type Filter } from './filter.ts'
import {
  addRanges,
  hasRow,
  isSelected,
  rangesIn,
  rangesOf,
  rangesText,
  type Ranges,
  type Selection,
} from './selection.ts'

/** A verdict for many rows: those that are named, or those that a filter holds of. */
export type Many = VerdictsRequest

/** So many characters of ranges are sent rather than a filter: nobody can be meant by mistake. */
const mostNamed = 1_200
/** So many does the producer take. */
const mostTaken = 40_000
/** So many orders are given for one selection: some 250,000 rows of which no two are neighbours. */
const mostParts = 50

/** `list`: the rows that are shown; `matching`: those of them that the filter holds of still. */
type Chosen = {
  selection: Selection
  filter: Filter
  list: Uint32Array
  matching: Uint32Array
  map: BatchMap
}

/**
 * What is sent for a selection, in one part or in several that go one after another: the rows where that is short, else the filter
 * without the rows that are not shown and that it holds of, or may hold of in a moment. The producer takes one value of each kind: of
 * several states the one counts that can be judged. It does not know keys, prompts and redos there: then all rows are named, and
 * those that the rest of the filter holds of no more by their turn stay. Undefined where the rows lie too far apart to be named.
 */
export function manyOf(chosen: Chosen, verdict: Many['verdict']): readonly Many[] | undefined {
  const { selection, filter, list, matching, map } = chosen
  if (selection.kind === 'rows') return named(selection.rows, { verdict })
  const rows = rangesOf(matching.filter((row) => isSelected(selection, row)))
  const where = whereOf(filter)
  const isNamed = [filter.text, ...filter.redos].some((each) => each !== '')
  if (isNamed || filter.verdicts.length > 1 || filter.codes.length > 1)
    return named(rows, { verdict, ...where })
  if (rangesText(rows).length <= mostNamed) return named(rows, { verdict })
  const except = rangesText(rangesOf(unseen(list, map, (row) => !isSelected(selection, row))))
  if (except.length > mostTaken) return named(rows, { verdict, ...where })
  // rows that come while it waits for its turn are not among them
  return [{ verdict, rows: `1-${map.rows}`, where: {}, ...where, ...(except === '' ? {} : { except }) }]
}

/** Whether an order may be about a row. */
export const isAmong = ({ rows, except = '' }: Many, row: number): boolean =>
  (rows === undefined || hasRow(rangesIn(rows), row)) && !hasRow(rangesIn(except), row)

/** The same without some rows. */
export function withoutRows(order: Many, rows: readonly number[]): Many {
  if (rows.length === 0) return order
  const left = rows.map((row) => [row, row] as const)
  return { ...order, except: rangesText(addRanges(rangesIn(order.except ?? ''), left)) }
}

function whereOf({ states, verdicts, codes }: Filter): Pick<Many, 'where'> {
  const state = states.find((name) => name === 'succeeded') ?? states[0]
  const where = {
    ...(state === undefined ? {} : { state }),
    ...(verdicts[0] === undefined || verdicts.length > 1 ? {} : { verdict: verdicts[0] }),
    ...(codes[0] === undefined || codes.length > 1 ? {} : { code: codes[0] }),
  }
  return Object.keys(where).length === 0 ? {} : { where }
}

function named(rows: Ranges, order: Omit<Many, 'rows'>): readonly Many[] | undefined {
  const parts: Many[] = []
  let [part, length]: [Ranges[number][], number] = [[], 0]
  const close = () => {
    if (part.length > 0) parts.push({ ...order, rows: rangesText(part) })
    ;[part, length] = [[], 0]
  }
  for (const range of rows) {
    const more = rangesText([range]).length + 1
    if (length + more > mostTaken) close()
    part.push(range)
    length += more
  }
  close()
  return parts.length > mostParts ? undefined : parts
}

/** Rows that are not shown and have, or may get, a picture; and those that are left out. */
function* unseen(list: Uint32Array, map: BatchMap, isLeftOut: (row: number) => boolean): Generator<number> {
  let at = 0
  for (let row = 1; row <= map.rows; row += 1) {
    const isShown = list[at] === row
    if (isShown) at += 1
    const state = stateAt(map, row)
    if (isShown ? isLeftOut(row) : state !== 'failed' && state !== 'canceled') yield row
  }
}
