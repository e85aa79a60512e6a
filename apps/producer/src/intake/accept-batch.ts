import type { Batch } from '@restyle/shared/contract/batch'
import type { NewBatch } from '@restyle/shared/contract/new-edit'
import { RestyleError } from '@restyle/shared/errors'
import { digestOf, idFromKey, newId } from '@restyle/shared/ids'
import { editIdOfRow } from '@restyle/shared/ledger/batches'
import { writeAcceptance } from '@restyle/shared/receipt/acceptance'
import { enqueue } from './enqueue.ts'
import { checkRows } from './check-rows.ts'
import type { Outcome, RowFault } from './outcome.ts'
import { refuseWhenFull } from './refuse-when-full.ts'
import { newEdits, readRows } from './rows.ts'
import type { IntakeTools } from './tools.ts'

/** A batch that a producer asks for; its rows have not been read yet. */
export type BatchIntake = {
  producer: string
  /** Empty for a batch without a name. */
  name: string
  rows: Iterable<unknown>
  idempotencyKey: string | undefined
  traceparent?: string
  /** Called with the id before anything is written that may lead to edits, even if a later step fails. Throws to prevent it. */
  onPromise?: (id: string) => void
}

/**
 * Takes a batch, all rows or none: checks every row, looks whether the ledger takes anything now, writes what is promised
 * into the bucket, opens the batch and accepts its rows. From the promise on all rows come, even if the caller hears of a
 * failure. The ids follow from the Idempotency-Key, and accepting twice is accepting once: a repeat after a crash completes
 * what the first began.
 */
export async function acceptBatch(
  tools: IntakeTools,
  { producer, name, rows: raw, idempotencyKey, onPromise = () => {}, ...trace }: BatchIntake,
): Promise<Outcome<{ batch: Batch }>> {
  const { ledger, store } = tools
  const read = await readRows(raw)
  const id = idempotencyKey === undefined ? newId('batch') : idFromKey('batch', producer, idempotencyKey)
  const known = idempotencyKey === undefined ? undefined : await ledger.readBatch(id)
  let warnings: RowFault[] = []
  // a repeat gets the first answer again, even if the batch would be refused now
  if (known === undefined || read.misshapen.total > 0) {
    const checked = await checkRows(tools, producer, read)
    if (checked.kind !== 'fine') return checked
    warnings = checked.warnings
    await refuseWhenFull(tools, read.total)
  }

  const bodyHash = digestOf({ name, rows: read.fit.map((row) => row.bodyHash) })
  const opening: NewBatch = { id, producer, name, total: read.total, bodyHash }
  const edits = await newEdits(read.fit, (row) => ({
    id: editIdOfRow(id, row),
    producer,
    batch: id,
    ...trace,
  }))
  if (known === undefined) await ledger.takesWrites()
  onPromise(id)
  const promise = { v: 1 as const, batch: opening, edits }
  if (known === undefined && (await writeAcceptance(store, id, promise, tools.now())) === 'conflict')
    return { kind: 'conflict', id }
  const opened = await ledger.openBatch(opening)
  if (opened === 'conflict') return { kind: 'conflict', id }
  const accepted = await enqueue(tools.ledger, edits)
  const batch = await ledger.readBatch(id)
  if (batch === undefined || accepted.includes('conflict'))
    throw new RestyleError('BrokenBatch', 'a batch and its rows do not agree', { batch: id })
  return opened === 'known' ? { kind: 'replayed', batch } : { kind: 'accepted', batch, warnings }
}
