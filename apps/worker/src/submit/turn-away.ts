import type { Edit, Failure } from '@restyle/shared/contract/edit'
import { ownFailure } from '@restyle/shared/contract/failure-codes'
import { endEdit } from '@restyle/shared/end-edit'
import type { Met } from '@restyle/shared/forecast/waits-for'
import { moveOrReread } from '@restyle/shared/move-or-reread'
import type { HandContext, Step } from '../hand/step.ts'
import type { Lane } from '../lane/lane.ts'
import { countTurn } from './count-turn.ts'
import { noteMet } from './note-met.ts'

/**
 * Why a submit did not come about, and whose matter it is. `failure`: how the edit ends where that never changes; by default
 * `NeverSent`.
 */
export type WhyNot = Pick<Met, 'kind' | 'code' | 'message'> & { failure?: Failure }

/**
 * Puts an edit back whose submit did not come about, in `inMs` or later. One that is turned away for a day while its lane
 * takes others ends. `attempt`: the number to go on from, where this one's receipt was not written.
 */
export async function turnAway(
  edit: Edit,
  lane: Lane,
  { kind, code, message, failure }: WhyNot,
  { inMs = 0, attempt = edit.attempt }: { inMs?: number; attempt?: number },
  tools: HandContext,
): Promise<Step> {
  const { ledger, log } = tools
  const [now, acceptedAt] = await Promise.all([ledger.now(), ledger.lanes.lastAccepted(lane.id)])
  const counted = countTurn(edit.turnedAway, now, acceptedAt)
  const { times } = counted.turnedAway
  const facts = { editId: edit.id, lane: lane.name, code, said: message, times }
  if (counted.kind === 'give up') {
    log.error(facts, 'edit was turned away for a day while its lane took others, it failed')
    const said = failure ?? ownFailure('NeverSent', `${code}: ${message}`)
    return endEdit(edit, { state: 'failed', failure: said }, tools)
  }
  if (counted.alarms) log.error(facts, 'edit is turned away again and again while its lane takes others')
  const { turnedAway } = counted
  // whoever waits at all lets others pass
  const afterMs = times === 0 ? inMs : Math.max(inMs, counted.inMs)
  await noteMet(edit, { kind, code, message, at: now }, afterMs, tools)
  const change = {
    to: 'queued',
    set: { attempt, turnedAway },
    afterMs,
    givesBack: edit.state !== 'queued',
  } as const
  return moveOrReread(edit, change, ledger)
}
