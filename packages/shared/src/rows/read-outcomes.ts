import { type Batch, wasJudged } from '../contract/batch.ts'
import { type ResultView, resultOf } from '../contract/result.ts'
import { viewOfVerdict } from '../contract/verdict.ts'
import { RestyleError } from '../errors.ts'
import { editIdOfRow } from '../ledger/batches.ts'
import type { Edit } from '../contract/edit.ts'
import type { Row } from './chunk.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { nearRuns } from '../ledger/verdicts.ts'
import { readEdit, readEdits, type ReadTools } from './read-edits.ts'

/**
 * What became of a row. `unreadable`: its record cannot be read, or is gone; `key` where its chunk tells it. Rows are counted
 * from 0.
 */
export type RowOutcome =
  | { kind: 'result'; row: number; result: ResultView }
  | { kind: 'unreadable'; row: number; id: string; key: string | undefined; why: string }

/** Why a row has no record: it was forgotten, as is all that ended long ago. */
export const forgotten = 'it is not known any more'

/** Every row from `from` on before `to` once, in their order. Throws what the store throws. */
export async function readOutcomes(
  batch: Batch,
  from: number,
  to: number,
  tools: ReadTools,
): Promise<RowOutcome[]> {
  const records = await readEdits(batch, from, to, tools)
  const rows = await storedRows(batch.id, from, to, tools)
  return records.map((record, i): RowOutcome => {
    const row = from + i
    const stored = rows.get(row)
    if (record.kind === 'edit') return { kind: 'result', row, result: resultOf(record.edit, stored?.columns) }
    const why = record.kind === 'unreadable' ? record.why : forgotten
    return { kind: 'unreadable', row, id: editIdOfRow(batch.id, row), key: stored?.key, why }
  })
}

/**
 * The same with what persons think of the rows, which may change at any time. A row whose redo was approved is that redo.
 * Throws what the store throws.
 */
export async function withVerdicts(
  batch: Batch,
  outcomes: readonly RowOutcome[],
  tools: ReadTools & { ledger: Pick<Ledger, 'verdictsOfRows'> },
): Promise<RowOutcome[]> {
  if (!wasJudged(batch)) return [...outcomes]
  const verdicts = await tools.ledger.verdictsOfRows(
    batch.id,
    outcomes.map(({ row }) => row),
  )
  return Promise.all(
    outcomes.map(async (outcome) => {
      const verdict = verdicts.get(outcome.row)
      if (outcome.kind !== 'result' || verdict === undefined) return outcome
      const { redo: id, verdict: said } = verdict
      const redo = id === undefined || said !== 'approved' ? undefined : await readEdit(id, tools)
      const result = redo === undefined ? outcome.result : inItsPlace(redo, outcome.result)
      return { ...outcome, result: { ...result, verdict: viewOfVerdict(verdict) } }
    }),
  )
}

/** What a row came to by its redo. */
const inItsPlace = (redo: Edit, { batch, row, columns }: ResultView): ResultView => ({
  ...resultOf(redo, columns),
  ...(batch === undefined ? {} : { batch }),
  ...(row === undefined ? {} : { row }),
})

/** These rows, in their order; those between them are left out. Throws what the store throws. */
export async function readOutcomesOf(
  batch: Batch,
  rows: readonly number[],
  tools: ReadTools,
): Promise<RowOutcome[]> {
  const wanted = new Set(rows)
  const outcomes: RowOutcome[] = []
  for (const { from, to } of nearRuns(rows)) outcomes.push(...(await readOutcomes(batch, from, to, tools)))
  return outcomes.filter(({ row }) => wanted.has(row))
}

/** The rows as their chunks keep them, as far as the bucket has them and they can be read. */
async function storedRows(
  batch: string,
  from: number,
  to: number,
  { rows: reader }: ReadTools,
): Promise<ReadonlyMap<number, Row>> {
  const found = new Map<number, Row>()
  try {
    for (let row = from; row < to;) {
      const chunk = await reader.chunkAt(batch, row)
      if (chunk === undefined) break
      const { first, rows } = chunk
      for (const each of rows.slice(row - first, to - first)) found.set(each.row, each)
      row = first + rows.length
    }
  } catch (error) {
    // the edits themselves may be in the ledger, without their columns
    if (!(error instanceof RestyleError) || error.code !== 'DamagedRows') throw error
  }
  return found
}
