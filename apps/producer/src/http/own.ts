import type { Batch } from '@restyle/shared/contract/batch'
import type { Edit } from '@restyle/shared/contract/edit'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { readEdit, type ReadTools } from '@restyle/shared/rows/read-edits'
import { Problem } from './problem.ts'

/*
 * Who reads what: another producer's edit or batch is answered like one that does not exist.
 */

export const noSuchEdit = (): Problem => new Problem('not-found', 'There is no such edit.')
export const noSuchBatch = (): Problem => new Problem('not-found', 'There is no such batch.')

/** An edit of this producer. Throws a `Problem` (not-found). */
export async function readOwnEdit(id: string, producer: string, tools: ReadTools): Promise<Edit> {
  const edit = await readEdit(id, tools)
  if (edit === undefined || edit.producer !== producer) throw noSuchEdit()
  return edit
}

/** A batch of this producer. Throws a `Problem` (not-found). */
export async function readOwnBatch(
  id: string,
  producer: string,
  { ledger }: { ledger: Pick<Ledger, 'readBatch'> },
): Promise<Batch> {
  const batch = await ledger.readBatch(id)
  if (batch === undefined || batch.producer !== producer) throw noSuchBatch()
  return batch
}

/** The edit with what a person thinks of it, which the ledger keeps apart where it is a row of a batch. */
export async function withVerdict(
  edit: Edit,
  { ledger }: { ledger: Pick<Ledger, 'verdictOf'> },
): Promise<Edit> {
  if (edit.batch === '' || edit.state !== 'succeeded') return edit
  const { verdict } = await ledger.verdictOf(edit)
  return verdict === undefined ? edit : { ...edit, verdict }
}

/** The same for many edits, in their order. */
export async function withVerdicts(
  edits: readonly Edit[],
  { ledger }: { ledger: Pick<Ledger, 'verdictsOfRows'> },
): Promise<Edit[]> {
  const rows = new Map<string, number[]>()
  for (const { batch, row, state } of edits)
    if (batch !== '' && state === 'succeeded') rows.set(batch, [...(rows.get(batch) ?? []), row])
  const read = [...rows].map(async ([batch, own]) => {
    const inOrder = [...new Set(own)].toSorted((a, b) => a - b)
    return [batch, await ledger.verdictsOfRows(batch, inOrder)] as const
  })
  const verdicts = new Map(await Promise.all(read))
  return edits.map((edit) => {
    const verdict = edit.state === 'succeeded' ? verdicts.get(edit.batch)?.get(edit.row) : undefined
    return verdict === undefined ? edit : { ...edit, verdict }
  })
}
