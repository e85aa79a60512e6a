import type { Redis } from 'ioredis'
import type { Edit } from '@restyle/shared/contract/edit'
import { openEventStream } from '@restyle/shared/event/event-stream'
import { ledgerKeys } from '@restyle/shared/ledger/keys'
import type { Bench } from './hand.ts'

/** How often to look, how many edits a look takes, how long until an edit that is awake is looked at again (ms). */
export type SweepPace = { everyMs: number; atOnce: number; againMs: number }

/** Events are kept this long, and longer while a group has not acknowledged them. */
const eventsKeptMs = 30 * 24 * 3600_000

/**
 * The queues are only wake-ups, and a wake-up can be lost: between a move and the job that should follow it, or with a
 * whole queue. The sweep looks at every open edit whose next step is overdue and adds the job that is missing.
 * Returns how many it woke. Any number of workers may sweep; a short lock keeps them from doing it together.
 */
export async function sweepOnce(
  { ledger, queues, log }: Bench,
  redis: Redis,
  pace: SweepPace,
): Promise<number> {
  const lock = await redis.set(`${ledger.prefix}:sweeping`, '1', 'PX', Math.max(100, pace.everyMs - 50), 'NX')
  if (lock === null) return 0
  const now = await ledger.now()
  let woken = 0
  for (;;) {
    const ids = await ledger.overdue(now, pace.atOnce)
    if (ids.length === 0) break
    const edits = (await ledger.readMany(ids)).filter((edit): edit is Edit => edit !== undefined)
    const awake = await queues.awake(redis, edits)
    const asleep = edits.filter((_, i) => awake[i] === false)
    for (const edit of asleep) await queues.wake(edit)
    woken += asleep.length
    await ledger.postpone(ids, now + pace.againMs)
  }
  if (woken > 0) log.warn({ woken }, 'lost wake-ups added again')
  return woken
}

/** Sweeps until `signal` aborts, and now and then forgets old events. */
export async function sweep(bench: Bench, redis: Redis, pace: SweepPace): Promise<void> {
  const { ledger, log, stopping } = bench
  for (let round = 0; !stopping.aborted; round += 1) {
    try {
      await sweepOnce(bench, redis, pace)
      if (round % 1000 === 0) await trimEvents(bench, redis)
    } catch (error) {
      log.warn({ err: error }, 'sweep failed and will be tried again')
    }
    await pauseFor(pace.everyMs, stopping)
  }
  log.debug({ prefix: ledger.prefix }, 'sweep ended')
}

async function trimEvents({ ledger }: Bench, redis: Redis): Promise<void> {
  const producers = await redis.smembers(ledgerKeys(ledger.prefix).producers)
  for (const producer of producers)
    await openEventStream(redis, ledger.prefix, producer).trim(Date.now() - eventsKeptMs)
}

const pauseFor = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(done, ms)
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
  })
