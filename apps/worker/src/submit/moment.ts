import { performance } from 'node:perf_hooks'

/**
 * A moment on both clocks of this process. The monotonic one is never set, but stands still while the machine is
 * suspended; the wall clock goes on then, but can be set.
 */
export type Moment = { monotonicMs: number; wallMs: number }

export const moment = (): Moment => ({ monotonicMs: performance.now(), wallMs: Date.now() })

/** How long ago a moment was (ms): the larger of what the two clocks say, so that neither a set clock nor sleep makes it less. */
export const sinceMs = (then: Moment, now: Moment = moment()): number =>
  Math.max(now.monotonicMs - then.monotonicMs, now.wallMs - then.wallMs)
