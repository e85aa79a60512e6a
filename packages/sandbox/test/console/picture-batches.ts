import { mapByte, restingByte } from '@restyle/shared/contract/edit-state'

/*
 * Batches that the pictures show without edits: what the ledger counts of them, so that every page tells the same.
 */

/** `failures`: how many rows failed with each code, in the order of the batch's codes. `budget` in CNY. */
export type SeededBatch = {
  name: string
  total: number
  budget: number
  counts: {
    succeeded: number
    failed: number
    canceled?: number
    rendered?: number
    approved?: number
    rejected?: number
  }
  failures: Readonly<Record<string, number>>
}

export const endedBatches: readonly SeededBatch[] = [
  {
    name: 'Outdoor furniture, winter',
    total: 1_900,
    budget: 400,
    counts: { succeeded: 1_900, failed: 0 },
    failures: {},
  },
  {
    name: 'Kitchen, first try',
    total: 860,
    budget: 200,
    counts: { succeeded: 512, failed: 4, canceled: 344 },
    failures: { DataInspectionFailed: 3, 'InternalError.Algo': 1 },
  },
]

/** Rows of a large catalog, of those that have ended, and which of these failed. */
const [largeRows, ended] = [60_000, 41_200]
const failedOf = (row: number): boolean => row % 97 === 13 || (row > 18_000 && row < 18_060)

/** A batch as large as one becomes, under way: its counts and its planes, a byte for each row. */
export function largeBatch() {
  const [state, verdicts] = [Buffer.alloc(largeRows, restingByte), Buffer.alloc(largeRows, '.')]
  const codes = Buffer.alloc(largeRows)
  const counts = { succeeded: 0, failed: 0, rendered: 0, approved: 0, rejected: 0 }
  const failures = { DataInspectionFailed: 0, InvalidImageSize: 0 }
  for (let row = 0; row < ended; row += 1) {
    const to = failedOf(row) ? 'failed' : row > ended - 40 && row % 3 === 0 ? 'rendered' : 'succeeded'
    state.write(mapByte[to], row)
    counts[to] += 1
    if (to === 'failed') {
      const code = row % 5 === 0 ? 'InvalidImageSize' : 'DataInspectionFailed'
      failures[code] += 1
      codes[row] = Object.keys(failures).indexOf(code) + 1
    }
    if (to !== 'succeeded' || row > 24_000) continue
    const verdict = row % 31 === 4 ? 'rejected' : 'approved'
    verdicts.write(verdict === 'approved' ? 'a' : 'r', row)
    counts[verdict] += 1
  }
  const large = { name: 'All lamps, by the window', total: largeRows, budget: 12_000, counts, failures }
  return { ...large, ended, planes: { state, verdicts, codes } }
}
