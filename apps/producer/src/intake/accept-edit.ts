import type { Edit } from '@restyle/shared/contract/edit'
import { RestyleError } from '@restyle/shared/errors'
import { idFromKey, newId } from '@restyle/shared/ids'
import { writeAcceptance } from '@restyle/shared/receipt/acceptance'
import { enqueue } from './enqueue.ts'
import { loadCheckFacts } from './load-check-facts.ts'
import type { Outcome } from './outcome.ts'
import { refuseWhenFull } from './refuse-when-full.ts'
import { faultsOfRows, newEdit, readRows } from './rows.ts'
import type { IntakeTools } from './tools.ts'

/** An edit that a producer asks for; `edit` has not been read yet. */
export type EditIntake = {
  producer: string
  edit: unknown
  idempotencyKey: string | undefined
  traceparent?: string
}

/**
 * Takes one edit: checks it, writes what is promised into the bucket, accepts it in the ledger and wakes its hand. The
 * id follows from the Idempotency-Key, so a repeat after a crash completes what the first began.
 */
export async function acceptEdit(
  tools: IntakeTools,
  { producer, edit: raw, idempotencyKey, ...trace }: EditIntake,
): Promise<Outcome<{ edit: Edit }>> {
  const { ledger, store } = tools
  const rows = await readRows([raw])
  const [row] = rows
  if (row?.kind !== 'fit')
    return { kind: 'refused', faults: (row?.faults ?? []).map((fault) => ({ row: 0, ...fault })) }

  const id = idempotencyKey === undefined ? newId('edit') : idFromKey('edit', producer, idempotencyKey)
  const edit = newEdit(row, { id, producer, batch: '', ...trace })
  const known = idempotencyKey === undefined ? undefined : await ledger.read(id)
  // a repeat is answered as before, even if the same edit would be refused by now
  if (known === undefined) {
    const faults = await faultsOfRows(rows, await loadCheckFacts(tools, producer, rows))
    if (faults.length > 0) return { kind: 'refused', faults }
    await refuseWhenFull(tools, 1)
    if ((await writeAcceptance(store, id, { v: 1, edits: [edit] }, Date.now())) === 'conflict')
      return { kind: 'conflict' }
  }

  const [accepted] = await enqueue(tools, [edit])
  if (accepted === 'conflict') return { kind: 'conflict' }
  const stored = await ledger.read(id)
  if (stored === undefined) throw new RestyleError('EditGone', 'an accepted edit is gone', { edit: id })
  return { kind: accepted === 'known' ? 'replayed' : 'accepted', edit: stored }
}
