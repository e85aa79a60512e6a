import { bounds } from '@restyle/shared/contract/bounds'
import type { Returned, VendorSaid } from '@restyle/shared/contract/edit'

/** What follows from one more submit that came to nothing: back to the backlog after `inMs`, or the end of the edit. */
export type ReturnVerdict =
  | { kind: 'return'; returned: Returned | undefined; inMs: number }
  | { kind: 'give up' }

const { most } = bounds.queued

/**
 * Counts a submit that made no task although nobody could know. With a code the vendor has said its word on this edit;
 * without one the line or a worker may have been at fault, so more are taken, and most where many edits met the same.
 * The edit comes back after its neighbours, later each time: it must not keep those like it from their turn.
 */
export function countReturn(before: Returned | undefined, { cause, code, lane }: VendorSaid): ReturnVerdict {
  const why = lane === true ? 'lane' : code === undefined ? cause : `${cause} ${code}`
  const times = before?.why === why ? before.times + 1 : 1
  const { inAll: inAllBefore = 0 } = before ?? {}
  if (lane === true)
    return times >= most.returnsWithLane
      ? { kind: 'give up' }
      : { kind: 'return', returned: { why, times, inAll: inAllBefore }, inMs: firstMs }
  const inAll = inAllBefore + 1
  if (inAll >= most.returnsInAll || (code !== undefined && times >= most.returnsForOneCode))
    return { kind: 'give up' }
  return { kind: 'return', returned: { why, times, inAll }, inMs: firstMs * inAll }
}

const firstMs = 10_000
