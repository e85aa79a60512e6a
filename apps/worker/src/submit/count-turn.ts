import { bounds } from '@restyle/shared/contract/bounds'
import type { TurnedAway } from '@restyle/shared/contract/edit'

/** What follows when a submit did not come about: later again, or the end of the edit. */
export type TurnVerdict =
  | { kind: 'again'; turnedAway: TurnedAway; inMs: number; alarms: boolean }
  | { kind: 'give up'; turnedAway: TurnedAway }

const { most } = bounds.queued

/**
 * Counts one more submit that did not come about: the vendor throttled it, the request never left, or its lease was
 * over. As long as the lane takes no other edit it is the lane's matter, and says nothing of this one: neither the
 * time nor the tries count. `now` and `acceptedAt`, when the lane last took an edit, in epoch ms on Redis's clock.
 */
export function countTurn(
  before: TurnedAway | undefined,
  now: number,
  acceptedAt: number | undefined,
): TurnVerdict {
  const { times = 0, overMs = 0, lastAt = now, alarmed } = before ?? {}
  const othersPassed = before !== undefined && acceptedAt !== undefined && acceptedAt > lastAt
  const counted: TurnedAway = othersPassed
    ? { times: times + 1, overMs: overMs + now - lastAt, lastAt: now }
    : { times, overMs, lastAt: now }
  if (counted.times >= most.turnedAway && counted.overMs >= most.turnedAwayMs)
    return { kind: 'give up', turnedAway: counted }
  const due = counted.times >= most.turnedAwayAlarm && counted.overMs >= most.turnedAwayAlarmMs
  const alarms = due && alarmed !== true
  const turnedAway: TurnedAway = due ? { ...counted, alarmed: true } : counted
  return {
    kind: 'again',
    turnedAway,
    inMs: Math.min(60_000, 1_000 * 2 ** Math.min(counted.times, 6)),
    alarms,
  }
}
