import { type Batch, rowsOfBatch } from '@restyle/shared/contract/batch'
import type { NewBatch } from '@restyle/shared/contract/new-edit'
import type { Window } from '@restyle/shared/contract/window'
import type { Budget } from '@restyle/shared/contract/money'
import type { Priority } from '@restyle/shared/contract/priority'
import { RestyleError } from '@restyle/shared/errors'
import { digestOf, idFromKey, newId } from '@restyle/shared/ids'
import { marks } from '@restyle/shared/ledger/facts'
import { distinctLots } from '@restyle/shared/ledger/rests'
import type { Row } from '@restyle/shared/rows/chunk'
import { type BodyPictures, withPictures } from './body-pictures.ts'
import { checkRows } from './check-rows.ts'
import type { Outcome, RowFault } from './outcome.ts'
import { promiseRows } from './promise-rows.ts'
import { refuseTooMany } from './refuse-too-many.ts'
import { refuseWhenFull } from './refuse-when-full.ts'
import { readRows, rowsToStore } from './rows.ts'
import type { IntakeTools } from './tools.ts'

/** A batch that a producer asks for; its rows have not been read yet. */
export type BatchIntake = {
  producer: string
  /** Empty for a batch without a name. */
  name: string
  priority?: Priority
  window?: Window
  budget?: Budget
  catalog?: string
  /** By when it should be done (epoch ms). */
  finishBy?: number
  rows: Iterable<unknown>
  /** Those that came in its body. */
  pictures?: BodyPictures
  idempotencyKey: string | undefined
  traceparent?: string
  /** Called with the id before anything is written that may lead to edits, even if a later step fails. Throws to prevent it. */
  onPromise?: (id: string) => void
}

/**
 * Takes a batch, all rows or none: checks every row, looks whether the ledger takes anything now, writes what is promised
 * into the bucket, opens the batch and takes its rows, which rest from then on. From the promise on all rows come, even if
 * the caller hears of a failure. The ids follow from the Idempotency-Key, and accepting twice is accepting once: a repeat
 * after a crash completes what the first began.
 */
export async function acceptBatch(
  tools: IntakeTools,
  {
    producer,
    name,
    priority,
    window,
    catalog,
    finishBy,
    budget,
    rows: raw,
    pictures,
    idempotencyKey,
    onPromise = () => {},
    ...trace
  }: BatchIntake,
): Promise<Outcome<{ batch: Batch }>> {
  const { ledger, sources } = tools
  await pictures?.check()
  const read = await readRows(raw, pictures)
  const id = idempotencyKey === undefined ? newId('batch') : idFromKey('batch', producer, idempotencyKey)
  const known = idempotencyKey === undefined ? undefined : await ledger.readBatch(id)
  let warnings: RowFault[] = []
  // a repeat gets the first answer again, even if the batch would be refused now
  if (known === undefined || read.misshapen.total > 0) {
    const checked = await checkRows(withPictures(tools, pictures), producer, read, budget)
    if (checked.kind !== 'fine') return checked
    warnings = checked.warnings
    if (known === undefined) await refuseTooMany(tools, producer, read.total)
    // no more than a window of each lot becomes edits before others end
    await refuseWhenFull(tools, Math.min(read.total, marks.highMark))
  }

  const more = {
    ...(priority === undefined ? {} : { priority }),
    ...(window === undefined ? {} : { window }),
    ...(budget === undefined ? {} : { budget }),
    ...(catalog === undefined ? {} : { catalog }),
    ...(finishBy === undefined ? {} : { finishBy }),
  }
  const bodyHash = digestOf({ name, ...more, rows: read.fit.map((row) => row.bodyHash) })
  const opening: NewBatch = {
    id,
    producer,
    name,
    ...more,
    total: read.total,
    bodyHash,
    createdAt: await ledger.now(),
  }
  const rows = await rowsToStore(read.fit, trace)
  if (known !== undefined && known.bodyHash !== bodyHash) return { kind: 'conflict', id }
  if (known === undefined) {
    await ledger.takesWrites()
    await pictures?.store(producer, rows, sources)
  }
  onPromise(id)
  // one that has taken rows was promised as a whole
  if (known?.accepted === undefined && (await promiseRows(tools, opening, rows)) === 'conflict')
    return { kind: 'conflict', id }
  const opened = await ledger.openBatch(opening)
  if (opened === 'conflict') return { kind: 'conflict', id }
  const batch = await takeRows(tools, id, rows)
  return opened === 'known' ? { kind: 'replayed', batch } : { kind: 'accepted', batch, warnings }
}

/** Has the ledger take the rows that it does not have yet. */
async function takeRows({ ledger }: IntakeTools, id: string, rows: readonly Row[]): Promise<Batch> {
  const opened = await ledger.readBatch(id)
  if (opened === undefined) throw broken(id)
  const first = opened.accepted ?? 0
  const rest = rows.slice(first)
  if (rest.length === 0) return opened
  const lots = distinctLots(rest)
  const appended = await ledger.appendRows({ batch: id, first, count: rest.length, lots })
  // gone, or taken by another who asks for the same at this moment
  if (appended.kind === 'gap' || appended.kind === 'closed' || appended.kind === 'none') throw broken(id)
  const batch = await ledger.readBatch(id)
  if (batch === undefined || rowsOfBatch(batch) < rows.length) throw broken(id)
  return batch
}

const broken = (batch: string): RestyleError =>
  new RestyleError('BrokenBatch', 'a batch and its rows do not agree', { batch })
