import type { Log } from '../log.ts'
import { sleep } from '../sleep.ts'
import type { BucketCheck } from './check-bucket.ts'
import { adoptedSays } from './installation.ts'

/**
 * Whether the bucket can be relied on, kept up to date. Nothing is accepted or submitted before one check found it sound,
 * and nothing after a check found it unfit: a bucket can change (its policy, its versioning) while a process runs.
 */
export type BucketGate = {
  /** What the first try found. */
  first: Promise<BucketCheck>
  isOpen(): boolean
  /** Waits until the bucket is sound; false when `signal` aborts before. */
  opened(signal: AbortSignal): Promise<boolean>
  /** Tries it again now: a call was refused as no sound bucket would. */
  recheck(): void
  stop(): Promise<void>
}

/**
 * Milliseconds until the next try: while the bucket is away (doubling up to `awayMs`), unfit, or sound; and between two
 * tries however often a recheck is asked for.
 */
export type GatePace = {
  firstMs: number
  awayMs: number
  unfitMs: number
  soundMs: number
  recheckMs: number
}

const defaultPace: GatePace = {
  firstMs: 500,
  awayMs: 15_000,
  unfitMs: 30_000,
  soundMs: 600_000,
  recheckMs: 5_000,
}

/** Tries the bucket now, and again and again until it is stopped. One line in the log for each change. */
export function openBucketGate(
  check: (stopping: AbortSignal) => Promise<BucketCheck>,
  log: Log,
  pace: GatePace = defaultPace,
): BucketGate {
  const stopping = new AbortController()
  const first = Promise.withResolvers<BucketCheck>()
  const waiting = new Set<() => void>()
  let open = false
  let last: BucketCheck['kind'] = 'sound'

  const take = (found: BucketCheck): void => {
    // a bucket that is away for a while was sound and says nothing else: calls fail by themselves
    if (found.kind !== 'away') open = found.kind === 'sound'
    if (open) for (const go of waiting) go()
    if (found.kind !== last) tell(found, open, log)
    if (found.kind === 'sound' && found.adopted === true) log.warn({}, adoptedSays)
    last = found.kind
    first.resolve(found)
  }

  let triedAt = performance.now()
  let woken = new AbortController()

  const watch = async (): Promise<void> => {
    let waitMs = pace.firstMs
    while (!stopping.signal.aborted) {
      const found = await check(stopping.signal)
      if (stopping.signal.aborted) break
      triedAt = performance.now()
      take(found)
      waitMs = found.kind === 'away' ? Math.min(pace.awayMs, waitMs * 2) : pace.firstMs
      const unlessAway = found.kind === 'sound' ? pace.soundMs : pace.unfitMs
      woken = new AbortController()
      await sleep(found.kind === 'away' ? waitMs : unlessAway, woken.signal)
    }
    first.resolve({ kind: 'away', says: 'it was not asked any more' })
  }
  const watching = watch()

  return {
    first: first.promise,
    isOpen: () => open,
    opened: async (signal) => {
      if (open || signal.aborted) return open
      const { promise, resolve } = Promise.withResolvers<void>()
      const go = () => resolve()
      waiting.add(go)
      signal.addEventListener('abort', go, { once: true })
      await promise
      waiting.delete(go)
      signal.removeEventListener('abort', go)
      return open
    },
    recheck: () => {
      if (performance.now() - triedAt >= pace.recheckMs) woken.abort()
    },
    stop: async () => {
      stopping.abort()
      woken.abort()
      await watching
    },
  }
}

function tell(found: BucketCheck, open: boolean, log: Log): void {
  if (found.kind === 'sound') return log.info({}, 'bucket can be relied on')
  const facts = { found: found.kind, says: found.says }
  if (found.kind !== 'away')
    return log.error(
      facts,
      'bucket cannot be relied on: nothing is accepted or submitted until a person looked',
    )
  log.warn(
    facts,
    open ? 'bucket is away' : 'bucket is away: nothing is accepted or submitted before it was tried once',
  )
}
