import type { RedisClient } from '../redis/redis-client.ts'
import type { Wait } from './admit.ts'
import { ledgerKeys } from './keys.ts'

/**
 * What a lane waits for: the end of a reason, or something new in the backlog of its model (`grown`). Or what a feeder
 * waits for: that a producer has become hungry.
 */
export type Awaited = { lane: string; reason: Wait | 'grown' } | typeof hunger
export const hunger = { lane: '', reason: 'hungry' } as const

/** Tells when something of a lane becomes free, or a backlog has something new, so that whoever waits asks at once. */
export type Freed = {
  /**
   * Resolves when one of `awaited` happened, after `ms`, or when `signal` aborts: whichever is first. `slot`, `posting`,
   * `uncertain`, `copies` and the end of a person's pause are told of; other reasons end with the time.
   */
  wait(awaited: readonly Awaited[], ms: number, signal: AbortSignal): Promise<void>
  stop(): Promise<void>
}

/** Listens to what the scripts tell of these lanes. `subscriber` is a connection of its own: it can do nothing else. */
export async function subscribeFreed(
  subscriber: RedisClient,
  prefix: string,
  lanes: readonly { id: string; model: string }[],
): Promise<Freed> {
  const keys = ledgerKeys(prefix)
  const waiting = new Map<string, Set<() => void>>()
  // happened between somebody's question and its wait: kept, or the slot would idle until that one's time is over
  const unclaimed = new Set<string>()
  const tell = (name: string): void => {
    const each = waiting.get(name)
    if (each === undefined || each.size === 0) unclaimed.add(name)
    else for (const go of each) go()
  }
  // one message holds everything that one move has freed
  const nameOf = ({ lane, reason }: Awaited): string => `${lane} ${reason}`
  subscriber.on('message', (channel: string, reasons: string) => {
    if (channel === keys.hunger) tell(nameOf(hunger))
    for (const { id, model } of lanes) {
      if (channel === keys.grown(model)) tell(nameOf({ lane: id, reason: 'grown' }))
      if (channel === keys.freed(id)) for (const reason of reasons.split(' ')) tell(`${id} ${reason}`)
    }
  })
  const channels = new Set(lanes.flatMap(({ id, model }) => [keys.freed(id), keys.grown(model)]))
  await subscriber.subscribe(keys.hunger, ...channels)
  return {
    wait: (awaited, ms, signal) =>
      new Promise((resolve) => {
        const names = awaited.map(nameOf)
        const done = (): void => {
          clearTimeout(timer)
          signal.removeEventListener('abort', done)
          for (const name of names) waiting.get(name)?.delete(done)
          resolve()
        }
        const timer = setTimeout(done, ms)
        signal.addEventListener('abort', done)
        for (const name of names) waiting.set(name, (waiting.get(name) ?? new Set()).add(done))
        if (names.some((name) => unclaimed.delete(name)) || signal.aborted) done()
      }),
    stop: async () => {
      await subscriber.unsubscribe()
      subscriber.disconnect()
    },
  }
}
