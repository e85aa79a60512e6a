import type { Ledger } from '@restyle/shared/ledger/ledger'
import { isFull, type RoundOutcome } from './deliver-round.ts'

/** A round's outcome; `none`: there is no such webhook; undefined: no place is free for one that is slow. */
export type TakeRound = (id: string) => Promise<RoundOutcome | 'none' | undefined>

type Tools = {
  ledger: { now: Ledger['now']; webhooks: Pick<Ledger['webhooks'], 'read' | 'remind' | 'rest' | 'waiting'> }
  stopping: AbortSignal
  random: () => number
}

/** When somebody looks again after a webhook with nothing to send (ms): a wake-up may be lost. */
export const restMs = 60_000
/** A webhook that has much to send lets others go first after so long. */
const mostMs = 10_000
/** So often in a row there may be something new, and nothing to send when it is looked at. */
const mostIdle = 3

/** Sends a webhook all that there is. Gives in how many ms it is to be looked at again; undefined where it rests. */
export async function sendAll(
  id: string,
  takeRound: TakeRound,
  { ledger, stopping, random }: Tools,
): Promise<number | undefined> {
  const since = performance.now()
  for (let idle = 0; ;) {
    if (stopping.aborted || performance.now() - since > mostMs) return 0
    const outcome = await takeRound(id)
    if (outcome === undefined) return 500 + 1_000 * random()
    if (outcome === 'none') return undefined
    if (outcome === 'sent') {
      idle = 0
      continue
    }
    const webhook = await ledger.webhooks.read(id)
    if (webhook === undefined) return undefined
    const full = isFull(await ledger.webhooks.waiting(id))
    if (await ledger.webhooks.rest(id, { cursor: webhook.cursor, full, restMs })) return undefined
    idle += 1
    if (idle < mostIdle) continue
    await ledger.webhooks.remind([webhook], await ledger.now())
    return undefined
  }
}
