import { faultsOfSpec } from '@restyle/dashscope/accepts'
import { findModel } from '@restyle/dashscope/models'
import type { Batch } from '@restyle/shared/contract/batch'
import { retryByte } from '@restyle/shared/contract/edit-state'
import type { Fault } from '@restyle/shared/contract/fault'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import { readCancelOrder, writeCancelOrder } from '@restyle/shared/receipt/cancel-order'
import { newestRetry, readRetry, type RetryRequest, writeRetry } from '@restyle/shared/rows/retries'
import type { Store } from '@restyle/shared/store/store'

export type RetryTools = {
  ledger: Pick<Ledger, 'failuresOf' | 'lotsOf' | 'readMap' | 'retryBatch' | 'takesWrites'>
  store: Store
  log: Log
}

/** `retried`: so many rows get another edit. `pending`: rows of an earlier retry wait still. `refused`: what was asked does not fit. */
export type Retried =
  | { kind: 'retried'; rows: number }
  | { kind: 'pending' | 'canceled' | 'older' | 'tooOften' }
  | { kind: 'refused'; faults: Fault[] }

/** Each retry makes it longer to find the newest edit of a row. */
const mostRetries = 20

/**
 * Has failed rows of a batch tried once more, each as another edit, however many there are: the bucket hears which, then
 * the ledger, and a worker makes the edits when their turn is near. The same Idempotency-Key is the same retry.
 */
export async function retryBatch(
  batch: Batch,
  { key, ...request }: RetryRequest & { key: string | undefined },
  tools: RetryTools,
): Promise<Retried> {
  const { ledger, store, log } = tools
  const { id, retries } = batch
  const last = key === undefined || retries === 0 ? undefined : await readRetry(store, id, retries)
  if (last !== undefined && last.key === key) return { kind: 'retried', rows: last.rows }
  if (batch.canceledAt !== undefined) return { kind: 'canceled' }
  if (batch.accepted === undefined) return { kind: 'older' }
  if (batch.completedAt === undefined && (await isCanceled(id, store))) return { kind: 'canceled' }
  const faults = await faultsOf(id, request, ledger)
  if (faults.length > 0) return { kind: 'refused', faults }
  const rows = await countRows(batch, request.codes, ledger)
  if (rows === 0) return { kind: 'retried', rows }
  if (retries >= mostRetries) return { kind: 'tooOften' }
  const map = await ledger.readMap(id)
  if (map.includes(retryByte)) return { kind: 'pending' }

  await ledger.takesWrites()
  const order = { v: 1 as const, at: Date.now(), rows, request, map, ...(key === undefined ? {} : { key }) }
  const number = retries + 1
  // another's of this moment, or one that the ledger has forgotten: that one counts
  const isTaken = (await writeRetry(store, id, number, order)) === 'taken'
  const { kind } = await ledger.retryBatch(id, number)
  // the order is there, and must not count more than the cancel
  if (kind === 'canceled') await writeCancelOrder(store, 'batch', id, Date.now(), number)
  if (kind === 'pending' || kind === 'canceled') return { kind }
  const counts = isTaken ? await readRetry(store, id, number) : order
  if (counts === undefined || (isTaken && (key === undefined || counts.key !== key)))
    return { kind: 'pending' }
  log.info({ batch: id, number, rows: counts.rows }, 'failed rows of a batch are retried')
  return { kind: 'retried', rows: counts.rows }
}

/** Whether it was canceled, and the ledger has forgotten that: a retry would count more, being later. */
const isCanceled = async (batch: string, store: Store): Promise<boolean> =>
  (await readCancelOrder(store, 'batch', batch, await newestRetry(store, batch))) !== undefined

async function countRows(
  { id, failed }: Batch,
  codes: readonly string[] | undefined,
  ledger: RetryTools['ledger'],
): Promise<number> {
  if (codes === undefined) return failed
  const failures = await ledger.failuresOf(id)
  return [...new Set(codes)].reduce((sum, code) => sum + Math.max(0, failures.get(code) ?? 0), 0)
}

/** Why a model of the batch would refuse, cut or ignore what is to be different. */
async function faultsOf(
  batch: string,
  { prompt, seed, size }: RetryRequest,
  ledger: RetryTools['ledger'],
): Promise<Fault[]> {
  const names = new Set((await ledger.lotsOf(batch)).map(({ model }) => model))
  const faults = new Map<string, string>()
  for (const name of names) {
    const model = findModel(name)
    if (model === undefined) continue
    const spec = { prompt: prompt ?? 'unchanged', images: 1, n: 1, seed, size }
    for (const { field, message } of faultsOfSpec(model, spec))
      if (['prompt', 'seed', 'size'].includes(field) && !faults.has(field)) faults.set(field, message)
  }
  return [...faults].map(([field, detail]) => ({ path: [field], detail }))
}
