import type { Batch } from '@restyle/shared/contract/batch'
import type { NewBatch } from '@restyle/shared/contract/new-edit'
import { RestyleError } from '@restyle/shared/errors'
import { digestOf, idFromKey, newId } from '@restyle/shared/ids'
import { editIdOfRow } from '@restyle/shared/ledger/batches'
import { writeAcceptance } from '@restyle/shared/receipt/acceptance'
import { enqueue } from './enqueue.ts'
import { loadCheckFacts } from './load-check-facts.ts'
import type { Outcome } from './outcome.ts'
import { refuseWhenFull } from './refuse-when-full.ts'
import { faultsOfRows, newEdit, readRows, sharedKeys } from './rows.ts'
import type { IntakeTools } from './tools.ts'

/** A batch that a producer asks for; its rows have not been read yet. */
export type BatchIntake = {
  producer: string
  /** Empty for a batch without a name. */
  name: string
  rows: readonly unknown[]
  idempotencyKey: string | undefined
  traceparent?: string
}

/**
 * Takes a batch, all rows or none: checks every row, writes what is promised into the bucket, opens the batch and
 * accepts its rows. The ids follow from the Idempotency-Key, and accepting twice is accepting once: a repeat after a
 * crash completes what the first began.
 */
export async function acceptBatch(
  tools: IntakeTools,
  { producer, name, rows: raw, idempotencyKey, ...trace }: BatchIntake,
): Promise<Outcome<{ batch: Batch }>> {
  const { ledger, store } = tools
  const rows = await readRows(raw)
  const fit = rows.filter((row) => row.kind === 'fit')
  const id = idempotencyKey === undefined ? newId('batch') : idFromKey('batch', producer, idempotencyKey)
  const bodyHash = digestOf({ name, rows: fit.map((row) => row.bodyHash) })
  const opening: NewBatch = { id, producer, name, total: rows.length, bodyHash }

  const known = idempotencyKey === undefined ? undefined : await ledger.readBatch(id)
  // a repeat is answered as before, even if the same batch would be refused by now
  if (known === undefined || fit.length < rows.length) {
    const ofRows = await faultsOfRows(rows, await loadCheckFacts(tools, producer, rows))
    const faults = [...ofRows, ...sharedKeys(fit)].toSorted((a, b) => a.row - b.row)
    if (faults.length > 0) return { kind: 'refused', faults }
    await refuseWhenFull(tools, rows.length)
  }

  const edits = fit.map((row) =>
    newEdit(row, { id: editIdOfRow(id, row.row), producer, batch: id, ...trace }),
  )
  const promise = { v: 1 as const, batch: opening, edits }
  if (known === undefined && (await writeAcceptance(store, id, promise, Date.now())) === 'conflict')
    return { kind: 'conflict' }
  const opened = await ledger.createBatch(opening)
  if (opened === 'conflict') return { kind: 'conflict' }
  const accepted = await enqueue(tools, edits)
  const batch = await ledger.readBatch(id)
  if (batch === undefined || accepted.includes('conflict'))
    throw new RestyleError('BrokenBatch', 'a batch and its rows do not agree', { batch: id })
  return { kind: opened === 'known' ? 'replayed' : 'accepted', batch }
}
