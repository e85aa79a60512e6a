import type { RedisClient } from '../redis/redis-client.ts'
import type { Wait } from './admit.ts'
import { ledgerKeys } from './keys.ts'

/** Announces when something of a lane becomes free, so that edits that wait for it try at once. */
export type Freed = {
  /** Resolves when one of `waits` was freed, after `ms`, or when `signal` aborts: whichever is first. */
  wait(waits: readonly FreedWait[], ms: number, signal: AbortSignal): Promise<void>
  stop(): Promise<void>
}

/** A lane, and why it took nothing: `slot`, `posting`, `uncertain` and `copies` are told of, other reasons end with the time. */
export type FreedWait = { lane: string; reason: Wait }

/** Listens to what the scripts free on these lanes. `subscriber` is a connection of its own: it can do nothing else. */
export async function subscribeFreed(
  subscriber: RedisClient,
  prefix: string,
  lanes: readonly string[],
): Promise<Freed> {
  const keys = ledgerKeys(prefix)
  const nameOf = (channel: string, reason: string) => `${channel} ${reason}`
  const waiting = new Map<string, Set<() => void>>()
  // freed between somebody's question and its wait: kept, or the slot would idle until that one's time is over
  const unclaimed = new Set<string>()
  // one message holds everything that one move has freed
  subscriber.on('message', (channel: string, reasons: string) => {
    for (const reason of reasons.split(' ')) {
      const name = nameOf(channel, reason)
      // one slot, one waiter: the others would only lose the race
      const [first] = waiting.get(name) ?? []
      if (first === undefined) unclaimed.add(name)
      else first()
    }
  })
  if (lanes.length > 0) await subscriber.subscribe(...lanes.map((lane) => keys.freed(lane)))
  return {
    wait: (waits, ms, signal) =>
      new Promise((resolve) => {
        const names = waits.map(({ lane, reason }) => nameOf(keys.freed(lane), reason))
        const done = (): void => {
          clearTimeout(timer)
          signal.removeEventListener('abort', done)
          for (const name of names) waiting.get(name)?.delete(done)
          resolve()
        }
        const timer = setTimeout(done, ms)
        signal.addEventListener('abort', done)
        for (const name of names) {
          const others = waiting.get(name) ?? new Set()
          waiting.set(name, others.add(done))
        }
        if (names.some((name) => unclaimed.delete(name)) || signal.aborted) done()
      }),
    stop: async () => {
      await subscriber.unsubscribe()
      subscriber.disconnect()
    },
  }
}
