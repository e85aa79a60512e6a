import type { SubmitOutcome } from '@restyle/dashscope/submit-outcome'
import type { Edit, VendorSaid } from '@restyle/shared/contract/edit'
import { endAsNoted, endEdit } from '@restyle/shared/end-edit'
import { moveOrReread } from '@restyle/shared/move-or-reread'
import { type Answer, readAttempt, writeAnswer } from '@restyle/shared/receipt/receipt'
import type { HandContext, Step } from '../hand/step.ts'
import type { Lane } from '../lane/lane.ts'
import { lanePauseMs, pauseLane } from '../lane/pause.ts'
import { countReturn } from '../lane/returns.ts'
import { throttleMs } from './backoff.ts'
import type { Breakers } from './breakers.ts'
import { turnAway } from './turn-away.ts'

/*
 * Records what came of the one POST: in the ledger, and next to the receipt. It never sends anything. An outcome that
 * nobody knows makes the edit uncertain, and never sends it back to the backlog.
 */

export type OutcomeTools = HandContext & { breakers: Breakers }

/** The sweep looks so soon: the wake-up that follows dies with this process, and no queue knows of the edit yet. */
const dueInMs = 3_000

/** Does what the outcome of the POST says: `running`, `queued`, `uncertain` or `failed`. */
export async function recordOutcome(
  edit: Edit,
  lane: Lane,
  outcome: SubmitOutcome,
  tools: OutcomeTools,
): Promise<Step> {
  const facts = { editId: edit.id, attempt: edit.attempt, lane: lane.name }
  switch (outcome.kind) {
    case 'accepted': {
      tools.breakers.seen(lane.name, { kind: 'accepted' })
      const { taskId } = outcome
      const at = Date.now()
      // at the same time, so that the task id survives the loss of either
      const [moved, written] = await Promise.allSettled([
        recordTask(edit, taskId, at, tools),
        writeAnswer(tools.store, edit, { v: 1, outcome: 'accepted', taskId, at }),
      ])
      if (written.status === 'rejected')
        tools.log.warn({ ...facts, err: written.reason }, 'task id could not be written next to the receipt')
      if (moved.status === 'rejected') throw moved.reason
      tools.log.info({ ...facts, taskId }, 'edit submitted')
      return moved.value
    }
    case 'unknown': {
      const { cause, detail } = outcome
      tools.log.warn({ ...facts, cause, detail }, 'submit has no known outcome, the edit is looked up')
      return makeUncertain(edit, await saidOf(edit, lane, outcome, tools), tools)
    }
    case 'refused': {
      const { code, httpStatus: status, message: said } = outcome
      tools.log.warn({ ...facts, code, status, said }, 'submit was refused')
      return recordRefusal(edit, lane, outcome, tools)
    }
  }
}

async function recordRefusal(
  edit: Edit,
  lane: Lane,
  { code, message, action, retryAfterMs }: Extract<SubmitOutcome, { kind: 'refused' }>,
  tools: OutcomeTools,
): Promise<Step> {
  const { ledger, random } = tools
  await noteNoTask(edit, code, tools)
  if (tools.breakers.seen(lane.name, { kind: 'refused', editId: edit.id, code, message, action })) {
    await pauseLane(lane, { code, message }, tools)
    const counted = countReturn(edit.returned, { cause: 'refused', code, lane: true })
    if (counted.kind === 'give up')
      return endEdit(edit, { state: 'failed', failure: { code, message } }, tools)
    const { returned = null, inMs } = counted
    // not at once, so that another edit tries after the pause
    return moveOrReread(edit, { to: 'queued', set: { returned }, afterMs: inMs, givesBack: true }, ledger)
  }
  switch (action) {
    case 'retryLater': {
      await noteStandstill(lane, { code, message }, tools)
      if (code === 'TooLate')
        return turnAway(edit, lane, { kind: 'vendor', code, message }, { inMs: 1_000 }, tools)
      const inMs = retryAfterMs ?? throttleMs(await ledger.lanes.countThrottle(lane.id), random)
      await ledger.lanes.delayTokens(`submit:${lane.id}`, inMs)
      const failure = code === 'NotSent' ? {} : { failure: { code, message } }
      return turnAway(edit, lane, { kind: 'vendor', code, message, ...failure }, { inMs }, tools)
    }
    case 'pauseLane':
      await pauseLane(lane, { code, message }, tools)
      return returnToBacklog(edit, 1_000, tools)
    case 'retryOnce':
      if (edit.tries === 0) return returnToBacklog(edit, 5_000, tools, 1)
      return endEdit(edit, { state: 'failed', failure: { code, message } }, tools)
    case 'failEdit':
      return endEdit(edit, { state: 'failed', failure: { code, message } }, tools)
  }
}

