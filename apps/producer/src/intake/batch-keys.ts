import { RestyleError } from '@restyle/shared/errors'
import { type KeyIndex, openKeyIndex } from '@restyle/shared/key-index'
import { rowsKey } from '@restyle/shared/object-key'
import { unpackChunk } from '@restyle/shared/rows/chunk'
import type { Store } from '@restyle/shared/store/store'

/** Tells which row before those that are checked has a key. */
export type FindKey = (key: string) => number | undefined

/** What the keys of open batches may take: those of a million rows take 25 MB. */
const usualBytes = 64 * 1024 * 1024

/** What is known of a batch's keys: those of its first `through` rows. */
type Known = { index: KeyIndex; through: number; reading: Promise<void> }

/**
 * The keys of open batches: a key names the folder of the images, so no two rows of a batch have the same, whichever chunks they
 * come in. The bucket knows them; what was read of it is kept, in a bounded memory, for the chunks that follow. Two processes
 * may take turns with the chunks of a batch: each reads what the other has taken.
 */
export function openBatchKeys(store: Pick<Store, 'get'>, keptBytes: number = usualBytes) {
  const batches = new Map<string, Known>()

  function knownOf(batch: string): Known {
    const known = batches.get(batch) ?? { index: openKeyIndex(), through: 0, reading: Promise.resolve() }
    // a Map keeps the order of insertion: deleted and set again, it is the newest
    batches.delete(batch)
    batches.set(batch, known)
    let bytes = [...batches.values()].reduce((sum, { index }) => sum + index.bytes, 0)
    for (const [oldest, { index }] of batches) {
      if (bytes <= keptBytes || oldest === batch) break
      batches.delete(oldest)
      bytes -= index.bytes
    }
    return known
  }

  /** Reads the chunks of rows that were taken since, up to row `to`. */
  async function readOn(batch: string, known: Known, to: number): Promise<void> {
    while (known.through < to) {
      const bytes = await store.get(rowsKey(batch, known.through))
      if (bytes === undefined)
        throw new RestyleError('RowsGone', 'rows that were taken are not in the bucket', {
          batch,
          row: known.through,
        })
      const { rows } = await unpackChunk(bytes, known.through)
      for (const { key, row } of rows) known.index.claim(key, row)
      known.through += rows.length
    }
  }

  return {
    /** The keys of the rows before `first`, all of which the batch has taken. */
    before: async (batch: string, first: number): Promise<FindKey> => {
      const known = knownOf(batch)
      // one reads for all who ask at a time
      known.reading = known.reading.catch(() => undefined).then(() => readOn(batch, known, first))
      await known.reading
      return (key) => {
        const row = known.index.find(key)
        return row !== undefined && row < first ? row : undefined
      }
    },

    /** Notes the keys of rows that the batch has just taken, so that they need not be read. */
    add: (batch: string, rows: readonly { key: string; row: number }[]): void => {
      const known = batches.get(batch)
      if (known === undefined || known.through !== rows[0]?.row) return
      for (const { key, row } of rows) known.index.claim(key, row)
      known.through += rows.length
    },

    /** The batch takes no more rows. */
    forget: (batch: string): void => {
      batches.delete(batch)
    },
  }
}
export type BatchKeys = ReturnType<typeof openBatchKeys>
