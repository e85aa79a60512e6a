import type { LimitsOf } from './limits-of.ts'
import type { Holding, KeyWatch } from './live-keys.ts'
import type { Enter } from './places.ts'
import { Problem } from './problem.ts'

/** Who asks, and by which session, if by one. */
export type Caller = { producer: string } & Holding

export type StayTools = { followers: { enter: Enter }; keyWatch: KeyWatch; limitsOf: LimitsOf }

/** A place that is taken: `revoked` aborts when the key, or the session that it was asked by, is no longer live. */
export type Stay = { revoked: AbortSignal; leave: () => void }

/** Takes a place among those who wait, for as long as the key and the session are live. Throws a `Problem` (too-many-followers). */
export async function enter(caller: Caller, { followers, keyWatch, limitsOf }: StayTools): Promise<Stay> {
  const { producer } = caller
  const { places } = await limitsOf(producer)
  const leavePlace = followers.enter(producer, 1, places)
  if (typeof leavePlace === 'string')
    throw new Problem(
      'too-many-followers',
      leavePlace === 'each'
        ? 'All places of this producer for those who wait for events are taken.'
        : 'All places for those who wait for events are taken.',
      { retryAfter: 5 },
    )
  const { revoked, leave } = keyWatch.watch(caller)
  return {
    revoked,
    leave: () => {
      leave()
      leavePlace()
    },
  }
}
