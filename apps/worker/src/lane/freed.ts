import type { Redis } from 'ioredis'
import { ledgerKeys } from '@restyle/shared/ledger/keys'

/** Hears when a slot of a lane becomes free, so that whoever waits for one tries at once. */
export type Freed = {
  /** Resolves when the lane freed something, after `ms`, or when `signal` aborts: whichever is first. */
  wait(lanes: readonly string[], ms: number, signal: AbortSignal): Promise<void>
  stop(): Promise<void>
}

/** `subscriber` is a connection of its own: it can do nothing else. */
export async function hearFreed(subscriber: Redis, prefix: string, lanes: readonly string[]): Promise<Freed> {
  const keys = ledgerKeys(prefix)
  const waiting = new Map<string, Set<() => void>>(lanes.map((lane) => [keys.freed(lane), new Set()]))
  subscriber.on('message', (channel: string) => {
    // one slot, one waiter: the others would only lose the race
    const [first] = waiting.get(channel) ?? []
    first?.()
  })
  if (lanes.length > 0) await subscriber.subscribe(...waiting.keys())
  return {
    wait: (names, ms, signal) =>
      new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer)
          signal.removeEventListener('abort', done)
          for (const name of names) waiting.get(keys.freed(name))?.delete(done)
          resolve()
        }
        const timer = setTimeout(done, ms)
        for (const name of names) waiting.get(keys.freed(name))?.add(done)
        signal.addEventListener('abort', done)
        if (signal.aborted) done()
      }),
    stop: async () => {
      await subscriber.unsubscribe()
      subscriber.disconnect()
    },
  }
}
