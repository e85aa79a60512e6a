import { afterSubmit, type BreakerState, type SubmitSeen } from '@restyle/dashscope/breaker'

/** One breaker per lane, in this process: each worker sees enough of its own. */
export type Breakers = {
  /** Notes what came of a submit. True: different edits in a row met the same, so pause the lane and fail no edit. */
  seen(lane: string, seen: SubmitSeen): boolean
}

export function openBreakers(): Breakers {
  const states = new Map<string, BreakerState>()
  return {
    seen: (lane, seen) => {
      const { state, opens } = afterSubmit(states.get(lane), seen)
      states.set(lane, state)
      return opens
    },
  }
}
