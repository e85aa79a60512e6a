import { type Batch, rowsOfBatch } from '@restyle/shared/contract/batch'
import { namesOfRows } from '@restyle/results/column-names'
import { type ResultRow, rowOfOutcome } from '@restyle/results/result-row'
import { readOutcomes } from '@restyle/shared/rows/read-outcomes'
import type { ReadTools } from '@restyle/shared/rows/read-edits'

/** Rows that are read at a time. */
const atOnce = 500

/** Every row of a batch once, in their order. */
export async function* rowsOfFiles(
  batch: Batch,
  tools: ReadTools,
  beat: () => void,
): AsyncGenerator<ResultRow> {
  const total = rowsOfBatch(batch)
  for (let from = 0; from < total; from += atOnce) {
    beat()
    for (const outcome of await readOutcomes(batch, from, Math.min(from + atOnce, total), tools))
      yield rowOfOutcome(outcome)
  }
}

/** The names of the catalog's own columns. */
export const columnNames = (
  batch: Batch,
  { rows }: Pick<ReadTools, 'rows'>,
  beat: () => void,
): Promise<readonly string[]> =>
  namesOfRows(rowsOfBatch(batch), async (row) => {
    beat()
    return rows.chunkAt(batch.id, row)
  })
