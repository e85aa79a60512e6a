import { type Batch } from '@restyle/shared/contract/batch'
import type { Verdict } from '@restyle/shared/contract/planes'
import type { Operation } from '@restyle/shared/contract/verdict'
import { carryOperation } from '@restyle/shared/carry-operation'
import { digestOf, idFromKey, newId } from '@restyle/shared/ids'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { OperationOpened } from '@restyle/shared/ledger/operations'
import type { Log } from '@restyle/shared/log'
import { reusedKey } from '../http/intake-headers.ts'
import { noSuchBatch } from '../http/own.ts'
import { Problem } from '../http/problem.ts'
import { meantRows, type Range, rangesIn, type Where } from './meant-rows.ts'

export type OrderTools = {
  ledger: Pick<
    Ledger,
    'readPlanes' | 'openOperation' | 'carryOperation' | 'readOperation' | 'abortOperation' | 'undoOperation'
  >
  log: Log
}

/** What is asked for; rows as text, counted from 1. `by`: the id of the API key. */
export type Order = {
  verdict: Verdict | undefined
  rows?: string | undefined
  where?: Where | undefined
  except?: string | undefined
  mapVersion?: number | undefined
}

/** For so long an answer waits for the rows; a duty of the workers goes on with those that are left. */
const carryMs = 300

/**
 * Takes the order to judge many rows: which ones is decided now, by the bytes of the batch, however they change later. The same
 * Idempotency-Key is the same operation. Throws a `Problem`.
 */
export async function orderVerdicts(
  batch: Batch,
  order: Order,
  { by, key }: { by: string; key: string | undefined },
  tools: OrderTools,
): Promise<Operation> {
  const { ledger, log } = tools
  const { producer } = batch
  const id = key === undefined ? newId('operation') : idFromKey('operation', producer, key)
  const bodyHash = digestOf({ batch: batch.id, ...order })
  const planes = await ledger.readPlanes(batch)
  const known = key === undefined ? undefined : await ledger.readOperation(id)
  if (known === undefined && order.mapVersion !== undefined && order.mapVersion !== planes.version)
    throw new Problem(
      'precondition-failed',
      `The map of the batch has the version ${planes.version}. Nothing was judged: look at it again, and decide anew.`,
    )
  const { rows, matched, skipped } = meantRows(planes, {
    verdict: order.verdict,
    ...(order.where === undefined ? {} : { where: order.where }),
    ...partsOf(order),
    codes: batch.codes ?? [],
  })
  const opened = await ledger.openOperation(
    {
      id,
      producer,
      batch: batch.id,
      by,
      bodyHash,
      matched,
      skipped,
      ...(order.verdict === undefined ? {} : { verdict: order.verdict }),
    },
    rows,
  )
  if (opened !== 'opened' && opened !== 'known') throw refusalOf(opened, id)
  if (opened === 'opened')
    log.info({ batch: batch.id, operation: id, verdict: order.verdict, rows: matched }, 'rows are judged')
  return carried(id, tools)
}

function refusalOf(opened: Exclude<OperationOpened, 'opened' | 'known'>, id: string): Problem {
  switch (opened) {
    case 'none':
      return noSuchBatch()
    case 'conflict':
      return reusedKey(id)
    case 'busy':
      return new Problem('too-many-operations', 'Ten operations go on. Order the next when one has ended.')
    case 'full':
      return new Problem('not-judged', 'This batch had 65,535 operations, and takes no more of them.')
  }
}

/** The rows that are named, as ranges. Throws a `Problem`. */
function partsOf({ rows, except }: Order): { named?: Range[]; except?: Range[] } {
  const parse = (name: 'rows' | 'except', text: string): Range[] => {
    const ranges = rangesIn(text)
    if (typeof ranges !== 'string') return ranges
    throw Problem.ofFaults('invalid-request', [{ pointer: `/${name}`, detail: ranges }])
  }
  return {
    ...(rows === undefined ? {} : { named: parse('rows', rows) }),
    ...(except === undefined ? {} : { except: parse('except', except) }),
  }
}

/** Goes on with an operation for a moment, and tells how it stands. Throws a `Problem`. */
export async function carried(id: string, { ledger }: Pick<OrderTools, 'ledger'>): Promise<Operation> {
  await carryOperation(id, ledger, AbortSignal.timeout(carryMs))
  const operation = await ledger.readOperation(id)
  if (operation === undefined) throw noSuchOperation()
  return operation
}

export const noSuchOperation = (): Problem => new Problem('not-found', 'There is no such operation.')
