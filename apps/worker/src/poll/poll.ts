import { actionOfFailedTask } from '@restyle/dashscope/catalogue'
import { taskLivesMs } from '@restyle/dashscope/lifetimes'
import type { Task } from '@restyle/dashscope/read-task'
import type { Unanswered } from '@restyle/dashscope/unanswered'
import type { Edit } from '@restyle/shared/contract/edit'
import { ownFailure } from '@restyle/shared/contract/failure-codes'
import { endEdit } from '@restyle/shared/end-edit'
import { type MovedOrReread, moveOrReread } from '@restyle/shared/move-or-reread'
import type { HandContext, Step } from '../hand/step.ts'
import type { Admitted } from '../lane/lane-reaching.ts'
import type { Lane } from '../lane/lane.ts'
import { pauseLane } from '../lane/pause.ts'
import { takeQuery } from '../lane/query-budget.ts'
import { afterSilenceMs, nextPollMs, type PollSchedule } from './next-poll.ts'
import { type Verdict, verdict } from './verdict.ts'

/*
 * Asks about a running edit's task, once a step, and writes down what the vendor's word means (verdict.ts). A query that
 * fails says nothing about the task. This hand never downloads an image and never submits.
 */

export type PollTools = HandContext & {
  laneOf: (edit: Admitted) => Lane | undefined
  schedule: PollSchedule
}

/** After this the vendor no longer answers for a task; an hour more than it says, for clocks that differ. */
const forgottenMs = taskLivesMs + 3600_000

/** Asks once, if it is time and the account's query budget allows it. */
export async function poll(edit: Edit, tools: PollTools): Promise<Step> {
  const { ledger, log, schedule, random } = tools
  const { taskId, submittedAt = edit.updatedAt } = edit
  const lane = tools.laneOf(edit)
  if (lane === undefined || taskId === undefined) {
    log.error({ editId: edit.id, lane: edit.lane }, 'task is on a lane that this worker does not have')
    return { edit, inMs: 60_000 }
  }
  const early = schedule.firstMs - (Date.now() - submittedAt)
  if (early > 0) return { edit, inMs: early }
  const waitMs = await takeQuery(ledger, lane)
  if (waitMs > 0) return { edit, inMs: waitMs }

  const told = await lane.client.task(taskId)
  await tools.failpoint('asked', edit.id)
  const ageMs = Date.now() - submittedAt
  if (told.kind === 'unanswered') return afterSilence(edit, lane, told, ageMs, tools)
  const { task } = told
  const asked = { n: edit.request.n, tries: edit.tries, now: Date.now(), ageMs }
  const decided = verdict(task, asked, actionOfFailedTask)
  if (decided.kind === 'wait') {
    if (task.state !== 'unknown') return { edit, inMs: nextPollMs(ageMs, schedule, random()) }
    log.warn(
      { editId: edit.id, taskId },
      'vendor does not know the task, it is asked again until its time is over',
    )
    return { edit, inMs: nextPollMs(ageMs, schedule, random()) * 6 }
  }
  if (decided.kind === 'pause') await pauseLane(lane, decided.failure, tools)
  const moved = await act(edit, lane, decided, tools)
  if (moved.kind !== 'moved') return moved
  report(edit, task, decided, tools)
  return { edit: moved.edit, inMs: moved.edit.state === 'queued' ? 1_000 * (1 + random()) : 0 }
}

async function afterSilence(
  edit: Edit,
  lane: Lane,
  { code, message, action, retryAfterMs }: Unanswered,
  ageMs: number,
  tools: PollTools,
): Promise<Step> {
  const facts = { editId: edit.id, taskId: edit.taskId, code, said: message }
  tools.log.warn(facts, 'query failed, which says nothing about the task')
  if (action === 'pauseLane') await pauseLane(lane, { code, message }, tools)
  if (action !== 'refused' || ageMs <= forgottenMs)
    return { edit, inMs: afterSilenceMs(tools.schedule, retryAfterMs, tools.random()) }
  const said = 'the vendor gave no answer for the task, and forgets tasks after 24 h'
  return endEdit(edit, { state: 'failed', failure: ownFailure('TaskExpired', said) }, tools)
}

function act(
  edit: Edit,
  lane: Lane,
  decided: Exclude<Verdict, { kind: 'wait' }>,
  tools: PollTools,
): Promise<MovedOrReread> {
  const { ledger } = tools
  const billedMicros = 'billed' in decided ? decided.billed * lane.priceMicros : 0
  switch (decided.kind) {
    case 'render': {
      const { images, expiresAt } = decided
      return moveOrReread(edit, { to: 'rendered', set: { images }, billedMicros, expiresAt }, ledger)
    }
    case 'again': {
      const set = { tries: edit.tries + 1, taskId: null }
      return moveOrReread(edit, { to: 'queued', set, billedMicros }, ledger)
    }
    case 'pause':
      return moveOrReread(edit, { to: 'queued', set: { taskId: null } }, ledger)
    case 'fail':
      return endEdit(edit, { state: 'failed', failure: decided.failure, billedMicros }, tools)
    case 'cancel':
      return endEdit(edit, { state: 'canceled' }, tools)
  }
}

function report(edit: Edit, task: Task, decided: Verdict, { log }: HandContext): void {
  const facts = { editId: edit.id, taskId: task.taskId, state: task.rawStatus }
  switch (decided.kind) {
    case 'render': {
      const counts = { images: task.images.length, billed: decided.billed }
      log.info({ ...facts, ...counts }, 'task rendered')
      if (counts.billed !== counts.images)
        log.error({ ...facts, ...counts }, 'vendor bills another number of images than it returned')
      return
    }
    case 'fail':
    case 'again':
    case 'pause':
      return log.warn({ ...facts, code: decided.failure.code, next: decided.kind }, 'task failed')
    case 'cancel':
    case 'wait':
      return
  }
}
