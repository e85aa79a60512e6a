import { type Pulse, untimed } from './hand/pulse.ts'
import type { HandContext } from './hand/step.ts'

/** How often to look, how many edits a look takes, when to look again at an edit that is awake, how often to audit (ms). */
export type SweepPace = { everyMs: number; batchSize: number; againMs: number; auditMs: number }

const dayMs = 24 * 3600_000

/**
 * The queues are only wake-ups, and a wake-up can be lost: between a move and the job that should follow it, or with a
 * whole queue. The sweep looks at every open edit whose next step is overdue and adds the job that is missing. A record
 * that cannot be read is left to whoever wrote it, and keeps no other edit from its wake-up.
 * Returns how many it woke. Any number of workers may sweep; the ledger gives the turn to one of them.
 */
export async function sweepOnce(
  context: HandContext,
  pace: SweepPace,
  { signal, beat }: Pulse = untimed(),
): Promise<number> {
  const { ledger, queues, log } = context
  if (!(await ledger.turn('sweep', turnMs(pace.everyMs)))) return 0
  const now = await ledger.now()
  let woken = 0
  while (!signal.aborted) {
    const ids = await ledger.overdue(now, pace.batchSize)
    if (ids.length === 0) break
    const records = await ledger.readEach(ids)
    const edits = records.flatMap((record) => (record.kind === 'edit' ? [record.edit] : []))
    const awake = await queues.awake(edits)
    const asleep = edits.filter((_, i) => awake[i] === false)
    for (const edit of asleep) await queues.wake(edit)
    woken += asleep.length
    for (const [i, record] of records.entries())
      if (record.kind === 'unreadable') await tellUnreadable(ids[i] ?? '', record.why, context)
    await ledger.postpone(ids, now + pace.againMs)
    beat()
  }
  if (woken > 0) log.warn({ woken }, 'lost wake-ups added again')
  return woken
}

/** Once a day for each: it may have been written by a newer version that runs beside this one. */
export async function tellUnreadable(
  editId: string,
  why: string,
  { ledger, log }: Pick<HandContext, 'ledger' | 'log'>,
): Promise<void> {
  if (await ledger.turn(`alarm:unreadable:${editId}`, dayMs))
    log.error({ editId, why }, 'edit cannot be read, and is left alone')
}

/** A turn ends a little before the next one is due, or every second one would be missed. */
export const turnMs = (everyMs: number): number => Math.max(100, everyMs - 50)
