import { setTimeout as sleep } from 'node:timers/promises'
import { compareCursors } from '@restyle/shared/event/cursor'
import { ledgerKeys } from '@restyle/shared/ledger/keys'
import { anotherLike, type RedisClient } from '@restyle/shared/redis/redis-client'
import type { StayTools } from '../http/enter.ts'
import { openPlaces, type Places } from '../http/places.ts'

type Waiter = { producer: string; cursor: string; wake: () => void }

/** How long one read blocks. A waiter that came after it began waits at most this long to be included. */
const blockMs = 250

/**
 * Those who wait for events share one connection. It only tells that something came; then each reads its own page from
 * its own cursor, so a slow reader delays nobody.
 */
export function openFollowers(redis: RedisClient, prefix: string, places: Places) {
  const own = anotherLike(redis)
  // told by the connection itself
  own.on('error', () => {})
  const waiters = new Set<Waiter>()
  const stopping = new AbortController()
  let looking = false

  async function look(): Promise<void> {
    looking = true
    while (waiters.size > 0 && !stopping.signal.aborted) {
      try {
        const asked = earliest(waiters)
        const keys = [...asked.keys()].map((producer) => ledgerKeys(prefix).events(producer))
        const answer = await own.xread('COUNT', 1, 'BLOCK', blockMs, 'STREAMS', ...keys, ...asked.values())
        const moved = new Set((answer ?? []).map(([key]) => String(key)))
        for (const waiter of waiters) if (moved.has(ledgerKeys(prefix).events(waiter.producer))) waiter.wake()
      } catch {
        // the connection's own error event logs it; the waiters go on waiting
        await sleep(blockMs)
      }
    }
    looking = false
  }

  return {
    /** Aborts when the server stops. */
    stopping: stopping.signal,

    /** Takes a place for a producer and returns the function that frees it, or which bound was met. */
    enter: openPlaces(places),

    /** Resolves when there may be something after `cursor`, after `ms`, on abort and when the server stops. */
    wait: (producer: string, cursor: string, ms: number, signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        const gone = AbortSignal.any([signal, stopping.signal])
        const wake = () => {
          clearTimeout(timer)
          gone.removeEventListener('abort', wake)
          waiters.delete(waiter)
          resolve()
        }
        const waiter: Waiter = { producer, cursor, wake }
        const timer = setTimeout(wake, ms)
        if (gone.aborted) return wake()
        gone.addEventListener('abort', wake)
        waiters.add(waiter)
        if (!looking) void look()
      }),

    /** Ends every wait and every stream. */
    stop: (): void => {
      stopping.abort()
      own.disconnect()
    },
  }
}
export type Followers = ReturnType<typeof openFollowers>

/** What those need who wait for events. */
export type WaitTools = StayTools & { followers: Followers }

/** The earliest cursor of each producer: what is after it is new for at least one waiter. */
function earliest(waiters: Iterable<Waiter>): Map<string, string> {
  const cursors = new Map<string, string>()
  for (const { producer, cursor } of waiters) {
    const held = cursors.get(producer)
    if (held === undefined || compareCursors(cursor, held) < 0) cursors.set(producer, cursor)
  }
  return cursors
}
