import type { Edit } from '@restyle/shared/contract/edit'
import type { Next } from '@restyle/shared/ledger/admit'
import type { Awaited, Freed } from '@restyle/shared/ledger/freed'
import { backoffMs } from '@restyle/shared/queues'
import { outageOf } from '@restyle/shared/redis/outage'
import { sleep } from '@restyle/shared/sleep'
import type { BucketGate } from '@restyle/shared/store/bucket-gate'
import type { Lane, Room } from '../lane/lane.ts'
import { type LookAheadTools, openLookAhead } from './look-ahead.ts'
import { moment } from './moment.ts'
import { submit, type SubmitTools } from './submit.ts'

/*
 * Keeps a lane full: as soon as it may have room, asks the ledger whose turn it is, and submits that edit. No job names an
 * edit: the choice is the ledger's, at the moment when there is room. Each worker does so for each of its lanes.
 */

export type DispatchTools = SubmitTools &
  LookAheadTools & {
    freed: Freed
    gate: Pick<BucketGate, 'opened'>
    roomOf: (lane: Lane) => Room
  }

/** The longest wait without asking again: a message that something was freed can be lost (ms). */
const [askAgainMs, idleMs] = [1_000, 5_000]

/** Runs until the worker stops, and ends when the submits under way have ended. */
export async function dispatch(lane: Lane, tools: DispatchTools): Promise<void> {
  const { ledger, log, stopping, gate } = tools
  let wakeUp = new AbortController()
  const ahead = openLookAhead(lane, tools, () => wakeUp.abort())
  const underWay = new Set<Promise<void>>()
  const room = tools.roomOf(lane)
  for (let failures = 0; !stopping.aborted;) {
    try {
      if (underWay.size >= lane.posting) {
        await Promise.race(underWay)
        continue
      }
      if (!(await gate.opened(stopping))) break
      wakeUp = new AbortController()
      const askedAt = moment()
      const next = await ledger.admit({ ...room, ...ahead.claims() })
      failures = 0
      ahead.heed(next)
      if (next.kind === 'admitted') {
        const sources = ahead.take(next.edit.id)
        const step = runStep(next.edit, () => submit(next.edit, { lane, askedAt, sources }, tools), tools)
        underWay.add(step)
        void step.finally(() => underWay.delete(step))
      } else await waitForRoom(lane, next, AbortSignal.any([stopping, wakeUp.signal]), tools)
    } catch (error) {
      failures += 1
      if (outageOf(error) === undefined)
        log.warn({ lane: lane.name, err: error }, 'lane could not be asked, it is asked again')
      await sleep(backoffMs(failures), stopping)
    }
  }
  await Promise.all([...underWay, ahead.settled()])
}

/** Until something is freed that the lane waits for, something joins its backlog, or `signal` aborts. */
function waitForRoom(
  lane: Lane,
  next: Exclude<Next, { kind: 'admitted' }>,
  signal: AbortSignal,
  { freed }: Pick<DispatchTools, 'freed'>,
): Promise<void> {
  const newOnes: Awaited = { lane: lane.id, reason: 'grown' }
  if (next.kind === 'empty') return freed.wait([newOnes], Math.min(idleMs, next.ms ?? idleMs), signal)
  const { reason, ms } = next
  const ended: Awaited = { lane: lane.id, reason }
  // an uncertain submit holds back the edits like it, and no other
  const awaited = reason === 'uncertain' ? [ended, newOnes] : [ended]
  return freed.wait(awaited, Math.min(askAgainMs, Math.max(1, ms)), signal)
}

/** A submit under way, and the wake-up of the hand that goes on with it. */
async function runStep(
  edit: Edit,
  step: () => Promise<{ edit: Edit; inMs?: number }>,
  { queues, log, failpoint }: DispatchTools,
): Promise<void> {
  try {
    const { edit: after, inMs } = await step()
    await failpoint('stepped', edit.id)
    await queues.wake(after, inMs)
  } catch (error) {
    const facts = { hand: 'submit', editId: edit.id, err: error }
    if (outageOf(error) === undefined) log.error(facts, 'step failed and its edit is looked up')
    else log.debug(facts, 'step waits for redis')
    // the sweep finds it too, when its lease is over
    await queues.wake(edit).catch(() => {})
  }
}