/** A lane that has taken nothing for minutes pauses, so that a single edit tries each minute; none fails for it. */
async function noteStandstill(
  lane: Lane,
  why: { code: string; message: string },
  { breakers, ledger, log }: OutcomeTools,
): Promise<void> {
  const stands = breakers.waits(lane.name, Date.now())
  if (stands === undefined) return
  const { code, message } = why
  if (stands.alarms)
    log.error(
      { lane: lane.name, code, said: message, minutes: Math.round(stands.forMs / 60_000) },
      'lane takes nothing: the vendor cannot be reached or throttles it',
    )
  await ledger.lanes.pause(lane.id, { ...why, since: Date.now() }, lanePauseMs)
}

/**
 * What is kept of an outcome that nobody knows. Where the vendor answers edit after edit with the same code, the lane
 * pauses: it is no edit's fault, and none may fail for it.
 */
async function saidOf(
  edit: Edit,
  lane: Lane,
  { cause, code, message, detail }: Extract<SubmitOutcome, { kind: 'unknown' }>,
  tools: OutcomeTools,
): Promise<VendorSaid> {
  if (code === undefined) return { cause }
  const words = { code, message: message ?? detail }
  const seen = { kind: 'refused', editId: edit.id, ...words, action: 'failEdit' } as const
  const opens = tools.breakers.seen(lane.name, seen)
  if (opens) await pauseLane(lane, words, tools)
  return { cause, ...words, ...(opens ? { lane: true } : {}) }
}

/** For an attempt that Redis had forgotten: for which day its money was counted, if it was. */
type Counted = { putBack?: '1'; day?: string }

/** Another process holds this attempt's receipt: Redis has forgotten what it knew. What the receipt says, counts. */
export async function adoptReceipt(edit: Edit, tools: HandContext): Promise<Step> {
  const { store, log, ledger } = tools
  const { intent, answer: recorded, ended } = await readAttempt(store, edit.id, edit.attempt)
  const facts = { editId: edit.id, attempt: edit.attempt, answer: recorded?.outcome }
  log.warn(facts, 'attempt was made before, its receipt counts')
  // it was told then: a second submit would contradict that
  if (recorded?.outcome !== 'accepted' && ended?.state === 'failed') return endAsNoted(edit, ended, tools)
  // this time another lane may have admitted it
  const sent = intent?.world === undefined ? edit : { ...edit, world: intent.world }
  // what it is billed may be in the bucket's record of that day
  const counted = intent?.money === undefined ? {} : { putBack: '1' as const, day: intent.money.day }
  if (recorded === undefined) return makeUncertain(edit, { cause: 'receipt' }, tools, counted)
  if (recorded.outcome === 'accepted') return recordTask(sent, recorded.taskId, recorded.at, tools, counted)
  return moveOrReread(edit, { to: 'queued', givesBack: true }, ledger)
}

/** Writes the task id into the ledger, even if the edit was given up meanwhile and is uncertain or held. */
async function recordTask(
  edit: Edit,
  taskId: string,
  at: number,
  tools: HandContext,
  counted: Counted = {},
): Promise<Step> {
  const { ledger, log } = tools
  const { world = null } = edit
  const change = { to: 'running', set: { taskId, submittedAt: at, world, ...counted }, dueInMs } as const
  let moved = await moveOrReread(edit, change, ledger)
  const { state, attempt } = moved.edit
  if (moved.kind === 'overtaken' && attempt === edit.attempt && (state === 'uncertain' || state === 'review'))
    moved = await moveOrReread(moved.edit, change, ledger)
  if (moved.kind === 'taskTaken') {
    log.error({ editId: edit.id, owner: moved.owner }, 'task belongs to another edit already')
    return moved.edit.state === 'review' ? moved : makeUncertain(moved.edit, { cause: 'taken' }, tools)
  }
  if (moved.edit.taskId !== taskId)
    log.error(
      { editId: edit.id, taskId, state: moved.edit.state },
      'accepted task belongs to no edit: its images will be billed and not stored',
    )
  return moved
}

const makeUncertain = (
  edit: Edit,
  said: VendorSaid,
  { ledger }: HandContext,
  counted: Counted = {},
): Promise<Step> =>
  moveOrReread(
    edit,
    { to: 'uncertain', set: { uncertainBecause: said.cause, said, ...counted }, dueInMs },
    ledger,
  )

/** No task exists, and the receipt of this attempt was written: the attempt counts. */
async function returnToBacklog(
  edit: Edit,
  afterMs: number,
  { ledger }: HandContext,
  tries = edit.tries,
): Promise<Step> {
  return moveOrReread(edit, { to: 'queued', set: { tries }, afterMs, givesBack: true }, ledger)
}

/** Best effort: without it, a ledger that is rewound would look the attempt up at the vendor. */
async function noteNoTask(edit: Edit, code: string, { store, log }: HandContext): Promise<void> {
  const answer: Answer = { v: 1, outcome: 'none', code, at: Date.now() }
  await writeAnswer(store, edit, answer).catch((error: unknown) =>
    log.debug({ editId: edit.id, err: error }, 'refusal could not be written next to the receipt'),
  )
}
