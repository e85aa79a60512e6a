import { actionOfFailedTask } from '@restyle/dashscope/catalogue'
import type { Task } from '@restyle/dashscope/read-task'
import type { Edit } from '@restyle/shared/contract/edit'
import type { Change } from '@restyle/shared/ledger/move'
import type { Store } from '@restyle/shared/store/store'
import { noteEnded } from '../bucket.ts'
import type { HandContext, Step } from '../step.ts'
import type { Lane } from '../lane/lane.ts'
import { pauseLane } from '../lane/pause-lane.ts'
import { takeQuery } from '../lane/query-budget.ts'
import { afterSilenceMs, nextPollMs, type PollSchedule } from './next-poll.ts'
import { type Verdict, verdict } from './verdict.ts'

export type PollTools = HandContext & {
  store: Store
  laneOf: (name: string | undefined) => Lane | undefined
  schedule: PollSchedule
  random: () => number
}

/** Task ids live 24 h (docs/dashscope.md §2); an hour more for clocks and doubt. */
const forgottenMs = 25 * 3600_000

/** Asks once about a running edit's task, and writes down what the answer means. */
export async function poll(edit: Edit, tools: PollTools): Promise<Step> {
  const { ledger, log, schedule, random } = tools
  const lane = tools.laneOf(edit.lane)
  if (lane === undefined || edit.taskId === undefined) {
    log.error({ editId: edit.id, lane: edit.lane }, 'task is on a lane that this worker does not have')
    return { edit, inMs: 60_000 }
  }
  const submittedAt = edit.submittedAt ?? edit.updatedAt
  const early = schedule.firstMs - (Date.now() - submittedAt)
  if (early > 0) return { edit, inMs: early }
  const waitMs = await takeQuery(ledger, lane)
  if (waitMs > 0) return { edit, inMs: waitMs }

  const answer = await lane.client.task(edit.taskId)
  await tools.failpoint('asked', edit.id)
  const ageMs = Date.now() - submittedAt
  if (answer.kind === 'unanswered') {
    log.warn(
      { editId: edit.id, taskId: edit.taskId, code: answer.code, said: answer.message },
      'query failed, which says nothing about the task',
    )
    if (answer.action === 'pauseLane') await pauseLane(lane, answer, tools)
    if (answer.action === 'refused' && ageMs > forgottenMs) return expire(edit, tools)
    return { edit, inMs: afterSilenceMs(schedule, answer.retryAfterMs, random()) }
  }
  const asked = { n: edit.request.n, tries: edit.tries, now: Date.now(), ageMs }
  const decided = verdict(answer.task, asked, actionOfFailedTask)
  if (decided.kind === 'wait') {
    if (answer.task.state === 'unknown')
      log.warn(
        { editId: edit.id, taskId: edit.taskId },
        'vendor does not know the task, it is asked again until its time is over',
      )
    return { edit, inMs: nextPollMs(ageMs, schedule, random()) * (answer.task.state === 'unknown' ? 6 : 1) }
  }
  if (decided.kind === 'pause') await pauseLane(lane, decided.failure, tools)

  if (decided.kind === 'fail') await noteEnded(tools, edit, { state: 'failed', failure: decided.failure })
  if (decided.kind === 'cancel') await noteEnded(tools, edit, { state: 'canceled' })
  const moved = await ledger.move(edit, changeFor(decided, edit, lane))
  if (moved.kind !== 'moved') return { edit: (await ledger.read(edit.id)) ?? edit }
  report(edit, answer.task, decided, tools)
  return { edit: moved.edit, inMs: moved.edit.state === 'queued' ? 1_000 * (1 + random()) : 0 }
}

/** The vendor no longer answers for a task that old. */
async function expire(edit: Edit, tools: PollTools): Promise<Step> {
  const failure = {
    code: 'TaskExpired',
    message: 'the vendor gave no answer for the task, and forgets tasks after 24 h',
  }
  await noteEnded(tools, edit, { state: 'failed', failure })
  const moved = await tools.ledger.move(edit, {
    to: 'failed',
    set: { failure },
    event: 'restyle.edit.failed',
  })
  return { edit: moved.kind === 'moved' ? moved.edit : ((await tools.ledger.read(edit.id)) ?? edit) }
}

function changeFor(decided: Exclude<Verdict, { kind: 'wait' }>, edit: Edit, lane: Lane): Change {
  switch (decided.kind) {
    case 'render': {
      const { images, expiresAt } = decided
      return { to: 'rendered', set: { images }, billedMicros: decided.billed * lane.priceMicros, expiresAt }
    }
    case 'again':
      return {
        to: 'queued',
        set: { tries: edit.tries + 1, taskId: null },
        billedMicros: decided.billed * lane.priceMicros,
      }
    case 'pause':
      return { to: 'queued', set: { taskId: null } }
    case 'fail': {
      const billedMicros = decided.billed * lane.priceMicros
      return { to: 'failed', set: { failure: decided.failure }, billedMicros, event: 'restyle.edit.failed' }
    }
    case 'cancel':
      return { to: 'canceled', event: 'restyle.edit.canceled' }
  }
}

function report(edit: Edit, task: Task, decided: Verdict, { log }: HandContext): void {
  const facts = { editId: edit.id, taskId: task.taskId, state: task.rawStatus }
  if (decided.kind === 'render') {
    log.info({ ...facts, images: task.images.length, billed: decided.billed }, 'task rendered')
    if (decided.billed !== task.images.length)
      log.error(
        { ...facts, images: task.images.length, billed: decided.billed },
        'vendor bills another number of images than it returned',
      )
  } else if (decided.kind === 'fail' || decided.kind === 'again' || decided.kind === 'pause') {
    log.warn({ ...facts, code: decided.failure.code, next: decided.kind }, 'task failed')
  } else log.info(facts, 'task ended')
}
