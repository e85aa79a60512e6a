import type { Worker } from 'bullmq'
import type { Edit } from '@restyle/shared/contract/edit'
import { type Hand, handOf, type WakeUp } from '@restyle/shared/queues'
import { type QueueSettings, runQueue } from './run-queue.ts'
import type { HandContext, Step, TakeStep } from './step.ts'

/*
 * Runs a hand over its queue: reads the edit, checks whose turn it is, takes one step, and wakes the hand that is next.
 * It never changes an edit: only the steps do. A job is only a reason to look at an edit and says nothing about it, so a
 * job that comes twice or too late does no harm.
 */

/**
 * A hand and how it is run. `goOn` takes the next hand's step within the same job, where that hand is free at once: a job
 * of its own would cost as much as all the rest of the step. undefined where it is not.
 */
export type HandOptions = {
  hand: Hand
  concurrency: number
  takeStep: TakeStep
  goOn?: (edit: Edit, signal: AbortSignal) => Promise<Step> | undefined
}

/** How long to leave an edit alone that this version cannot read; the sweep has called a person. */
const unreadableMs = 60_000

export function runHand(
  { ledger, queues, log, stopping, failpoint }: HandContext,
  { hand, concurrency, takeStep, goOn }: HandOptions,
  settings: QueueSettings,
): Worker<WakeUp> {
  const runJob = async ({ editId }: WakeUp): Promise<number | undefined> => {
    const [record] = await ledger.readEach([editId])
    // whoever wrote it may be a newer worker beside this one, which will take the job
    if (record?.kind === 'unreadable') return unreadableMs
    if (record?.kind !== 'edit') {
      log.warn({ editId, hand }, 'wake-up of an unknown edit dropped')
      return undefined
    }
    const { edit } = record
    if (handOf[edit.state] !== hand) {
      await queues.wake(edit)
      return undefined
    }
    await failpoint('taken', editId)
    const step = await takeStep(edit, stopping)
    await failpoint('stepped', editId)
    if (handOf[step.edit.state] === hand) return step.inMs ?? 0
    const { edit: after, inMs } = (await goOn?.(step.edit, stopping)) ?? step
    await queues.wake(after, inMs)
    return undefined
  }
  const factsOf = (editId: string | undefined) => ({ hand, editId })
  return runQueue(hand, concurrency, runJob, factsOf, settings)
}
