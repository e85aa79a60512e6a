import { performance } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import type { SubmitOutcome } from '@restyle/dashscope/submit-outcome'
import type { Edit } from '@restyle/shared/contract/edit'
import type { Moved } from '@restyle/shared/ledger/move'
import { type Answer, readAnswer, writeAnswer, writeIntent } from '@restyle/shared/receipt/receipt'
import type { Store } from '@restyle/shared/store/store'
import type { HandContext, Step } from '../step.ts'
import { noteEnded, pauseBucket } from '../bucket.ts'
import type { Deadlines, Lane } from '../lane/lane.ts'
import { pauseLane } from '../lane/pause-lane.ts'
import { throttleMs } from './backoff.ts'
import type { SourceAddresses, Sources } from './source-addresses.ts'
import type { WaitForLane } from './wait-for-lane.ts'

/*
 * The costly moment, in the order that keeps it from being paid twice:
 *
 * 1. The sources get their addresses (an address made earlier would have aged in the backlog).
 * 2. The ledger admits the edit to a lane: the intent, which is also a lease.
 * 3. The bucket gets a receipt of the intent, created by exactly one process. Whoever cannot create it does not POST.
 * 4. One POST, started inside the lease or not at all, on a connection of its own, never repeated.
 * 5. The answer is recorded in the ledger, by a script that works even when Redis is full, and beside the receipt.
 * 6. No answer is an answer too: the edit is uncertain, and is looked up (resolve-doubt.ts), never sent again blindly.
 */

export type SubmitTools = HandContext & {
  store: Store
  deadlines: Deadlines
  addresses: SourceAddresses
  lanesFor: (model: string) => readonly Lane[]
  waitForLane: WaitForLane
  /** Names this process in its receipts. */
  writer: string
  random: () => number
}

/** How long the head of the backlog waits for a vendor or a bucket that does not take pictures. */
const headWaitMs = 5_000

/** Takes a queued edit to `running`, `uncertain`, `failed`, or back to `queued` where no task exists. */
export async function submit(queued: Edit, tools: SubmitTools): Promise<Step> {
  const { ledger, log, deadlines, store, writer, failpoint } = tools
  const [first] = tools.lanesFor(queued.request.model)
  if (first === undefined) return { edit: queued, inMs: 60_000 }
  // before the lease, since pictures may have to travel
  const prepared = await tools.addresses.of(queued, first)
  if (prepared.kind !== 'ready') return unready(queued, first, prepared, tools)

  const waited = await tools.waitForLane(queued)
  if (waited.kind === 'later') return { edit: queued, inMs: waited.ms }
  if (waited.kind === 'lost') return { edit: (await ledger.read(queued.id)) ?? queued }
  const { edit, lane } = waited
  const leaseEnds = waited.askedAt + deadlines.receiptMs
  await failpoint('admitted', edit.id)
  const sources = lane.account === first.account ? prepared : await tools.addresses.of(edit, lane)
  if (sources.kind !== 'ready') return giveBack(edit, 1_000, tools)

  try {
    const left = Math.max(1, Math.ceil(leaseEnds - performance.now()))
    if ((await writeIntent(store, edit, writer, AbortSignal.timeout(left))) === 'taken')
      return adoptReceipt(edit, tools)
  } catch (error) {
    await pauseBucket(error, tools)
    log.warn({ editId: edit.id, err: error }, 'receipt could not be written, nothing was submitted')
    return giveBack(edit, 2_000, tools)
  }

  await failpoint('receipt-written', edit.id)
  const body = lane.model.body(lane.model, { ...edit.request, images: sources.urls })
  const outcome = await lane.client.submit(lane.model, body, {
    usesOss: sources.usesOss,
    mayStart: () => performance.now() < leaseEnds,
  })
  await failpoint('answered', edit.id)
  const step = await record(edit, lane, outcome, tools)
  await failpoint('recorded', edit.id)
  return step
}

/** The edit stays in the backlog, or fails for a picture that nobody can read. Nothing was admitted. */
async function unready(
  queued: Edit,
  lane: Lane,
  sources: Exclude<Sources, { kind: 'ready' }>,
  tools: SubmitTools,
): Promise<Step> {
  const { code, message } = sources
  if (sources.kind === 'unusable') return fail(queued, code, message, tools)
  tools.log.warn(
    { editId: queued.id, lane: lane.name, code, said: message },
    'sources could not be made ready',
  )
  if (sources.pause) await pauseLane(lane, { code, message }, tools)
  if (sources.error !== undefined) await pauseBucket(sources.error, tools)
  // at the head of the backlog: those behind it would fare no better
  await setTimeout(headWaitMs, undefined, { signal: tools.stopping }).catch(() => {})
  return { edit: queued }
}

