import type { NewBatch } from '@restyle/shared/contract/new-edit'
import { distinctLots } from '@restyle/shared/ledger/rests'
import { writeOpening } from '@restyle/shared/receipt/acceptance'
import { cutChunks, type Row } from '@restyle/shared/rows/chunk'
import { writeChunk, writeLots } from '@restyle/shared/rows/write-rows'
import type { IntakeTools } from './tools.ts'

/** Chunks that are written at a time. */
const atOnce = 8

/**
 * Writes into the bucket what is promised of a batch that comes as a whole: its rows, then its opening, which is the
 * promise. Rows without an opening were promised to nobody. `conflict`: other rows, or another batch, are there already.
 */
export async function promiseRows(
  { store, now }: Pick<IntakeTools, 'store' | 'now'>,
  opening: NewBatch,
  rows: readonly Row[],
): Promise<'promised' | 'conflict'> {
  await writeLots(store, opening.id, distinctLots(rows))
  const chunks = cutChunks(rows)
  let conflict = false
  const write = async (): Promise<void> => {
    for (const chunk of chunks) {
      if (conflict) return
      if ((await writeChunk(store, opening.id, chunk)) === 'conflict') conflict = true
    }
  }
  await Promise.all(Array.from({ length: atOnce }, write))
  return conflict ? 'conflict' : writeOpening(store, opening, now())
}
