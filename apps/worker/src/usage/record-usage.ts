import type { Turn } from '@restyle/shared/ledger/ledger'
import { keptUsageDays, writeUsage } from '@restyle/shared/receipt/usage-record'
import type { Pulse } from '../hand/pulse.ts'
import type { HandContext } from '../hand/step.ts'

/*
 * Has the bucket know what producers were billed, for a Redis that loses all it knows: some minutes after a day has changed it
 * writes how that day stands. Dying between two steps is harmless: the day is written once more.
 */

/** A day that goes on changing is written so often (ms), and kept in Redis so long. */
const [everyMs, keptSeconds] = [10 * 60_000, keptUsageDays * 24 * 3600]

/** Days in one turn of the duty. */
const mostDays = 1_000

/** Writes the days that have changed; gives how many. `often` (ms): the least time between two records of one day. */
export async function recordUsage(
  { ledger, store, log }: Pick<HandContext, 'ledger' | 'store' | 'log'>,
  { signal, beat }: Pulse,
  often = everyMs,
): Promise<number> {
  let written = 0
  for (const changed of await ledger.changedUsage(mostDays)) {
    if (signal.aborted) break
    const { producer, day } = changed
    const turn: Turn = `usage:${producer}:${day}`
    if (!(await ledger.turn(turn, often))) continue
    await writeUsage(store, ledger, changed, await ledger.now())
    await ledger.settleUsage(changed, keptSeconds)
    written += 1
    beat()
  }
  if (written > 0) log.debug({ days: written }, 'usage written to the bucket')
  return written
}
