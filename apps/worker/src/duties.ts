import { randomUUID } from 'node:crypto'
import { models } from '@restyle/dashscope/models'
import type { Edit } from '@restyle/shared/contract/edit'
import { carryOperation } from '@restyle/shared/carry-operation'
import { keepWindows } from '@restyle/shared/keep-windows'
import { keptEditSeconds } from '@restyle/shared/ledger/facts'
import { settleBatch } from '@restyle/shared/settle-batch'
import type { Spill } from './copy/spill.ts'
import { tidySpill } from './copy/spill.ts'
import type { Duty } from './duty.ts'
import type { Pulse } from './hand/pulse.ts'
import type { HandContext } from './hand/step.ts'
import type { Measuring } from './lane/measuring.ts'
import type { Lane } from './lane/lane.ts'
import { backlogWatch } from './lane/watch-backlogs.ts'
import { finishWatch } from './watch-finish.ts'
import { sweepOnce, type SweepPace, turnMs } from './sweep.ts'

/** Events are kept this long, and longer while a group has not acknowledged them. */
const eventsKeptMs = 30 * 24 * 3600_000

/** URLs that die within this and are not stored yet are an alarm. */
const alarmMs = 4 * 3600_000

export type DutyTools = {
  pace: SweepPace
  /** Puts back what Redis forgot of what was promised (rebuild/audit.ts); false where it is not the time for it. */
  audit: (pulse: Pulse) => Promise<boolean>
  lanes: readonly Lane[]
  /** What this process has measured of its lanes. */
  measuring: ReadonlyMap<string, Measuring>
  spill: Spill | undefined
  /** Folds what has ended (fold/fold-ended.ts). */
  fold: (pulse: Pulse) => Promise<void>
  /** Writes results and reports of batches that have ended (files/files-duty.ts). */
  files: (pulse: Pulse) => Promise<void>
  /** Writes what producers were billed into the bucket (usage/record-usage.ts). */
  recordUsage: (pulse: Pulse) => Promise<unknown>
  /** Writes what persons think of results into the bucket (verdict/record-verdicts.ts). */
  recordVerdicts: (pulse: Pulse) => Promise<unknown>
  /** Every edit, wherever it is. */
  readEdit: (id: string) => Promise<Edit | undefined>
  /** How long a backlog may make no progress before a person is called. */
  backlogMs: number
  /** Whether edits are asked for: not while the bucket cannot be relied on. */
  asks: () => boolean
}

