import type { Edit } from '@restyle/shared/contract/edit'
import type { HandContext } from '../hand/step.ts'
import type { Freed } from '@restyle/shared/ledger/freed'
import { admissionOf, type Deadlines, type Lane, type ReceiptPlace } from '../lane/lane.ts'
import { type Moment, moment, sinceMs } from './moment.ts'
import { planWait, type Refusal } from './waits.ts'

/** `askedAt`: before the lease began. */
export type Waited =
  | { kind: 'over'; edit: Edit; lane: Lane; askedAt: Moment }
  /** Not admitted: the edit goes back to the queue for `ms`. */
  | { kind: 'later'; ms: number }
  /** Somebody else has moved the edit. */
  | { kind: 'lost' }

export type WaitForLane = (edit: Edit) => Promise<Waited>

/** How long an edit goes back to the queue where other edits may be admitted before it. */
const backMs = 5_000

/** How long an edit waits at most: the addresses of its sources were made before, and do not live for ever. */
const patienceMs = 10 * 60_000

/** How long an edit goes back to the queue whose model no lane of this worker serves. */
const noLaneMs = 60_000

/**
 * Asks every lane of the edit's model in turn, and waits until one admits it. These waits block every edit of the model,
 * so the edit at the head waits in place: no slot idles for want of an edit, and no edit runs through the queue again and
 * again for want of a slot. A wait that blocks only edits like this one lasts a moment, so that a backlog of one prompt
 * does not spin; then the edit goes back to the queue.
 */
export function waitForLane(
  { ledger, stopping }: Pick<HandContext, 'ledger' | 'stopping'>,
  lanes: readonly Lane[],
  freed: Freed,
  deadlines: Deadlines,
  maxCopyBacklog: number,
  place: ReceiptPlace,
  clock = moment,
): WaitForLane {
  return async (edit) => {
    const fitting = lanes.filter(({ model }) => model.id === edit.request.model)
    if (fitting.length === 0) return { kind: 'later', ms: noLaneMs }
    const began = clock()
    for (let letPass = false; ;) {
      const refusals: Refusal[] = []
      for (const lane of fitting) {
        const askedAt = clock()
        if (stopping.aborted || sinceMs(began, askedAt) > patienceMs) return { kind: 'later', ms: 0 }
        const admitted = await ledger.admit(edit, admissionOf(lane, edit, deadlines, maxCopyBacklog, place))
        if (admitted.kind === 'admitted') return { kind: 'over', edit: admitted.edit, lane, askedAt }
        if (admitted.kind === 'lost') return { kind: 'lost' }
        refusals.push({ lane: lane.id, reason: admitted.reason, ms: admitted.ms })
      }
      const { othersMayPass, awaited, ms } = planWait(refusals)
      if (othersMayPass && letPass) return { kind: 'later', ms: backMs }
      letPass ||= othersMayPass
      await freed.wait(awaited, ms, stopping)
    }
  }
}
