import { actionOfFailedTask } from '@restyle/dashscope/catalogue'
import type { Task } from '@restyle/dashscope/read-task'
import { countRefusal } from '@restyle/dashscope/repeated-refusal'
import type { Unanswered } from '@restyle/dashscope/unanswered'
import { bounds } from '@restyle/shared/contract/bounds'
import type { Edit } from '@restyle/shared/contract/edit'
import { ownFailure } from '@restyle/shared/contract/failure-codes'
import { endEdit } from '@restyle/shared/end-edit'
import { type MovedOrReread, moveOrReread } from '@restyle/shared/move-or-reread'
import type { HandContext, Step } from '../hand/step.ts'
import type { Admitted } from '../lane/lane-reaching.ts'
import { type Lane, priceOf } from '../lane/lane.ts'
import { pauseLane } from '../lane/pause.ts'
import { delayQueries, fairMs, takeQuery } from '../lane/query-budget.ts'
import { cancelTask } from './cancel-task.ts'
import { type DurationsSeen, tookMs } from './durations.ts'
import { giveUp } from './give-up.ts'
import { afterSilenceMs, earlyMs, nextPollMs, type PollSchedule } from './next-poll.ts'
import { type Verdict, verdict } from './verdict.ts'

/*
 * Asks about a running edit's task, once a step, and writes down what the vendor's word means (verdict.ts). A query that
 * fails says nothing about the task. This hand never downloads an image and never submits.
 */

export type PollTools = HandContext & {
  laneOf: (edit: Admitted) => Lane | undefined
  schedule: PollSchedule
  durations: DurationsSeen
  /** Where images are in the bucket. */
  keyTemplate: string
  /** How often the vendor has named this state so far. */
  countState: (status: string) => number
}

/**
 * After the first the vendor no longer answers for a task: an hour more than it says, for clocks that differ. After the
 * second it cannot, whatever kept it from answering. A task takes a minute or two: an old one is an alarm, once an hour.
 */
const { forgottenMs, surelyForgottenMs, oldMs } = bounds.running.most

/** Asks once, if it is time and the account's query budget allows it. */
export async function poll(edit: Edit, tools: PollTools): Promise<Step> {
  const { ledger, schedule } = tools
  const { taskId, submittedAt = edit.updatedAt } = edit
  const lane = tools.laneOf(edit)
  if (lane === undefined || taskId === undefined) return withoutLane(edit, Date.now() - submittedAt, tools)
  // a task can be canceled only as long as it has not begun
  const early = edit.cancelAsked === undefined ? earlyMs(Date.now() - submittedAt, schedule) : 0
  if (early > 0) return { edit, inMs: early }
  const waitMs = await takeQuery(ledger, lane, 'poll')
  // spread: where the vendor asked for quiet, all the account's tasks wait for the same moment
  if (waitMs > 0) return { edit, inMs: waitMs * (1 + tools.random()) }

  const told = await lane.client.task(taskId)
  await tools.failpoint('asked', edit.id)
  const ageMs = Date.now() - submittedAt
  if (ageMs > oldMs) await warnOfAge(edit, lane, told, ageMs, tools)
  if (told.kind === 'unanswered') return afterSilence(edit, lane, told, ageMs, tools)
  return afterAnswer(edit, lane, told.task, ageMs, tools)
}

async function afterAnswer(
  edit: Edit,
  lane: Lane,
  task: Task,
  ageMs: number,
  tools: PollTools,
): Promise<Step> {
  const asked = {
    n: edit.request.n,
    tries: edit.tries,
    now: Date.now(),
    ageMs,
    unseenSince: edit.unseenSince,
    pausedTasks: edit.pausedTasks,
  }
  const decided = verdict(task, asked, actionOfFailedTask)
  if (decided.kind === 'wait') {
    warnOfState(edit, task, tools)
    const inMs =
      (await cancelTask(edit, lane, task, tools)) ??
      (await untilNextMs(lane, ageMs, tools)) * (task.state === 'unknown' ? 6 : 1)
    return edit.refusedQueries === undefined
      ? { edit, inMs }
      : note(edit, { refusedQueries: null }, inMs, tools)
  }
  if (decided.kind === 'unseen') {
    if (edit.unseenSince !== undefined) return { edit, inMs: decided.inMs }
    const facts = { editId: edit.id, taskId: task.taskId, fields: task.shape }
    tools.log.warn(facts, 'task succeeded and shows no image, it is asked again')
    return note(edit, { unseenSince: asked.now, refusedQueries: null }, decided.inMs, tools)
  }
  if (decided.kind === 'fail' && decided.failure.code === 'TaskExpired')
    return giveUp(edit, decided.failure, tools)
  if (decided.kind === 'pause') await pauseLane(lane, decided.failure, tools)
  const moved = await act(edit, lane, decided, tools)
  if (moved.kind !== 'moved') return moved
  if (decided.kind === 'render') tools.durations.remember(lane.id, tookMs(task, ageMs))
  report(edit, task, decided, tools)
  tellOverrun(edit, moved.edit, tools)
  return { edit: moved.edit }
}

/** The bill counts as it is; the next edit may not fit for it. An older version does not say what it had reserved. */
function tellOverrun(before: Edit, after: Edit, { log }: PollTools): void {
  const billed = after.billed - before.billed
  const { id: editId, taskId, reserved, day } = before
  if (day !== undefined && billed > reserved)
    log.error({ editId, taskId, billed, reserved }, 'task costs more than was reserved for it')
}

async function untilNextMs(lane: Lane, ageMs: number, tools: PollTools): Promise<number> {
  const running = await tools.ledger.lanes.runningOf(lane.account, lane.id)
  const facts = { ageMs, seen: tools.durations.of(lane.id), fairMs: fairMs(running, lane.queryPerSecond) }
  return nextPollMs(facts, tools.schedule, tools.random())
}