/** What a worker does besides the edits, each on its own. */
export function dutiesOf(context: HandContext, tools: DutyTools): Duty[] {
  const { ledger, log } = context
  const { pace, audit, fold, files, recordUsage, recordVerdicts } = tools
  const { readEdit, lanes, spill, backlogMs } = tools
  const { everyMs, auditMs } = pace
  // a Redis that went away may come back as another that knows less
  let asked = 1
  let done = 0
  ledger.onReconnect(() => {
    asked += 1
  })
  let server: string | undefined
  const auditIfDue = async (pulse: Pulse) => {
    const now = (await ledger.server()) ?? server
    if (server !== undefined && now !== server) {
      asked += 1
      log.info({}, 'redis is another server than before: what it may have forgotten is looked for')
    }
    server = now
    if (done >= asked && !(await ledger.turn('audit', turnMs(auditMs)))) return
    const turn = asked
    done = turn - 1
    try {
      if (await audit(pulse)) done = turn
    } catch (error) {
      // with its next turn, not at once
      done = turn
      throw error
    }
  }
  const trim = async () => {
    if (!(await ledger.turn('trim', turnMs(auditMs)))) return
    await ledger.trimEvents(Date.now() - eventsKeptMs)
    await ledger.trimMade(Date.now() - keptEditSeconds * 1000)
  }
  const watch = backlogWatch(context, { lanes, models: Object.keys(models), patienceMs: backlogMs })
  const finishMs = Math.min(60_000, 12 * everyMs)
  return [
    { name: 'serve', everyMs: Math.min(everyMs, 5_000), work: serving(context, tools) },
    { name: 'sweep', everyMs, work: (pulse) => sweepOnce(context, pace, pulse) },
    { name: 'settle', everyMs: Math.min(everyMs, 500), work: (pulse) => settleAll(context, pulse) },
    { name: 'operations', everyMs: Math.min(everyMs, 500), work: (pulse) => carryAll(context, pulse) },
    { name: 'windows', everyMs: Math.min(everyMs, 1_000), work: () => keepWindows(context) },
    { name: 'schedules', everyMs: Math.min(everyMs, 30_000), work: () => watchSchedules(context) },
    { name: 'audit', everyMs, limitMs: 2 * auditMs, work: auditIfDue },
    { name: 'fold', everyMs, work: fold },
    { name: 'files', everyMs, limitMs: 5 * 60_000, work: files },
    { name: 'usage', everyMs: Math.max(everyMs, 30_000), work: recordUsage },
    { name: 'verdicts', everyMs: Math.max(everyMs, 30_000), work: recordVerdicts },
    { name: 'expiry', everyMs: auditMs, work: () => warnOfExpiry(context, auditMs) },
    { name: 'trim', everyMs: auditMs, work: trim },
    { name: 'finish', everyMs: finishMs, work: finishWatch(context, finishMs) },
    { name: 'backlogs', everyMs: Math.min(60_000, backlogMs / 10), work: watch },
    ...(spill === undefined
      ? []
      : [{ name: 'spill', everyMs: auditMs, work: () => tidySpill(spill, readEdit) }]),
  ]
}

/**
 * Says for which lanes this worker asks for edits, and what it has measured of them: whoever waits learns that somebody is
 * there, and whoever looks what a lane does.
 */
function serving(
  { ledger }: HandContext,
  { lanes, measuring, asks }: Pick<DutyTools, 'lanes' | 'measuring' | 'asks'>,
): () => Promise<void> {
  const worker = randomUUID()
  return async () => {
    for (const { id } of lanes) {
      const figures = measuring.get(id)?.read(Date.now())
      const measured = figures === undefined ? undefined : { worker, figures }
      await ledger.lanes.serve(id, asks() ? 'asks' : 'bucket', measured)
    }
  }
}

/** Ends stops whose time is over, and goes on with what was ordered for whole batches where whoever ordered it left off. */
async function settleAll(context: HandContext, { signal, beat }: Pulse): Promise<void> {
  while ((await context.ledger.endStops()) > 0) beat()
  for (const [batch, mark] of await context.ledger.unsettled()) {
    await settleBatch(batch, mark, context, signal)
    beat()
  }
}

/** Goes on with operations on many rows where whoever took the order left off. */
async function carryAll({ ledger }: HandContext, { signal, beat }: Pulse): Promise<void> {
  for (const id of await ledger.openOperations()) {
    await carryOperation(id, ledger, signal)
    beat()
  }
}

async function warnOfExpiry({ ledger, log }: HandContext, everyMs: number): Promise<void> {
  const dying = await ledger.dying(alarmMs)
  if (dying !== undefined && (await ledger.turn('alarm:expiry', turnMs(everyMs))))
    log.error(dying, 'rendered images are not stored and their addresses die soon')
}

/** A schedule that nobody looks at for so long has stopped. */
const lateScheduleMs = 5 * 60_000

/** Tells that no producer looks after the schedules: where they run, nobody could. */
async function watchSchedules({ ledger, log }: HandContext): Promise<void> {
  const [late] = await ledger.schedules.overdue((await ledger.now()) - lateScheduleMs, 1)
  if (late === undefined || !(await ledger.turn('alarm:schedules', 3600_000))) return
  log.error(
    { producer: late.producer, schedule: late.name },
    'nobody looks after the schedules: no producer app runs',
  )
}
