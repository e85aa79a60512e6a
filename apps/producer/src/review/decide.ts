import type { Edit } from '@restyle/shared/contract/edit'
import type { EditState } from '@restyle/shared/contract/edit-state'
import { ownFailure } from '@restyle/shared/contract/failure-codes'
import { endEdit } from '@restyle/shared/end-edit'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { laneOfSubmit } from '@restyle/shared/lane-id'
import { moveOrReread, type MovedOrReread } from '@restyle/shared/move-or-reread'
import type { Log } from '@restyle/shared/log'
import type { Queues } from '@restyle/shared/queues'
import { type Answer, claimTask, readAnswer, readClaim, writeAnswer } from '@restyle/shared/receipt/receipt'
import type { Store } from '@restyle/shared/store/store'
import { withTimeout } from '@restyle/shared/with-timeout'
import { Problem } from '../http/problem.ts'
import { giveUpImages } from './give-up-images.ts'
import type { Resolution } from './review.ts'

export type DecideTools = {
  ledger: Pick<Ledger, 'claimTasks' | 'move' | 'ownerOf' | 'read'>
  store: Store
  queues: Pick<Queues, 'wake'>
  log: Log
}

const wakePatienceMs = 5_000

/**
 * Carries out what a person decided about a held edit, or about a rendered one whose images cannot be stored, and
 * returns the edit as it is then. `keyId`: whose decision it is, for the log. The decision is written into
 * the bucket first: a ledger that is rewound afterwards finds it there and does not ask, or pay, again. Throws a
 * `Problem` where the edit is not held, or where the decision contradicts what is known.
 */
export async function decide(
  edit: Edit,
  resolution: Resolution,
  keyId: string,
  tools: DecideTools,
): Promise<Edit> {
  if (edit.state !== 'review' && resolution.action !== 'giveUp') throw notHeld(edit.state)
  const { queues, log } = tools
  const moved = await act(edit, resolution, tools)
  if (moved.kind === 'taskTaken') throw taken()
  if (moved.kind === 'overtaken') throw notHeld(moved.edit.state)
  const facts = { editId: edit.id, attempt: edit.attempt, action: resolution.action }
  log.info({ ...facts, producer: edit.producer, keyId }, 'edit decided by a person')
  try {
    await withTimeout(wakePatienceMs, queues.wake(moved.edit))
  } catch (error) {
    log.warn({ error, editId: edit.id }, 'wake-up left to the sweep')
  }
  return moved.edit
}

/** Writes the decision into the bucket, then into the ledger. */
function act(edit: Edit, resolution: Resolution, tools: DecideTools): Promise<MovedOrReread> {
  switch (resolution.action) {
    case 'adopt':
      return adopt(edit, resolution.taskId, resolution.force === true, tools)
    case 'resubmit':
      return resubmit(edit, tools)
    case 'drop':
      return drop(edit, tools)
    case 'giveUp':
      return giveUpImages(edit, resolution.images, tools.ledger)
  }
}

async function adopt(
  edit: Edit,
  taskId: string,
  force: boolean,
  { ledger, store }: DecideTools,
): Promise<MovedOrReread> {
  const isThis = (answer: Answer) => answer.outcome === 'accepted' && answer.taskId === taskId
  const read = await readAnswer(store, edit.id, edit.attempt)
  const known = read !== undefined && (await isAnothers(edit, read, ledger, store)) ? undefined : read
  if (known !== undefined && !isThis(known)) throw answered(known)
  const candidates = edit.candidates ?? []
  if (known === undefined && !force && !candidates.includes(taskId)) throw noCandidate(taskId, candidates)

  // the ledger first: a claim in the bucket is for ever
  await ledger.claimTasks(edit, [taskId])
  const [owner] = await ledger.ownerOf(laneOfSubmit(edit), [taskId])
  if (owner !== edit.id) throw taken()
  if (!(await claimTask(store, edit, taskId))) {
    const claim = await readClaim(store, laneOfSubmit(edit), taskId)
    if (claim?.editId !== edit.id) throw taken()
  }

  const at = edit.intentAt ?? Date.now()
  const answer = await writeAnswer(store, edit, { v: 1, outcome: 'accepted', taskId, at })
  const counts = isThis(answer)
  if (!counts && !(await isAnothers(edit, answer, ledger, store))) throw answered(answer)
  const set = { taskId, submittedAt: counts ? answer.at : at, uncertainBecause: null }
  return moveOrReread(edit, { to: 'running', set }, ledger)
}

async function resubmit(edit: Edit, { ledger, store }: DecideTools): Promise<MovedOrReread> {
  const none: Answer = { v: 1, outcome: 'none', code: 'Resubmitted', at: Date.now() }
  const answer = await writeAnswer(store, edit, none)
  if (answer.outcome !== 'none' && !(await isAnothers(edit, answer, ledger, store))) throw answered(answer)
  return moveOrReread(edit, { to: 'queued', set: { returned: null } }, ledger)
}

/** Whether the vendor answered this submit with a task that is another edit's: such an answer says nothing of this one. */
async function isAnothers(
  edit: Edit,
  answer: Answer,
  ledger: Pick<Ledger, 'ownerOf'>,
  store: Store,
): Promise<boolean> {
  if (answer.outcome === 'none') return false
  const lane = laneOfSubmit(edit)
  const [[owner], claim] = await Promise.all([
    ledger.ownerOf(lane, [answer.taskId]),
    readClaim(store, lane, answer.taskId),
  ])
  return (owner !== undefined && owner !== edit.id) || (claim !== undefined && claim.editId !== edit.id)
}

function drop(edit: Edit, tools: DecideTools): Promise<MovedOrReread> {
  const failure = ownFailure('Dropped', `given up by a person: ${edit.uncertainBecause ?? 'it was held'}`)
  return endEdit(edit, { state: 'failed', failure, note: 'required' }, tools)
}

const notHeld = (state: EditState): Problem =>
  new Problem('not-held', `This edit is not held: it is ${state}.`)

/** Does not say whose: it may be another producer's. */
const taken = (): Problem => new Problem('task-taken', 'This task belongs to another edit already.')

const answered = (answer: Answer): Problem =>
  new Problem(
    'already-answered',
    answer.outcome === 'accepted'
      ? `The bucket says that this submit made task ${answer.taskId}. Adopt that task, or drop the edit.`
      : `The bucket says that this submit made no task (${answer.code}). Resubmit the edit, or drop it.`,
  )

function noCandidate(taskId: string, candidates: readonly string[]): Problem {
  const known = candidates.length === 0 ? 'it has none' : `they are ${candidates.join(', ')}`
  const detail = `${taskId} is none of the edit's candidates (${known}); send force: true to adopt it all the same`
  return Problem.ofFaults('invalid-request', [{ pointer: '/taskId', detail }])
}
