import type { Unanswered } from '@restyle/dashscope/unanswered'
import type { Edit, FoundTask, World } from '@restyle/shared/contract/edit'
import { ownFailure } from '@restyle/shared/contract/failure-codes'
import { endAsNoted, endEdit } from '@restyle/shared/end-edit'
import { laneOfSubmit } from '@restyle/shared/lane-id'
import { moveOrReread, type OpenChange } from '@restyle/shared/move-or-reread'
import {
  type Answer,
  claimTask,
  readAttempt,
  writeAnswer,
  writeIntent,
} from '@restyle/shared/receipt/receipt'
import type { Step } from '../hand/step.ts'
import { isUnreadable } from '../hand/unreadable.ts'
import type { Admitted } from '../lane/lane-reaching.ts'
import type { Lane, ReceiptPlace } from '../lane/lane.ts'
import { pauseLane } from '../lane/pause.ts'
import { countReturn } from '../lane/returns.ts'
import { countLook, type Untold, untoldOf } from './looks.ts'
import {
  nobody,
  readingOf,
  type ReceiptsSay,
  type Resolution,
  resolve,
  tooOld,
  unseen,
  type Window,
} from './resolution.ts'
import { listStrangers, type StrangersTools } from './strangers.ts'

/*
 * Looks up a submit without a known outcome. It never sends a POST, and never sends an edit back to the backlog unless it
 * is proven, or decided by the policy, that no task counts.
 *
 * 1. Gather: the receipts of the attempt, once.
 * 2. Decide: resolution.ts says what they mean. They may know the outcome that the ledger lost. Where a worker went away,
 *    the receipt of its intent is created here, if it is missing: then nobody sent the POST, and nobody will.
 * 3. Where the receipts do not tell, the lease has ended, and the vendor's list is read (strangers.ts), there where the
 *    edit was submitted: resolution.ts decides again. A look that tells nothing is counted (looks.ts).
 * 4. Act. What is decided is written next to the receipt first; the first answer written there is the one that counts.
 */

export type ReconcileTools = StrangersTools & {
  laneOf: (edit: Admitted) => Lane | undefined
  /** How long DashScope's list may lag behind its submits; not documented. */
  settleMs: number
  onUnknown: 'hold' | 'resubmit'
  /** Where receipts are looked for. */
  place: ReceiptPlace
}

/** One look at an edit that is `submitting` (its worker went away) or `uncertain`. */
export async function reconcile(found: Edit, tools: ReconcileTools): Promise<Step> {
  const now = await tools.ledger.now()
  try {
    return await look(found, now, tools)
  } catch (error) {
    if (!isUnreadable(error)) throw error
    return noteLook(found, 'refused', `a receipt cannot be read: ${error.message}`, now, tools)
  }
}

async function look(found: Edit, now: number, tools: ReconcileTools): Promise<Step> {
  const receipts = await readAttempt(tools.store, found.id, found.attempt)
  // a ledger that was rewound may have admitted this attempt to another lane since
  const world = receipts.intent?.world ?? found.world
  const edit = world === undefined ? found : { ...found, world }
  return actOnReceipts(edit, readingOf(edit, receipts, now, fences(tools.place, world)), now, tools)
}

/**
 * Whether a receipt that is not here was never written: only where the bucket creates once, and only in the bucket and
 * the way in which the edit was admitted. Whoever created it elsewhere does not meet ours.
 */
const fences = (here: ReceiptPlace, world: World | undefined): boolean =>
  here.createOnce !== 'off' &&
  (world === undefined || (world.bucket === here.bucket && world.createOnce === here.createOnce))

async function actOnReceipts(
  edit: Edit,
  said: ReceiptsSay,
  now: number,
  tools: ReconcileTools,
): Promise<Step> {
  const { log } = tools
  const facts = { editId: edit.id, attempt: edit.attempt }
  switch (said.kind) {
    case 'answered':
      return settle(edit, said.answer, tools)
    case 'ended':
      log.warn(facts, 'uncertain edit had ended already, and ends again')
      return endAsNoted(edit, said.ended, tools)
    case 'perhaps unsent':
      // or somebody was faster: then there is a receipt now, which the next look reads
      if ((await writeIntent(tools.store, edit, nobody)) === 'theirs') return { edit }
      return giveUpUnsent(edit, now, tools)
    case 'unsent':
      return giveUpUnsent(edit, now, tools)
    case 'under way':
      return { edit, inMs: said.ms + 50 }
    case 'abandoned':
      log.warn(facts, 'submit was left without an outcome, the edit is looked up')
      return change(edit, { to: 'uncertain', set: { uncertainBecause: 'abandoned' } }, tools)
    case 'nothing':
      return lookUp(edit, said.window, now, tools)
  }
}

