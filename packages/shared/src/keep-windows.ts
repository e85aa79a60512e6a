import type { Ledger } from './ledger/ledger.ts'
import { placeOfWindow } from './ledger/windows.ts'

/** Batches that are looked at in one go. */
const atOnce = 50

/**
 * Stops batches whose window has closed; they go on by themselves when it opens. Comes late without harm: what admits compares
 * when a window closes itself. Gives how many it looked at.
 */
export async function keepWindows({
  ledger,
}: {
  ledger: Pick<Ledger, 'now' | 'readBatch' | 'windows'>
}): Promise<number> {
  const now = await ledger.now()
  const batches = await ledger.windows.due(now, atOnce)
  for (const id of batches) {
    const hours = (await ledger.readBatch(id))?.window
    if (hours === undefined) await ledger.windows.drop(id)
    else await ledger.windows.set(id, placeOfWindow(hours, now))
  }
  return batches.length
}
