import type { Batch } from '@restyle/shared/contract/batch'
import type { EditRequest } from '@restyle/shared/contract/edit-request'
import { RestyleError } from '@restyle/shared/errors'
import { digestOf, idFromKey, newId } from '@restyle/shared/ids'
import type { NewEdit } from '@restyle/shared/ledger/accept'
import { editIdOfRow } from '@restyle/shared/ledger/batches'
import { type Acceptance, writeAcceptance } from '@restyle/shared/receipt/acceptance'
import { z } from 'zod'
import { reusedKey } from '../edit/edit-routes.ts'
import { enqueue } from '../edit/enqueue.ts'
import { lookAround } from '../edit/look-around.ts'
import { faultsOfRows, inBatch, readEdits, type Row } from '../edit/read-edits.ts'
import type { Deps } from '../http/api.ts'
import { Problem, type RequestFault } from '../http/problem.ts'
import { BatchBody } from '../http/schemas.ts'
import { faultsOf, pointerOf } from '../http/validate.ts'

/** The body without its rows' insides: those are read one by one. */
const Envelope = BatchBody.extend({ edits: z.array(z.unknown()).min(1).max(100_000) })

type Intake = { producer: string; body: unknown; idempotencyKey: string | undefined; traceparent?: string }

/**
 * Checks every row, then opens the batch and accepts its rows. The ids follow from the Idempotency-Key, and accepting
 * twice is accepting once: a repeat after a crash completes what the first began.
 */
export async function createBatch(deps: Deps, intake: Intake): Promise<{ batch: Batch; replayed: boolean }> {
  const { producer, idempotencyKey, body, ...trace } = intake
  const { ledger } = deps
  const envelope = Envelope.safeParse(body)
  if (!envelope.success) throw Problem.ofFaults('invalid-request', faultsOf(envelope.error))
  const { name = '', edits: raw } = envelope.data
  const rows = await readEdits(raw, inBatch)
  const id = idempotencyKey === undefined ? newId('batch') : idFromKey('batch', producer, idempotencyKey)

  const fit = rows.filter((row) => row.request !== undefined)
  const bodyHash = digestOf({ name, rows: fit.map((row) => row.bodyHash) })
  const known = idempotencyKey === undefined ? undefined : await ledger.readBatch(id)
  // a repeat is answered as before, even if the same would be refused by now
  if (known === undefined || fit.length < rows.length) {
    const faults = await faultsOfRows(rows, await lookAround(deps, producer, rows), inBatch)
    const all = [...faults, ...sharedKeys(rows)].toSorted((a, b) => (a.row ?? 0) - (b.row ?? 0))
    if (all.length > 0) throw Problem.ofFaults('invalid-request', all)
  }

  const edits = fit.map(({ request, bodyHash: hash }, row): NewEdit => ({
    id: editIdOfRow(id, row),
    producer,
    batch: id,
    row,
    key: keyOfRow(request, row),
    request,
    bodyHash: hash,
    ...trace,
  }))
  const opening = { id, producer, name, total: rows.length, bodyHash }
  const promise: Acceptance = { v: 1, batch: opening, edits }
  if (known === undefined && (await writeAcceptance(deps.store, id, promise, Date.now())) === 'conflict')
    throw reusedKey()
  const opened = await ledger.createBatch(opening)
  if (opened === 'conflict') throw reusedKey()
  const accepted = await enqueue(deps, edits)
  const batch = await ledger.readBatch(id)
  if (batch === undefined || accepted.includes('conflict'))
    throw new RestyleError('BrokenBatch', 'a batch and its rows do not agree', { batch: id })
  return { batch, replayed: opened === 'same' }
}

const keyOfRow = (request: EditRequest, row: number): string => request.key ?? String(row + 1)

/** A key is a part of where the images go: two rows with one key would meet there. */
function sharedKeys(rows: readonly Row[]): RequestFault[] {
  const first = new Map<string, number>()
  return rows.flatMap(({ request }, row) => {
    if (request === undefined) return []
    const key = keyOfRow(request, row)
    const before = first.get(key)
    if (before === undefined) first.set(key, row)
    if (before === undefined) return []
    const detail = `key ${JSON.stringify(key)} is the key of row ${before + 1} already`
    return [{ row: row + 1, pointer: pointerOf(['edits', row, 'key']), detail }]
  })
}
