import type { Edit } from '@restyle/shared/contract/edit'
import {
  type EditState,
  EditState as States,
  mapByte,
  restingByte,
  retryByte,
} from '@restyle/shared/contract/edit-state'
import { editIdOfTake, rowOfEditId } from '@restyle/shared/ledger/batches'
import type { Arena } from './arena.ts'
import type { AckedEdit } from './producers.ts'

/**
 * What the ledger says of an edit that was acknowledged. `takes`: its edits, the oldest first; none for a row that rests,
 * or that was canceled at rest. `state`: absent where the ledger knows nothing of it.
 */
export type Book = { acked: AckedEdit; state?: EditState; takes: Edit[] }

/** The newest edit of each. */
export const newestOf = (books: readonly Book[]): Edit[] => books.flatMap(({ takes }) => takes.at(-1) ?? [])

/** Opens the ledger's books of what was acknowledged. */
export async function readBooks({ ledger, readEdit }: Arena, acked: readonly AckedEdit[]): Promise<Book[]> {
  const batches = new Map<string, { retries: number; map: string }>()
  for (const batch of new Set(acked.flatMap((edit) => edit.batch ?? []))) {
    const map = await ledger.readMap(batch)
    batches.set(batch, { retries: (await ledger.readBatch(batch))?.retries ?? 0, map })
  }
  const idsOf = ({ id, batch = '' }: AckedEdit): string[] => {
    const { row = 0 } = rowOfEditId(id) ?? {}
    const { retries = 0 } = batches.get(batch) ?? {}
    return batch === ''
      ? [id]
      : Array.from({ length: retries + 1 }, (_, i) => editIdOfTake(batch, row, i + 1))
  }
  const ids = acked.map(idsOf)
  const edits = new Map(
    (await ledger.readMany(ids.flat())).flatMap((edit) => (edit ? [[edit.id, edit]] : [])),
  )
  const books: Book[] = []
  for (const [i, edit] of acked.entries()) {
    const byte = batches.get(edit.batch ?? '')?.map[rowOfEditId(edit.id)?.row ?? 0]
    const takes: Edit[] = []
    for (const id of ids[i] ?? []) {
      const take = edits.get(id) ?? (await readEdit(id))
      // one at rest, or canceled there, never was an edit; a row that was not retried has no further take
      if (take !== undefined && take.id === id && take.version > 0) takes.push(take)
    }
    const state =
      byte === restingByte || byte === retryByte ? 'queued' : (takes.at(-1)?.state ?? stateOf(byte))
    books.push({ acked: edit, takes, ...(state !== undefined && { state }) })
  }
  return books
}

const stateOf = (byte: string | undefined): EditState | undefined =>
  States.options.find((state) => mapByte[state] === byte)

/** Where the counts of a batch are not those of its rows. */
export async function miscountsOf({ ledger }: Arena, books: readonly Book[]): Promise<string[]> {
  const rows = Map.groupBy(books, ({ acked }) => acked.batch)
  const found: string[] = []
  for (const [id, own] of rows) {
    if (id === undefined) continue
    const batch = await ledger.readBatch(id)
    if (batch === undefined) continue
    for (const state of States.options) {
      const count = own.filter((each) => each.state === state).length
      if (batch[state] !== count) found.push(`${id} counts ${batch[state]} ${state}, and ${count} rows are`)
    }
    if (batch.resting !== 0) found.push(`${id} counts ${batch.resting} rows that rest`)
    if (batch.total !== own.length) found.push(`${id} counts ${batch.total} rows of ${own.length}`)
    if (batch.completedAt === undefined) found.push(`${id} is not complete`)
  }
  return found
}
