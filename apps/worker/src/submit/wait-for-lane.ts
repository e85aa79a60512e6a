import { performance } from 'node:perf_hooks'
import type { Edit } from '@restyle/shared/contract/edit'
import type { HandContext } from '../step.ts'
import type { Freed, Want } from '../lane/freed.ts'
import { admissionOf, type Deadlines, type Lane } from '../lane/lane.ts'

/** `askedAt` is on this process's monotonic clock (ms), before the lease began. */
export type Waited =
  | { kind: 'over'; edit: Edit; lane: Lane; askedAt: number }
  | { kind: 'later'; ms: number }
  | { kind: 'lost' }

export type WaitForLane = (edit: Edit) => Promise<Waited>

/** Waits that the next edit in the backlog would have to sit out just the same are sat out here, at the head of it. */
const same = new Set(['slot', 'posting', 'token', 'copies', 'paused', 'bucket'])

/** Of these nobody can say how long they last. */
const standing = new Set(['paused', 'bucket'])

/**
 * A submit in doubt keeps back the edits that could be confused with it, and others may be behind them in the backlog:
 * each is held for a moment at the head, so that a backlog of one prompt does not spin, and then goes back for a while.
 */
const doubt = { heldMs: 1_000, backMs: 5_000 }

/**
 * Asks every lane of the edit's model in turn, and waits until one takes it: no slot idles for want of an edit, and no
 * edit runs through the queue again and again for want of a slot.
 */
export function waitForLane(
  context: HandContext,
  lanes: readonly Lane[],
  freed: Freed,
  deadlines: Deadlines,
  maxCopyBacklog: number,
): WaitForLane {
  const { ledger, stopping } = context
  return async (edit) => {
    const fitting = lanes.filter(({ model }) => model.id === edit.request.model)
    for (let held = false; ;) {
      let wait = fitting.length === 0 ? 60_000 : 1_000
      const wants: Want[] = []
      const doubts: Want[] = []
      for (const lane of fitting) {
        if (stopping.aborted) return { kind: 'later', ms: 0 }
        const askedAt = performance.now()
        const answer = await ledger.admit(edit, admissionOf(lane, edit, deadlines, maxCopyBacklog))
        if (answer.kind === 'admitted') return { kind: 'over', edit: answer.edit, lane, askedAt }
        if (answer.kind === 'lost') return { kind: 'lost' }
        wait = Math.min(wait, Math.max(1, answer.ms))
        const want = { lane: lane.name, reason: answer.reason }
        if (same.has(answer.reason)) wants.push(want)
        if (answer.reason === 'uncertain') doubts.push(want)
      }
      const doubtful = doubts.length > 0 && wants.every(({ reason }) => standing.has(reason))
      if (!doubtful && wants.length > 0) await freed.wait(wants, Math.min(wait, 1_000), stopping)
      else if (!doubtful) return { kind: 'later', ms: wait }
      else if (held) return { kind: 'later', ms: doubt.backMs }
      else {
        held = true
        await freed.wait(doubts, doubt.heldMs, stopping)
      }
    }
  }
}
