import type { Edit } from '@restyle/shared/contract/edit'
import { endAsNoted } from '@restyle/shared/end-edit'
import { moveOrReread, type OpenChange } from '@restyle/shared/move-or-reread'
import {
  type Answer,
  claimTask,
  readAttempt,
  writeAnswer,
  writeIntent,
} from '@restyle/shared/receipt/receipt'
import type { Step } from '../hand/step.ts'
import type { Lane } from '../lane/lane.ts'
import { nobody, readingOf, type ReceiptsSay, type Resolution, resolve, type Window } from './resolution.ts'
import { listStrangers, type StrangersTools } from './strangers.ts'

/*
 * Looks up a submit without a known outcome. It never sends a POST, and never sends an edit back to the backlog unless it
 * is proven, or decided by the policy, that no task counts.
 *
 * 1. Gather: the receipts of the attempt, once.
 * 2. Decide: resolution.ts says what they mean. They may know the outcome that the ledger lost. Where a worker went away,
 *    the receipt of its intent is created here, if it is missing: then nobody sent the POST, and nobody will.
 * 3. Where the receipts do not tell, the lease has ended, and the vendor's list is read (strangers.ts): resolution.ts
 *    decides again.
 * 4. Act. What is decided is written next to the receipt first; the first answer written there is the one that counts.
 */

export type ReconcileTools = StrangersTools & {
  laneOf: (name: string | undefined) => Lane | undefined
  /** How long DashScope's list may lag behind its submits; not documented. */
  settleMs: number
  onUnknown: 'hold' | 'resubmit'
  /** Whether the bucket creates a receipt only once: otherwise a missing one proves nothing. */
  receiptsFence: boolean
}

/** One look at an edit that is `submitting` (its worker went away) or `uncertain`. */
export async function reconcile(edit: Edit, tools: ReconcileTools): Promise<Step> {
  const [receipts, now] = await Promise.all([
    readAttempt(tools.store, edit.id, edit.attempt),
    tools.ledger.now(),
  ])
  return actOnReceipts(edit, readingOf(edit, receipts, now, tools.receiptsFence), now, tools)
}

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

/** Asks the vendor for the tasks of the window. */
async function lookUp(edit: Edit, window: Window, now: number, tools: ReconcileTools): Promise<Step> {
  const lane = tools.laneOf(edit.lane)
  if (lane === undefined) {
    const facts = { editId: edit.id, lane: edit.lane }
    tools.log.error(facts, 'uncertain edit is on a lane that this worker does not have')
    return { edit, inMs: 60_000 }
  }
  const listed = await listStrangers(edit, lane, window, now, tools)
  if (listed.kind === 'later') return { edit, inMs: listed.ms }
  const { prompt, n } = edit.request
  const { leaseUntil } = window
  const { settleMs } = tools
  const submit = { prompt, n, leaseUntil, listedAt: now, settleMs, exclusive: lane.exclusive }
  return actOnResolution(edit, resolve(submit, listed.strangers), leaseUntil, now, tools)
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
      return { edit, inMs }
    }
    case 'adopt': {
      const { taskId } = resolution
      if (!(await claimTask(store, edit, taskId))) return { edit, inMs: settleMs / 20 }
      log.info({ ...facts, taskId }, 'lost task found and adopted')
      const at = edit.intentAt ?? now
      return settle(edit, await writeAnswer(store, edit, { v: 1, outcome: 'accepted', taskId, at }), tools)
    }
    case 'requeue':
      log.info(facts, 'submit proven absent, the edit goes back to the backlog')
      return settle(edit, await writeAnswer(store, edit, noTask('ProvenAbsent', now)), tools)
    case 'review': {
      const { why, candidates } = resolution
      // whatever becomes of this edit, one of them may show its picture
      await tools.ledger.claimTasks(edit, candidates)
      if (tools.onUnknown === 'hold') {
        log.error({ ...facts, why }, 'submit stays uncertain: a person decides')
        return hold(edit, why, candidates, tools)
      }
      log.warn({ ...facts, why }, 'submit stays uncertain and is sent again: it may bill twice')
      return settle(edit, await writeAnswer(store, edit, noTask('Resubmitted', now)), tools)
    }
  }
}

const noTask = (code: string, at: number): Answer => ({ v: 1, outcome: 'none', code, at })

/** Does what the receipt's answer says, which is the one that counts. */
function settle(edit: Edit, answer: Answer, tools: ReconcileTools): Promise<Step> {
  if (answer.outcome === 'none') return change(edit, { to: 'queued' }, tools)
  const { taskId, at: submittedAt } = answer
  return change(edit, { to: 'running', set: { taskId, submittedAt } }, tools)
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
  candidates: readonly string[] | undefined,
  { ledger }: ReconcileTools,
): Promise<Step> {
  const set = {
    uncertainBecause: why,
    ...(candidates === undefined ? {} : { candidates: [...candidates] }),
  }
  return moveOrReread(edit, { to: 'review', set }, ledger)
}