/** A worker went away before its POST: no task exists, and the edit may be submitted again. */
async function giveUpUnsent(edit: Edit, now: number, tools: ReconcileTools): Promise<Step> {
  const facts = { editId: edit.id, attempt: edit.attempt }
  tools.log.info(facts, 'submit was left before its POST, the edit goes back to the backlog')
  return settle(edit, await writeAnswer(tools.store, edit, noTask('NeverSent', now)), tools)
}

/** Asks the vendor for the tasks of the window, unless it has forgotten them. */
async function lookUp(edit: Edit, window: Window, now: number, tools: ReconcileTools): Promise<Step> {
  const { prompt, n } = edit.request
  const { leaseUntil } = window
  const { settleMs } = tools
  const over = tooOld(window, now)
  if (over !== undefined) return actOnResolution(edit, over, leaseUntil, now, tools)
  const lane = tools.laneOf(edit)
  if (lane === undefined)
    return noteLook(edit, 'unreachable', 'no lane leads to where it was submitted', now, tools)
  const listed = await listStrangers(edit, lane, window, now, tools)
  if (listed.kind === 'stopping') return { edit, inMs: 0 }
  if (listed.kind === 'unanswered') return afterSilence(edit, lane, listed, now, tools)
  // a machine that slept before it asked was shown a list of another day
  const late = tooOld(window, await tools.ledger.now())
  if (late !== undefined) return actOnResolution(edit, late, leaseUntil, now, tools)
  // where an older version kept it under a name, like edits may have passed meanwhile: what looks like ours may be theirs
  const exclusive = lane.exclusive && laneOfSubmit(edit) === lane.id
  const submit = { prompt, n, leaseUntil, listedAt: now, settleMs, exclusive }
  const resolution = resolve(submit, listed.strangers)
  if (resolution.kind === 'requeue') {
    const { tasks, strangers } = listed
    const evidence = { from: window.from, leaseUntil, listedAt: now, tasks, strangers: strangers.length }
    tools.log.info(
      { editId: edit.id, attempt: edit.attempt, ...evidence },
      'no task of the window is the submit',
    )
  }
  return actOnResolution(edit, resolution, leaseUntil, now, tools)
}

/** The vendor gave no usable answer. If it refuses the account, the lane pauses, as after a refused submit. */
async function afterSilence(
  edit: Edit,
  lane: Lane,
  told: Unanswered,
  now: number,
  tools: ReconcileTools,
): Promise<Step> {
  const { code, message, action, retryAfterMs = 0 } = told
  tools.log.warn(
    { editId: edit.id, lane: lane.name, code, said: message },
    'uncertain edit was not looked up',
  )
  if (action === 'pauseLane') await pauseLane(lane, { code, message }, tools)
  const step = await noteLook(edit, untoldOf(told), `${code}: ${message}`, now, tools)
  return { ...step, inMs: Math.max(step.inMs ?? 0, retryAfterMs) }
}

/** Counts a look that told nothing, and holds the edit after too many: it must not keep its place on the lane for ever. */
async function noteLook(
  edit: Edit,
  untold: Untold,
  said: string,
  now: number,
  tools: ReconcileTools,
): Promise<Step> {
  const counted = countLook(edit.looks, untold, now)
  if (counted.kind === 'hold') {
    const why = `it could not be looked up: ${said}`
    return actOnResolution(edit, unseen(why), now, now, tools)
  }
  const { looks, inMs, alarms } = counted
  const { baseUrl, account } = edit.world ?? {}
  const facts = { editId: edit.id, lane: edit.lane, baseUrl, account, said, looks: looks.times }
  if (alarms && untold === 'unreachable')
    tools.log.error(facts, 'uncertain edit is on a lane that no worker here reaches')
  else if (alarms) tools.log.error(facts, 'uncertain edit could not be looked up again and again')
  const moved = await change(edit, { to: 'uncertain', set: { looks } }, tools)
  return { ...moved, inMs }
}

