import { Buffer } from 'node:buffer'
import { type Batch, rowsOfBatch } from '@restyle/shared/contract/batch'
import { limits } from '@restyle/shared/contract/limits'
import type { LiveRun, Schedule } from '@restyle/shared/contract/schedule'
import { isoOfTick } from '@restyle/shared/contract/schedule-event'
import { RestyleError } from '@restyle/shared/errors'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { writeCancelOrder } from '@restyle/shared/receipt/cancel-order'
import { nextClock } from '@restyle/shared/zone/wall-clock'
import { type Appended, appendRows } from '../intake/append-rows.ts'
import { closeBatch } from '../intake/close-batch.ts'
import { openBatch } from '../intake/open-batch.ts'
import type { IntakeTools } from '../intake/tools.ts'
import { keyOfRun } from './decide.ts'
import type { OnScheduleFailpoint } from './failpoints.ts'
import { moreFaults } from './more-faults.ts'

/** What a run's batch is made with. */
export type SendTools = {
  intake: IntakeTools
  ledger: Pick<Ledger, 'cancelBatch' | 'now' | 'readBatch'>
  failpoint: OnScheduleFailpoint
}

/** `refused`: why the rows cannot be taken; then none of them goes. */
export type Sent = { kind: 'sent'; batch: Batch } | { kind: 'refused'; detail: string }

/** A chunk ends at this, well below what the intake takes. */
const chunkBytes = 4 * 1024 * 1024

/**
 * Makes the batch of a run: opens it, sends its rows, closes it, upon which they go. Its id follows from the schedule and the
 * tick: whoever goes on where another was cut off, with the rows that the batch does not have, ends with the same batch. Rows that
 * cannot be taken end it without any of them.
 */
export async function sendRun(
  schedule: Schedule,
  run: LiveRun,
  rows: AsyncIterable<object>,
  tools: SendTools,
): Promise<Sent> {
  const { producer, name } = schedule
  const batch = await openRun(schedule, run, tools)
  if (batch.total !== undefined) return { kind: 'sent', batch }
  // what was sent before is left out of `rows`
  let first = rowsOfBatch(batch)
  for await (const chunk of chunksOf(rows)) {
    const appended = await appendRows(tools.intake, {
      producer,
      batch: batch.id,
      first,
      rows: chunk.map((value) => ({ kind: 'value' as const, value })),
      skips: false,
    })
    if (appended.kind !== 'taken') return giveUp(batch, whyNot(appended), tools)
    first += chunk.length
    await tools.failpoint('rows-sent', name)
  }
  const closed = await closeBatch(tools.intake, { producer, batch: batch.id, total: first })
  if (closed.kind !== 'closed') return giveUp(batch, 'the catalog has changed since it was first read', tools)
  await tools.failpoint('batch-closed', name)
  return { kind: 'sent', batch: closed.batch }
}

async function openRun(schedule: Schedule, run: LiveRun, { intake, ledger }: SendTools): Promise<Batch> {
  const { producer, name, spec } = schedule
  const opened = await openBatch(intake, {
    producer,
    name: `${name} ${isoOfTick(run.tick)}`,
    held: true,
    catalog: name,
    ...(spec.priority === undefined ? {} : { priority: spec.priority }),
    ...(spec.window === undefined ? {} : { window: spec.window }),
    ...(spec.budget === undefined ? {} : { budget: spec.budget }),
    ...(spec.finishBy === undefined ? {} : { finishBy: nextClock(spec.timeZone, spec.finishBy, run.tick) }),
    schedule: { name, tick: isoOfTick(run.tick) },
    idempotencyKey: keyOfRun(name, run.id),
  })
  // opened before the schedule was changed: it goes on as it was
  const batch = opened.kind === 'conflict' ? await ledger.readBatch(opened.id) : opened.batch
  if (batch === undefined)
    throw new RestyleError('BrokenBatch', 'the batch of a run is gone', { batch: run.batch })
  return batch
}

/** Ends a batch of which nothing goes. */
async function giveUp(batch: Batch, detail: string, { intake, ledger }: SendTools): Promise<Sent> {
  await writeCancelOrder(intake.store, 'batch', batch.id, await ledger.now())
  await ledger.cancelBatch(batch.id)
  return { kind: 'refused', detail }
}

function whyNot(appended: Exclude<Appended, { kind: 'taken' }>): string {
  switch (appended.kind) {
    case 'refused': {
      const [fault] = appended.faults.first
      const more = moreFaults(appended.faults.total)
      return fault === undefined ? 'rows have faults' : `row ${fault.row + 1}: ${fault.detail}${more}`
    }
    case 'unfinished':
      return 'it names too many uploaded pictures at once'
    case 'too-many':
      return `it has more than ${limits.streamedRows} rows`
    case 'over':
      return `its batch was ${appended.why} meanwhile`
    case 'conflict':
    case 'gap':
    case 'unknown':
      return 'the catalog has changed since it was first read'
  }
}

async function* chunksOf(rows: AsyncIterable<object>): AsyncGenerator<object[]> {
  let [chunk, bytes]: [object[], number] = [[], 0]
  for await (const row of rows) {
    const size = Buffer.byteLength(JSON.stringify(row))
    if (chunk.length > 0 && (chunk.length === limits.chunkRows || bytes + size > chunkBytes)) {
      yield chunk
      chunk = []
      bytes = 0
    }
    chunk.push(row)
    bytes += size
  }
  if (chunk.length > 0) yield chunk
}
