import type { BatchMap, VerdictsRequest } from '@restyle/client/types'
import { stateAt, type Filter } from './filter.ts'
import { hasRow, rangesOf, rangesText, type Selection } from './selection.ts'

/** A verdict for many rows: those that are named, or those that a filter holds of. */
export type Many = VerdictsRequest

/** So many characters of ranges are sent rather than a filter: nobody can be meant by mistake. */
const mostNamed = 1_200
/** So many does the producer take. */
const mostTaken = 40_000

/** `list`: the rows that are shown; `matching`: those of them that the filter holds of still. */
type Chosen = {
  selection: Selection
  filter: Filter
  list: Uint32Array
  matching: Uint32Array
  map: BatchMap
}

/**
 * What is sent for a selection: the rows where that is short, else the filter without the rows that are not shown and that it holds
 * of, or may hold of in a moment. The producer takes one value of each kind: of several states the one counts that can be judged.
 * Undefined where the rows lie too far apart to be named.
 */
export function manyOf(chosen: Chosen, verdict: Many['verdict']): Many | undefined {
  const { selection, filter, list, matching, map } = chosen
  if (selection.kind === 'rows') return named(rangesText(selection.rows), verdict)
  const rows = rangesText(rangesOf(matching.filter((row) => !hasRow(selection.except, row))))
  const { states, verdicts, codes } = filter
  if (rows.length <= mostNamed || verdicts.length > 1 || codes.length > 1) return named(rows, verdict)
  const except = rangesText(rangesOf(unseen(list, map, (row) => hasRow(selection.except, row))))
  if (except.length > mostTaken) return named(rows, verdict)
  const state = states.find((name) => name === 'succeeded') ?? states[0]
  return {
    verdict,
    where: {
      ...(state === undefined ? {} : { state }),
      ...(verdicts[0] === undefined ? {} : { verdict: verdicts[0] }),
      ...(codes[0] === undefined ? {} : { code: codes[0] }),
    },
    ...(except === '' ? {} : { except }),
  }
}

const named = (rows: string, verdict: Many['verdict']): Many | undefined =>
  rows.length > mostTaken ? undefined : { verdict, rows }

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
