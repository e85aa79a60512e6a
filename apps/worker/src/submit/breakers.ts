import { afterSubmit, type BreakerState, type SubmitSeen } from '@restyle/dashscope/breaker'
import { bounds } from '@restyle/shared/contract/bounds'

/** What this process has seen of its lanes' submits; each worker sees enough of its own. */
export type Breakers = {
  /** Notes what came of a submit. True: different edits in a row met the same, so pause the lane and fail no edit. */
  seen(lane: string, seen: SubmitSeen): boolean
  /**
   * Notes that the lane took nothing and is to be tried later, at `now` (epoch ms). Gives for how long it has been so (ms)
   * when that is too long; `alarms` once an hour.
   */
  waits(lane: string, now: number): { forMs: number; alarms: boolean } | undefined
}

/** A lane that took nothing: since when, when that was seen last, and when it was told. Times in epoch ms. */
type Standstill = { since: number; lastAt: number; alarmedAt?: number }

const { standstillMs, standstillAgainMs } = bounds.queued.most

export function openBreakers(): Breakers {
  const states = new Map<string, BreakerState>()
  const standstills = new Map<string, Standstill>()
  return {
    seen: (lane, seen) => {
      if (seen.kind === 'accepted') standstills.delete(lane)
      const { state, opens } = afterSubmit(states.get(lane), seen)
      states.set(lane, state)
      return opens
    },
    waits: (lane, now) => {
      const before = standstills.get(lane)
      // a lane that nobody asked meanwhile did not stand still
      const known = before !== undefined && now - before.lastAt < standstillMs ? before : { since: now }
      const forMs = now - known.since
      const alarmedAt = 'alarmedAt' in known ? known.alarmedAt : undefined
      const stands = forMs >= standstillMs
      const alarms = stands && now - (alarmedAt ?? 0) >= standstillAgainMs
      standstills.set(lane, { ...known, lastAt: now, ...(alarms ? { alarmedAt: now } : {}) })
      return stands ? { forMs, alarms } : undefined
    },
  }
}
