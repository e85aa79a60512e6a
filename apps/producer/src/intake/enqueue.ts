import type { NewEdit } from '@restyle/shared/contract/new-edit'
import type { Accepted } from '@restyle/shared/ledger/accept'
import type { Ledger } from '@restyle/shared/ledger/ledger'

/** Edits per script call. Redis serves nobody else during one call, about 10 ms. */
const chunkSize = 500

/** Writes edits into the ledger, which puts them into its backlog. Edits that are there already are left alone. */
export async function enqueue(
  ledger: Pick<Ledger, 'accept'>,
  edits: readonly NewEdit[],
): Promise<Accepted[]> {
  const answers: Accepted[] = []
  for (let from = 0; from < edits.length; from += chunkSize)
    answers.push(...(await ledger.accept(edits.slice(from, from + chunkSize))))
  return answers
}
