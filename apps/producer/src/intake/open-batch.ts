import type { Batch } from '@restyle/shared/contract/batch'
import type { NewBatch } from '@restyle/shared/contract/new-edit'
import type { Window } from '@restyle/shared/contract/window'
import type { Budget } from '@restyle/shared/contract/money'
import type { Priority } from '@restyle/shared/contract/priority'
import { RestyleError } from '@restyle/shared/errors'
import { digestOf, idFromKey } from '@restyle/shared/ids'
import { writeOpening } from '@restyle/shared/receipt/acceptance'
import type { Outcome, Refused } from './outcome.ts'
import { refuseWhenFull } from './refuse-when-full.ts'
import type { IntakeTools } from './tools.ts'

/** A batch whose rows come in chunks. */
export type OpeningIntake = {
  producer: string
  /** Empty for a batch without a name. */
  name: string
  priority?: Priority
  window?: Window
  schedule?: NewBatch['schedule']
  budget?: Budget
  catalog?: string
  /** By when it should be done (epoch ms). */
  finishBy?: number
  /** Work begins when it is closed. */
  held: boolean
  rowsDigest?: string | undefined
  idempotencyKey: string
  /** Called with the id before anything is written. Throws to prevent it. */
  onPromise?: (id: string) => void
}

type Opened = Exclude<Outcome<{ batch: Batch }>, Refused | { kind: 'unfinished' }>

/** Opens a batch without rows. Its id follows from the Idempotency-Key: a repeat finds it as it is by then. */
export async function openBatch(
  tools: IntakeTools,
  {
    producer,
    name,
    priority,
    window,
    schedule,
    catalog,
    finishBy,
    budget,
    held,
    rowsDigest,
    idempotencyKey,
    onPromise = () => {},
  }: OpeningIntake,
): Promise<Opened> {
  const { ledger, store } = tools
  const id = idFromKey('batch', producer, idempotencyKey)
  const limit = budget === undefined ? {} : { budget }
  const opening: NewBatch = {
    id,
    producer,
    name,
    ...(priority === undefined ? {} : { priority }),
    ...(window === undefined ? {} : { window }),
    ...(schedule === undefined ? {} : { schedule }),
    ...limit,
    ...(catalog === undefined ? {} : { catalog }),
    ...(finishBy === undefined ? {} : { finishBy }),
    ...(rowsDigest === undefined ? {} : { rowsDigest }),
    ...(held ? { held: true as const } : {}),
    bodyHash: digestOf({ name, priority, catalog, window, finishBy, ...limit, open: true, held, rowsDigest }),
    createdAt: await ledger.now(),
  }
  const known = await ledger.readBatch(id)
  if (known === undefined) {
    await refuseWhenFull(tools, 1)
    await ledger.takesWrites()
    onPromise(id)
    if ((await writeOpening(store, opening, tools.now())) === 'conflict') return { kind: 'conflict', id }
  }
  const opened = await ledger.openBatch(opening)
  if (opened === 'conflict') return { kind: 'conflict', id }
  const batch = await ledger.readBatch(id)
  if (batch === undefined)
    throw new RestyleError('BrokenBatch', 'a batch that was opened is gone', { batch: id })
  return opened === 'known' ? { kind: 'replayed', batch } : { kind: 'accepted', batch, warnings: [] }
}
