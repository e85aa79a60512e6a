import type { LiveRun, Schedule } from '@restyle/shared/contract/schedule'
import type { ScheduleId } from '@restyle/shared/ledger/schedules'
import { outageOf } from '@restyle/shared/redis/outage'
import { notePlanned, readPlanned, type RunPlanned } from '@restyle/shared/receipt/schedule-receipt'
import { sleep } from '@restyle/shared/sleep'
import { isEmpty, noteFailed, noteRan } from './decide.ts'
import type { ReadCatalog } from './read-catalog.ts'
import { sendRun, type SendTools } from './send-run.ts'
import { type TendTools, update } from './tend.ts'

export type PlanTools = TendTools &
  SendTools & {
    ledger: TendTools['ledger'] & SendTools['ledger']
    /** Reads the catalog of a run and compares it with what was made before. */
    readCatalog: (schedule: Schedule, run: LiveRun, signal: AbortSignal) => Promise<ReadCatalog>
    /** For how long a run is tried that cannot be planned now (ms). */
    patienceMs: number
  }

/**
 * Plans a run that this process has taken: reads the catalog, makes the batch, and notes what came of it. Begun anew at any
 * point by any process it comes to the same. Throws where Redis or the bucket is away: the run is planned again then.
 */
export async function planRun(
  id: ScheduleId,
  run: LiveRun,
  tools: PlanTools,
  stopping: AbortSignal,
): Promise<void> {
  const over = new AbortController()
  const signal = AbortSignal.any([over.signal, stopping])
  const renewing = renew(id, run, tools, over, signal)
  try {
    const planned = (await readPlanned(tools.store, id, run.id)) ?? (await plan(id, run, tools, signal))
    if (planned !== undefined) await note(id, run, planned, tools)
  } finally {
    over.abort()
    await renewing
  }
}

/** Undefined where it is not this process's to plan any more. */
async function plan(
  id: ScheduleId,
  run: LiveRun,
  tools: PlanTools,
  signal: AbortSignal,
): Promise<RunPlanned | undefined> {
  const read = await tools.ledger.schedules.read(id)
  if (read === undefined || signal.aborted) return undefined
  const outcome = await tryPlan(read.schedule, run, tools, signal)
  if (outcome === undefined || signal.aborted) return undefined
  const planned = await notePlanned(tools.store, id, run.id, {
    v: 1,
    at: await tools.ledger.now(),
    ...outcome,
  })
  await tools.failpoint('planned', id.name)
  return planned
}

async function tryPlan(
  schedule: Schedule,
  run: LiveRun,
  tools: PlanTools,
  signal: AbortSignal,
): Promise<Pick<RunPlanned, 'rows' | 'left' | 'failed'> | undefined> {
  try {
    const catalog = await tools.readCatalog(schedule, run, signal)
    if (catalog.kind === 'faulty') return { failed: catalog.detail }
    try {
      await tools.failpoint('catalog-read', schedule.name)
      const { rows, left } = catalog
      const planned = { rows, ...(left === undefined ? {} : { left }) }
      if (isEmpty(rows)) return planned
      const sent = await sendRun(schedule, run, catalog.edits(), tools)
      return sent.kind === 'refused' ? { failed: sent.detail } : planned
    } finally {
      await catalog.close()
    }
  } catch (error) {
    if (signal.aborted) return undefined
    const now = await tools.ledger.now()
    if (now - run.at < tools.patienceMs) throw error
    const why = error instanceof Error ? error.message : String(error)
    return { failed: `it could not be planned for ${Math.round((now - run.at) / 60_000)} minutes: ${why}` }
  }
}

async function note(id: ScheduleId, run: LiveRun, planned: RunPlanned, tools: PlanTools): Promise<void> {
  const { rows, left, failed } = planned
  await update(id, tools, async (schedule, now) => {
    if (!schedule.runs.some((each) => each.id === run.id && each.stage === 'planning')) return undefined
    return rows === undefined
      ? noteFailed(schedule, run.id, failed ?? 'nobody knows why', now)
      : noteRan(schedule, run.id, { rows, left }, now)
  })
  const facts = { producer: id.producer, schedule: id.name, run: run.id }
  if (rows === undefined) tools.log.warn({ ...facts, why: failed }, 'run of a schedule came to nothing')
  else tools.log.info({ ...facts, batch: run.batch, ...rows }, 'schedule ran')
}

/** Says again and again that this process plans; aborts where another does. */
async function renew(
  id: ScheduleId,
  run: LiveRun,
  tools: PlanTools,
  over: AbortController,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(tools.leaseMs / 3, signal)
    if (signal.aborted) return
    try {
      const step = await update(id, tools, async (schedule, now) => {
        const mine = (each: LiveRun): boolean =>
          each.id === run.id && each.stage === 'planning' && each.planner === tools.planner
        if (!schedule.runs.some(mine)) return undefined
        const runs = schedule.runs.map((each) =>
          mine(each) ? { ...each, until: now + tools.leaseMs } : each,
        )
        return { schedule: { ...schedule, runs }, entries: [] }
      })
      if (step === undefined) over.abort()
    } catch (error) {
      // it may be too late by the time that Redis is there again: the same rows are taken once
      if (outageOf(error) === undefined) throw error
    }
  }
}