/** Keeps with the edit what its next poll must know. */
async function note(
  edit: Edit,
  what: { unseenSince?: number; refusedQueries?: Edit['refusedQueries'] | null },
  inMs: number,
  { ledger }: PollTools,
): Promise<Step> {
  const { taskId = '', submittedAt = edit.updatedAt } = edit
  const moved = await moveOrReread(edit, { to: 'running', set: { taskId, submittedAt, ...what } }, ledger)
  return { edit: moved.edit, inMs }
}

async function afterSilence(
  edit: Edit,
  lane: Lane,
  silence: Unanswered,
  ageMs: number,
  tools: PollTools,
): Promise<Step> {
  const { code, message, action, httpStatus, retryAfterMs } = silence
  const facts = { editId: edit.id, taskId: edit.taskId, code, said: message }
  tools.log.warn(facts, 'query failed, which says nothing about the task')
  if (action === 'pauseLane') await pauseLane(lane, { code, message }, tools)
  const counted = countRefusal(edit.refusedQueries, silence, Date.now())
  if (counted.kind === 'fail') return giveUp(edit, counted.failure, tools)
  if (ageMs > (action === 'refused' ? forgottenMs : surelyForgottenMs)) {
    const said = 'the vendor gave no answer for the task, and forgets tasks after 24 h'
    return giveUp(edit, ownFailure('TaskExpired', said), tools)
  }
  const inMs = afterSilenceMs(tools.schedule, retryAfterMs, tools.random())
  if (httpStatus === 429) await delayQueries(tools.ledger, lane, inMs)
  if (counted.refused === edit.refusedQueries) return { edit, inMs }
  return note(edit, { refusedQueries: counted.refused }, inMs, tools)
}

/** The lane may come back for as long as the vendor knows the task. */
async function withoutLane(edit: Edit, ageMs: number, tools: PollTools): Promise<Step> {
  const { ledger, log } = tools
  const { baseUrl, account } = edit.world ?? {}
  const facts = { editId: edit.id, lane: edit.lane, baseUrl, account }
  if (ageMs > forgottenMs) {
    const said = `no worker has its lane ${edit.lane} any more, and the vendor forgets tasks after 24 h`
    return giveUp(edit, ownFailure('TaskExpired', said), tools)
  }
  if (await ledger.turn(`alarm:lane:${edit.lane}`, oldMs))
    log.error(facts, 'task is on a lane that this worker does not have')
  return { edit, inMs: 60_000 }
}

/** One line an hour for each lane, however many of its tasks are old. */
async function warnOfAge(
  edit: Edit,
  lane: Lane,
  told: Awaited<ReturnType<Lane['client']['task']>>,
  ageMs: number,
  { ledger, log }: PollTools,
): Promise<void> {
  const says = told.kind === 'task' ? told.task.rawStatus : told.code
  const ended = told.kind === 'task' && told.task.images.length > 0
  if (ended || !(await ledger.turn(`alarm:old-task:${lane.id}`, oldMs))) return
  log.error(
    { editId: edit.id, taskId: edit.taskId, lane: lane.name, ageMs, says },
    'task is over an hour old',
  )
}

/** An unknown state may be a new name for an end: logged the first, the tenth and the hundredth time. */
function warnOfState(edit: Edit, { taskId, state, rawStatus }: Task, { log, countState }: PollTools): void {
  if (state !== 'other' && state !== 'unknown') return
  const times = countState(rawStatus)
  if (!Number.isInteger(Math.log10(times))) return
  const facts = { editId: edit.id, taskId, status: rawStatus, times }
  if (state === 'other') log.warn(facts, 'vendor names a state that is not known, the task is asked again')
  else log.warn(facts, 'vendor does not know the task, it is asked again until its time is over')
}

type Final = Exclude<Verdict, { kind: 'wait' | 'unseen' }>

function act(edit: Edit, lane: Lane, decided: Final, tools: PollTools): Promise<MovedOrReread> {
  const { ledger, random } = tools
  // another edit goes first
  const afterMs = 1_000 * (1 + random())
  const billedMicros = 'billed' in decided ? decided.billed * priceOf(lane, edit) : 0
  switch (decided.kind) {
    case 'render': {
      const { images, expiresAt } = decided
      const set = { images, renderedAt: Date.now() }
      return moveOrReread(edit, { to: 'rendered', set, billedMicros, expiresAt }, ledger)
    }
    case 'again': {
      if (edit.cancelAsked !== undefined) return endEdit(edit, { state: 'canceled', billedMicros }, tools)
      const set = { tries: edit.tries + 1, taskId: null }
      return moveOrReread(edit, { to: 'queued', set, billedMicros, afterMs }, ledger)
    }
    case 'pause':
      return moveOrReread(
        edit,
        { to: 'queued', set: { taskId: null, pausedTasks: (edit.pausedTasks ?? 0) + 1 }, afterMs },
        ledger,
      )
    case 'fail':
      return endEdit(edit, { state: 'failed', failure: decided.failure, billedMicros }, tools)
    case 'hold': {
      const candidates = edit.taskId === undefined ? [] : [edit.taskId]
      return moveOrReread(edit, { to: 'review', set: { uncertainBecause: decided.why, candidates } }, ledger)
    }
    case 'cancel':
      return endEdit(edit, { state: 'canceled' }, tools)
  }
}

function report(edit: Edit, task: Task, decided: Final, { log }: HandContext): void {
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
    case 'hold':
      return log.error({ ...facts, why: decided.why }, 'task is paid and shows no image: a person decides')
    case 'cancel':
      return
  }
}
