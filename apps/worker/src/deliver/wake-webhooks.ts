import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { WebhookName } from '@restyle/shared/ledger/webhook-record'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import { sleep } from '@restyle/shared/sleep'

/*
 * Wakes the hand for webhooks that have something to send. Events wake it at once; what waits for a time, and what was missed,
 * is found by a duty that looks once a second. Neither sends anything.
 */

type Tools = {
  ledger: Pick<Ledger, 'events' | 'now' | 'turn' | 'webhooks'>
  wake: (names: readonly WebhookName[]) => Promise<void>
}

/** How long one read of the streams waits, and how long the streams of new producers may wait to be included (ms). */
const blockMs = 1_000
/** Events that come together wake once (ms). */
const gatherMs = 25

/** Listens to the streams of all producers that have webhooks. `own`: a connection of its own, which waits for events. */
export async function listenForEvents(
  own: RedisClient,
  { ledger, wake }: Tools,
  stopping: AbortSignal,
): Promise<void> {
  const places = new Map<string, string>()
  // reminded first: a job that is ending does not look again
  const rouse = async (producers: ReadonlySet<string>): Promise<void> => {
    if (producers.size === 0) return
    const awake = (await ledger.webhooks.all()).filter(({ producer }) => producers.has(producer))
    await ledger.webhooks.remind(awake, await ledger.now())
    await wake(awake)
  }
  while (!stopping.aborted) {
    try {
      const producers = new Set((await ledger.webhooks.all()).map(({ producer }) => producer))
      for (const producer of places.keys()) if (!producers.has(producer)) places.delete(producer)
      const fresh = new Set([...producers].filter((producer) => !places.has(producer)))
      for (const producer of fresh) places.set(producer, await ledger.events(producer).end())
      // nobody has heard of what came before
      await rouse(fresh)
      if (places.size === 0) {
        await sleep(blockMs, stopping)
        continue
      }
      const moved = new Set(await ledger.webhooks.waitForNew(own, places, blockMs))
      if (moved.size === 0) continue
      // before they are woken: whatever comes later wakes them again
      for (const producer of moved) places.set(producer, await ledger.events(producer).end())
      // also those that were added while it waited
      await rouse(moved)
      await sleep(gatherMs, stopping)
    } catch {
      // the connection itself says that Redis is away; the duty finds what was missed
      await sleep(blockMs, stopping)
    }
  }
}

/** In one look; the next goes on with the others. */
const slice = 500
/** One that was woken is not woken again before (ms). */
const againMs = 5_000

/** Wakes those whose time has come. One worker does it for all. */
export async function wakeOverdue({ ledger, wake }: Tools, turnMs: number): Promise<void> {
  if (!(await ledger.turn('webhooks', turnMs))) return
  const now = await ledger.now()
  const overdue = await ledger.webhooks.overdue(now, slice)
  if (overdue.length === 0) return
  await ledger.webhooks.postpone(overdue, now + againMs)
  await wake(overdue)
}