async function actOnResolution(
  edit: Edit,
  resolution: Resolution,
  leaseUntil: number,
  now: number,
  tools: ReconcileTools,
): Promise<Step> {
  const { log, store, settleMs, random } = tools
  const facts = { editId: edit.id, attempt: edit.attempt, because: edit.uncertainBecause }
  switch (resolution.kind) {
    case 'look again': {
      const settledInMs = leaseUntil + settleMs - now
      const inMs = Math.max(settleMs / 20, Math.min(settledInMs, settleMs / 4)) * (0.8 + random() * 0.4)
      if (edit.looks === undefined) return { edit, inMs }
      return { ...(await change(edit, { to: 'uncertain', set: { looks: null } }, tools)), inMs }
    }
    case 'adopt': {
      const { taskId } = resolution
      if (!(await claimTask(store, edit, taskId))) return { edit, inMs: settleMs / 20 }
      log.info({ ...facts, taskId }, 'lost task found and adopted')
      const at = edit.intentAt ?? now
      return settle(edit, await writeAnswer(store, edit, { v: 1, outcome: 'accepted', taskId, at }), tools)
    }
    case 'requeue':
      return comeToNothing(edit, now, tools)
    case 'review': {
      const { why, candidates, found } = resolution
      // whatever becomes of this edit, one of them may show its picture
      await tools.ledger.claimTasks(edit, candidates)
      const counted = countReturn(edit.returned, { cause: 'resubmitted' })
      // each of them may be billed: not without an end
      if (tools.onUnknown === 'hold' || counted.kind === 'give up') {
        log.error({ ...facts, why }, 'submit stays uncertain: a person decides')
        return hold(edit, why, { candidates, found }, tools)
      }
      log.warn({ ...facts, why }, 'submit stays uncertain and is sent again: it may bill twice')
      const answer = await writeAnswer(store, edit, noTask('Resubmitted', now))
      return settle(edit, answer, tools, counted.returned)
    }
  }
}

/** No task exists. The edit goes back to the backlog, but not without an end: for some inputs no submit is ever answered. */
async function comeToNothing(edit: Edit, now: number, tools: ReconcileTools): Promise<Step> {
  const answer = await writeAnswer(tools.store, edit, noTask('ProvenAbsent', now))
  if (answer.outcome !== 'none') return settle(edit, answer, tools)
  const said = edit.said ?? { cause: edit.uncertainBecause ?? 'abandoned' }
  const facts = { editId: edit.id, attempt: edit.attempt, because: said.cause, code: said.code }
  const counted = countReturn(edit.returned, said)
  if (counted.kind === 'give up') {
    tools.log.error(
      { ...facts, said: said.message },
      'submit came to nothing again and again, the edit failed',
    )
    const { code, message = '' } = said
    const unheard = ownFailure('NeverAnswered', `no submit was answered: ${said.cause}`)
    const failure = code === undefined ? unheard : { code, message }
    return endEdit(edit, { state: 'failed', failure }, tools)
  }
  tools.log.info(facts, 'submit proven absent, the edit goes back to the backlog')
  const { returned = null, inMs } = counted
  return change(edit, { to: 'queued', set: { returned }, afterMs: inMs, givesBack: true }, tools)
}

const noTask = (code: string, at: number): Answer => ({ v: 1, outcome: 'none', code, at })

/** Does what the receipt's answer says, which is the one that counts. */
function settle(edit: Edit, answer: Answer, tools: ReconcileTools, returned = edit.returned): Promise<Step> {
  if (answer.outcome === 'none')
    return change(edit, { to: 'queued', set: { returned: returned ?? null } }, tools)
  const { taskId, at: submittedAt } = answer
  const world = edit.world ?? null
  return change(edit, { to: 'running', set: { taskId, submittedAt, world } }, tools)
}

async function change(edit: Edit, to: OpenChange, tools: ReconcileTools): Promise<Step> {
  const moved = await moveOrReread(edit, to, tools.ledger)
  if (moved.kind !== 'taskTaken') return moved
  // two edits cannot share a task: this should not happen, and a person must look
  tools.log.error({ editId: edit.id, owner: moved.owner }, 'task belongs to another edit already')
  return hold(edit, `its task belongs to ${moved.owner}`, undefined, tools)
}

/** Leaves the edit to a person, who is told by its producer's event. */
function hold(
  edit: Edit,
  why: string,
  seen: { candidates: readonly string[]; found: readonly FoundTask[] } | undefined,
  { ledger }: ReconcileTools,
): Promise<Step> {
  const set = {
    uncertainBecause: why,
    world: edit.world ?? null,
    ...(seen === undefined ? {} : { candidates: [...seen.candidates], foundTasks: [...seen.found] }),
  }
  return moveOrReread(edit, { to: 'review', set }, ledger)
}