async function record(edit: Edit, lane: Lane, outcome: SubmitOutcome, tools: SubmitTools): Promise<Step> {
  const { log, ledger, store } = tools
  const facts = { editId: edit.id, attempt: edit.attempt, lane: lane.name }
  switch (outcome.kind) {
    case 'accepted': {
      const at = Date.now()
      const answer: Answer = { v: 1, outcome: 'accepted', taskId: outcome.taskId, at }
      // at once, so that the task id survives the loss of either
      const [moved, written] = await Promise.allSettled([
        recordTask(edit, outcome.taskId, at, tools),
        writeAnswer(store, edit, answer),
      ])
      if (written.status === 'rejected')
        log.warn({ ...facts, err: written.reason }, 'task id could not be written beside the receipt')
      if (moved.status === 'rejected') throw moved.reason
      log.info({ ...facts, taskId: outcome.taskId }, 'edit submitted')
      return moved.value
    }
    case 'unknown': {
      log.warn(
        { ...facts, cause: outcome.cause, detail: outcome.detail },
        'submit has no known outcome, the edit is looked up',
      )
      return after(
        await ledger.move(edit, { to: 'uncertain', set: { uncertainBecause: outcome.cause } }),
        edit,
        tools,
      )
    }
    case 'refused': {
      log.warn(
        { ...facts, code: outcome.code, status: outcome.httpStatus, said: outcome.message },
        'submit was refused',
      )
      switch (outcome.action) {
        case 'retryLater': {
          if (outcome.code === 'TooLate') return giveBack(edit, 0, tools, outcome.code)
          const ms =
            outcome.retryAfterMs ?? throttleMs(await ledger.lanes.countThrottle(lane.name), tools.random)
          await ledger.lanes.delaySubmits(lane.name, ms)
          return giveBack(edit, ms, tools, outcome.code)
        }
        case 'pauseLane':
          await pauseLane(lane, outcome, tools)
          return giveBack(edit, 1_000, tools, outcome.code)
        case 'retryOnce':
          if (edit.tries === 0) return giveBack(edit, 5_000, tools, outcome.code, 1)
          return refuse(edit, outcome.code, outcome.message, tools)
        case 'failEdit':
          return refuse(edit, outcome.code, outcome.message, tools)
      }
    }
  }
}

/** Writes the task id into the ledger, even if the edit was meanwhile taken for lost and stands in doubt. */
async function recordTask(edit: Edit, taskId: string, at: number, tools: HandContext): Promise<Step> {
  const change = { to: 'running', set: { taskId, submittedAt: at, uncertainBecause: null } } as const
  const moved = await tools.ledger.move(edit, change)
  if (moved.kind !== 'lost') return after(moved, edit, tools)
  const now = await tools.ledger.read(edit.id)
  if (now?.attempt === edit.attempt && (now.state === 'uncertain' || now.state === 'review'))
    return after(await tools.ledger.move(now, change), now, tools)
  if (now?.taskId !== taskId)
    tools.log.error(
      { editId: edit.id, taskId, state: now?.state },
      'accepted task belongs to no edit: its images will be billed and not stored',
    )
  return { edit: now ?? edit }
}

/** Somebody else holds this attempt's receipt: Redis has forgotten what it knew. What the receipt says, counts. */
async function adoptReceipt(edit: Edit, tools: SubmitTools): Promise<Step> {
  const answer = await readAnswer(tools.store, edit.id, edit.attempt)
  const facts = { editId: edit.id, attempt: edit.attempt, answer: answer?.outcome }
  tools.log.warn(facts, 'attempt was made before, its receipt counts')
  if (answer?.outcome === 'accepted') return recordTask(edit, answer.taskId, answer.at, tools)
  if (answer?.outcome === 'none') return after(await tools.ledger.move(edit, { to: 'queued' }), edit, tools)
  return after(
    await tools.ledger.move(edit, { to: 'uncertain', set: { uncertainBecause: 'receipt' } }),
    edit,
    tools,
  )
}

/** No task exists: the edit goes back into the backlog, and its receipt says so. */
async function giveBack(edit: Edit, ms: number, tools: SubmitTools, code?: string, tries = 0): Promise<Step> {
  if (code !== undefined) await noteNone(edit, code, tools)
  // without a code the attempt never got its receipt: its number is used again, or a receipt that Redis has forgotten
  // would be stepped over unread
  const set = code === undefined ? { attempt: edit.attempt - 1 } : { tries: edit.tries + tries }
  const step = await after(await tools.ledger.move(edit, { to: 'queued', set }), edit, tools)
  return { ...step, inMs: ms }
}

async function refuse(edit: Edit, code: string, message: string, tools: SubmitTools): Promise<Step> {
  await noteNone(edit, code, tools)
  return fail(edit, code, message, tools)
}

async function fail(edit: Edit, code: string, message: string, tools: SubmitTools): Promise<Step> {
  await noteEnded(tools, edit, { state: 'failed', failure: { code, message } })
  const change = { to: 'failed', set: { failure: { code, message } }, event: 'restyle.edit.failed' } as const
  return after(await tools.ledger.move(edit, change), edit, tools)
}

/** A convenience for a rewound ledger; without it the attempt would be looked up at the vendor. */
async function noteNone(edit: Edit, code: string, { store, log }: SubmitTools): Promise<void> {
  await writeAnswer(store, edit, { v: 1, outcome: 'none', code, at: Date.now() }).catch((error: unknown) =>
    log.debug({ editId: edit.id, err: error }, 'refusal could not be written beside the receipt'),
  )
}

async function after(
  moved: Moved,
  edit: Edit,
  { ledger, log }: Pick<HandContext, 'ledger' | 'log'>,
): Promise<Step> {
  if (moved.kind === 'moved') return { edit: moved.edit }
  if (moved.kind === 'taken') {
    log.error({ editId: edit.id, owner: moved.by }, 'task belongs to another edit already')
    return after(await ledger.move(edit, { to: 'uncertain', set: { uncertainBecause: 'taken' } }), edit, {
      ledger,
      log,
    })
  }
  return { edit: (await ledger.read(edit.id)) ?? edit }
}
