import type { Turn } from '@restyle/shared/ledger/ledger'
import { writeVerdicts } from '@restyle/shared/receipt/verdict-record'
import type { Pulse } from '../hand/pulse.ts'
import type { HandContext } from '../hand/step.ts'

/*
 * Has the bucket know what persons think of results, for a Redis that loses all it knows: some minutes after a verdict has
 * changed it writes all of that batch. Dying between two steps is harmless: they are written once more.
 */

/** What goes on being judged is written so often (ms). */
const everyMs = 2 * 60_000

/** Batches and edits in one turn of the duty. */
const most = 500

/** Writes what has changed; gives how many. `often` (ms): the least time between two records of one batch. */
export async function recordVerdicts(
  { ledger, store, log }: Pick<HandContext, 'ledger' | 'store' | 'log'>,
  { signal, beat }: Pulse,
  often = everyMs,
): Promise<number> {
  let written = 0
  for (const changed of await ledger.changedVerdicts(most)) {
    if (signal.aborted) break
    const turn: Turn = `verdicts:${changed.id}`
    if (!(await ledger.turn(turn, often))) continue
    await writeVerdicts(changed.id, { ledger, store }, await ledger.now())
    await ledger.settleVerdicts(changed)
    written += 1
    beat()
  }
  if (written > 0) log.debug({ records: written }, 'verdicts written to the bucket')
  return written
}
