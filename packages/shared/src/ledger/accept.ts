import type { NewEdit } from '../contract/new-edit.ts'
import { type LedgerContext, newFields } from './record.ts'

/** `known`: the same id with the same body is there already; `conflict`: with another body. */
export type Accepted = 'accepted' | 'known' | 'conflict'

/** Writes new edits, all of one call at once. What is there already stays, so a caller who lost the answer may ask again. */
export async function accept(
  { keys, run }: LedgerContext,
  edits: readonly NewEdit[],
  dueInMs = 60_000,
): Promise<Accepted[]> {
  if (edits.length === 0) return []
  const names = edits.map(({ id }) => keys.edit(id))
  return (await run('accept', names, { edits: edits.map(newFields), dueInMs })) as Accepted[]
}
