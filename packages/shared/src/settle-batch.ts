import type { Ledger } from './ledger/ledger.ts'
import type { Log } from './log.ts'
import type { Queues } from './queues.ts'

/*
 * After an order for a whole batch its edits in Redis follow in slices, so that no call keeps Redis for long. Whoever gave
 * the order begins, and a duty of the workers goes on where that one left off. To do it twice is to do it once.
 */

export type SettleTools = {
  ledger: Pick<Ledger, 'settleBatch' | 'readMany'>
  queues: Pick<Queues, 'hurry'>
  log: Log
}

/** Brings a batch's edits in line with an order until all are, or until `signal` aborts: then it tells false. */
export async function settleBatch(
  batch: string,
  mark: string,
  tools: SettleTools,
  signal: AbortSignal,
): Promise<boolean> {
  let cursor = '0'
  do {
    if (signal.aborted) return false
    const settled = await tools.ledger.settleBatch(batch, mark, cursor)
    await hurryPolls(settled.asked, tools)
    cursor = settled.cursor
  } while (cursor !== '0')
  return true
}

/** A task can be canceled only as long as it has not begun. */
async function hurryPolls(ids: readonly string[], { ledger, queues, log }: SettleTools): Promise<void> {
  try {
    for (const edit of await ledger.readMany(ids)) if (edit !== undefined) await queues.hurry(edit)
  } catch (err) {
    log.debug({ err }, 'next steps come at their time')
  }
}
