import type { VerdictsRequest } from '@restyle/client/types'
import type { Filter } from './filter.ts'
import { hasRow, rangesOf, rangesText, type Selection } from './selection.ts'

/** A verdict for many rows: those that are named, or those that a filter holds of. */
export type Many = VerdictsRequest

/**
 * What is sent for a selection: the filter, not the rows, where the producer has such a filter. It takes one value of each kind. Of
 * several states the one counts that can be judged. Of several verdicts or codes the rows are named.
 */
export function manyOf(
  { selection, filter, list }: { selection: Selection; filter: Filter; list: Uint32Array },
  verdict: Many['verdict'],
): Many {
  if (selection.kind === 'rows') return { verdict, rows: rangesText(selection.rows) }
  const { states, verdicts, codes } = filter
  if (verdicts.length > 1 || codes.length > 1) {
    const rows = list.filter((row) => !hasRow(selection.except, row))
    return { verdict, rows: rangesText(rangesOf(rows)) }
  }
  const state = states.find((name) => name === 'succeeded') ?? states[0]
  const except = rangesText(selection.except)
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
