import { type Batch, rowsOfBatch } from '@restyle/shared/contract/batch'
import { openColumnNames } from '@restyle/results/column-names'
import { type ResultRow, unreadableRow } from '@restyle/results/result-row'
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
    for (const outcome of await readOutcomes(batch, from, Math.min(from + atOnce, total), tools)) {
      if (outcome.kind === 'result') yield outcome.result
      else {
        const { id, row, key, why } = outcome
        yield unreadableRow({ id, row, why, ...(key === undefined ? {} : { key }) })
      }
    }
  }
}

/** The names of the catalog's own columns: every part of a table has the same. */
export async function columnNames(
  batch: Batch,
  { rows }: Pick<ReadTools, 'rows'>,
  beat: () => void,
): Promise<readonly string[]> {
  const names = openColumnNames()
  const total = rowsOfBatch(batch)
  for (let row = 0; row < total;) {
    beat()
    const chunk = await rows.chunkAt(batch.id, row)
    if (chunk === undefined) break
    for (const { columns } of chunk.rows) names.add(columns)
    row = chunk.first + chunk.rows.length
  }
  return names.names()
}
