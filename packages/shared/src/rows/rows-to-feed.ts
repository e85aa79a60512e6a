import type { NewEdit } from '../contract/new-edit.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { lotOf, type Wanted } from '../ledger/rests.ts'
import type { Retake } from './retake.ts'

/** Of `edits`, which are the rows before `end`: those of a lot that are wanted, and up to which row they were looked at. */
export function rowsToFeed(
  edits: readonly NewEdit[],
  end: number,
  { model, class: lotClass, from, room }: Wanted,
): { to: number; edits: NewEdit[] } {
  const own: NewEdit[] = []
  for (const edit of edits) {
    if (own.length === room) return { to: edit.row, edits: own }
    const lot = lotOf(edit)
    if (edit.row >= from && lot.model === model && lot.class === lotClass) own.push(edit)
  }
  return { to: end, edits: own }
}

/** Feeds what is wanted of rows at hand. Gives how many became edits. */
export async function feedRows(
  ledger: Pick<Ledger, 'feed'>,
  batch: string,
  edits: readonly NewEdit[],
  wanted: Wanted,
  retake?: Retake,
): Promise<number> {
  const end = (edits.at(-1)?.row ?? wanted.from - 1) + 1
  const { from, model } = wanted
  const rows = rowsToFeed(edits, end, wanted)
  const made =
    retake === undefined ? rows : { ...rows, ...(await retake(batch, rows.edits, { from, to: rows.to })) }
  const answer = await ledger.feed({ batch, model, class: wanted.class, from, ...made })
  return answer.kind === 'fed' ? answer.edits : 0
}
