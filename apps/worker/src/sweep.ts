import type { Edit } from '@restyle/shared/contract/edit'
import { outageOf } from '@restyle/shared/redis/outage'
import type { HandContext } from './hand/step.ts'

/** How often to look, how many edits a look takes, when to look again at an edit that is awake, how often to audit (ms). */
export type SweepPace = { everyMs: number; atOnce: number; againMs: number; auditMs: number }

/** Puts back what Redis forgot of the promises made since then (epoch ms); see rebuild/rebuild.ts. */
export type Audit = (since: number) => Promise<unknown>

/** Events are kept this long, and longer while a group has not acknowledged them. */
const eventsKeptMs = 30 * 24 * 3600_000

/** How far back an audit looks: a Redis that fails over forgets its last seconds. */
const auditedMs = 2 * 3600_000

/** URLs that die within this and are not stored yet are an alarm. */
const alarmMs = 4 * 3600_000

/**
 * The queues are only wake-ups, and a wake-up can be lost: between a move and the job that should follow it, or with a
 * whole queue. The sweep looks at every open edit whose next step is overdue and adds the job that is missing.
 * Returns how many it woke. Any number of workers may sweep; the ledger gives the turn to one of them.
 */
export async function sweepOnce({ ledger, queues, log }: HandContext, pace: SweepPace): Promise<number> {
  if (!(await ledger.turn('sweep', turnMs(pace.everyMs)))) return 0
  const now = await ledger.now()
  let woken = 0
  for (;;) {
    const ids = await ledger.overdue(now, pace.atOnce)
    if (ids.length === 0) break
    const edits = (await ledger.readMany(ids)).filter((edit): edit is Edit => edit !== undefined)
    const awake = await queues.awake(edits)
    const asleep = edits.filter((_, i) => awake[i] === false)
    for (const edit of asleep) await queues.wake(edit)
    woken += asleep.length
    await ledger.postpone(ids, now + pace.againMs)
  }
  if (woken > 0) log.warn({ woken }, 'lost wake-ups added again')
  return woken
}

/** Sweeps until `signal` aborts; now and then audits, raises alarms and forgets old events. */
export async function sweep(context: HandContext, pace: SweepPace, audit: Audit): Promise<void> {
  const { ledger, log, stopping } = context
  // a Redis that went away may come back as another that knows less
  let auditDue = true
  ledger.onReconnect(() => {
    auditDue = true
  })
  while (!stopping.aborted) {
    try {
      if (auditDue || (await ledger.turn('audit', turnMs(pace.auditMs)))) {
        auditDue = false
        await audit(Date.now() - auditedMs)
        await warnOfExpiry(context)
        await ledger.trimEvents(Date.now() - eventsKeptMs)
      }
      await sweepOnce(context, pace)
    } catch (error) {
      // that Redis is away is told once, by its connection
      if (outageOf(error) === undefined) log.warn({ err: error }, 'sweep failed and will be tried again')
    }
    await pauseFor(pace.everyMs, stopping)
  }
}

/** A turn ends a little before the next one is due, or every second one would be missed. */
const turnMs = (everyMs: number): number => Math.max(100, everyMs - 50)

async function warnOfExpiry({ ledger, log }: HandContext): Promise<void> {
  const dying = await ledger.dying(alarmMs)
  if (dying !== undefined) log.error(dying, 'rendered images are not stored and their addresses die soon')
}

const pauseFor = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(done, ms)
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
  })
