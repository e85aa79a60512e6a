import { setTimeout } from 'node:timers/promises'
import type { Edit } from '@restyle/shared/contract/edit'
import type { Change } from '@restyle/shared/ledger/move'
import {
  type Answer,
  claimTask,
  type Ended,
  readAnswer,
  readClaim,
  readEnded,
  readIntent,
  writeAnswer,
  writeIntent,
} from '@restyle/shared/receipt/receipt'
import type { Store } from '@restyle/shared/store/store'
import type { HandContext, Step } from '../step.ts'
import type { Lane } from '../lane/lane.ts'
import { takeQuery } from '../lane/query-budget.ts'
import { reconcile, type Resolution, type Stranger } from './reconcile.ts'

/*
 * A submit without a known outcome is looked up, never repeated blindly:
 *
 * 1. The receipt may know the answer that the ledger lost.
 * 2. Where a worker went away, the receipt of its intent is created here, if it is not there yet: then nobody has sent
 *    the POST, and nobody will, since whoever cannot create the receipt does not POST.
 * 3. While the lease of an intent runs, its POST may still be under way: leave it alone.
 * 4. DashScope lists the tasks of the window; those that the ledger or a receipt knows are somebody else's.
 * 5. What the rest are is asked one by one, and reconcile.ts decides: adopt, requeue, look again, or a person.
 */

export type DoubtTools = HandContext & {
  store: Store
  laneOf: (name: string | undefined) => Lane | undefined
  /** How long DashScope's list may lag behind its submits; not documented. */
  settleMs: number
  /** How far the vendor's clock and ours may be apart. */
  skewMs: number
  onUnknown: 'hold' | 'resubmit'
  /** `off`: the bucket cannot hold them, so they prove nothing. */
  receipts: 'on' | 'off'
  random: () => number
}

/** Who holds a receipt that was only created so that nobody else can. */
const nobody = 'nobody'

/** One look at an edit that stands in `submitting` (its worker went away) or `uncertain`. */
export async function resolveDoubt(edit: Edit, tools: DoubtTools): Promise<Step> {
  const { ledger, log, store, receipts } = tools
  const answer = await readAnswer(store, edit.id, edit.attempt)
  if (answer !== undefined) return settle(edit, answer, tools)
  const ended = await readEnded(store, edit.id, edit.attempt)
  if (ended?.state === 'failed') return failAgain(edit, ended, tools)

  if (
    receipts === 'on' &&
    edit.state === 'submitting' &&
    (await writeIntent(store, edit, nobody)) === 'mine'
  ) {
    log.info(
      { editId: edit.id, attempt: edit.attempt },
      'submit was left before its POST, the edit goes back to the backlog',
    )
    return settle(edit, await writeAnswer(store, edit, none('NeverSent', Date.now())), tools)
  }
  // a ledger that was rewound may have given this attempt a second, later lease
  const intent = await readIntent(store, edit.id, edit.attempt)
  const window = {
    from: Math.min(edit.intentAt ?? Infinity, intent?.intentAt ?? Infinity),
    leaseUntil: Math.max(edit.leaseUntil ?? 0, intent?.leaseUntil ?? 0),
  }
  const now = await ledger.now()
  if (window.leaseUntil > now) return { edit, inMs: window.leaseUntil - now + 50 }
  if (edit.state === 'submitting') {
    log.warn(
      { editId: edit.id, attempt: edit.attempt },
      'submit was left without an outcome, the edit is looked up',
    )
    return step(edit, { to: 'uncertain', set: { uncertainBecause: 'abandoned' } }, tools)
  }

  const lane = tools.laneOf(edit.lane)
  if (lane === undefined) {
    log.error({ editId: edit.id, lane: edit.lane }, 'doubt is about a lane that this worker does not have')
    return { edit, inMs: 60_000 }
  }
  const strangers = await strangersOf(edit, lane, window, now, tools)
  if ('waitMs' in strangers) return { edit, inMs: strangers.waitMs }
  const resolution = reconcile(
    {
      prompt: edit.request.prompt,
      n: edit.request.n,
      leaseUntil: window.leaseUntil,
      listedAt: now,
      settleMs: tools.settleMs,
      exclusive: lane.exclusive,
    },
    strangers.found,
  )
  return act(edit, resolution, window.leaseUntil, now, tools)
}

async function act(
  edit: Edit,
  resolution: Resolution,
  leaseUntil: number,
  now: number,
  tools: DoubtTools,
): Promise<Step> {
  const { log, store, settleMs, random } = tools
  const facts = { editId: edit.id, attempt: edit.attempt, doubt: edit.uncertainBecause }
  switch (resolution.kind) {
    case 'look again': {
      const settled = leaseUntil + settleMs - now
      return { edit, inMs: Math.max(settleMs / 20, Math.min(settled, settleMs / 4)) * (0.8 + random() * 0.4) }
    }
    case 'adopt': {
      if (!(await claimTask(store, edit, resolution.taskId))) return { edit, inMs: settleMs / 20 }
      log.info({ ...facts, taskId: resolution.taskId }, 'lost task found and adopted')
      const at = edit.intentAt ?? now
      return settle(
        edit,
        await writeAnswer(store, edit, { v: 1, outcome: 'accepted', taskId: resolution.taskId, at }),
        tools,
      )
    }
    case 'requeue':
      log.info(facts, 'submit proven absent, the edit goes back to the backlog')
      return settle(edit, await writeAnswer(store, edit, none('ProvenAbsent', now)), tools)
    case 'review': {
      const { why, candidates } = resolution
      // whatever becomes of this edit, one of them may show its picture
      await tools.ledger.claimTasks(edit, candidates)
      if (tools.onUnknown === 'resubmit') {
        log.warn(
          { ...facts, why },
          'submit stays in doubt and is sent again, as the policy says: it may bill twice',
        )
        return settle(edit, await writeAnswer(store, edit, none('Resubmitted', now)), tools)
      }
      log.error({ ...facts, why }, 'submit stays in doubt: a person decides')
      return step(
        edit,
        {
          to: 'review',
          set: { uncertainBecause: why, candidates: [...candidates] },
          event: 'restyle.edit.held',
        },
        tools,
      )
    }
  }
}

/** Does what the receipt's answer says, which is the one that counts. */
function settle(edit: Edit, answer: Answer, tools: HandContext): Promise<Step> {
  if (answer.outcome === 'none') return step(edit, { to: 'queued', set: { uncertainBecause: null } }, tools)
  return step(
    edit,
    { to: 'running', set: { taskId: answer.taskId, submittedAt: answer.at, uncertainBecause: null } },
    tools,
  )
}

/** A ledger that was rewound does not know that a person gave this edit up. */
function failAgain(edit: Edit, { failure }: Ended, tools: HandContext): Promise<Step> {
  tools.log.warn(
    { editId: edit.id, attempt: edit.attempt },
    'edit in doubt had ended already, and ends again',
  )
  return step(
    edit,
    { to: 'failed', set: { failure: failure ?? null, uncertainBecause: null }, event: 'restyle.edit.failed' },
    tools,
  )
}

async function step(edit: Edit, change: Change, tools: HandContext): Promise<Step> {
  const moved = await tools.ledger.move(edit, change)
  if (moved.kind === 'moved') return { edit: moved.edit }
  if (moved.kind === 'taken') return step(edit, taken(edit, moved.by, tools), tools)
  return { edit: (await tools.ledger.read(edit.id)) ?? edit }
}

/** Two edits cannot share a task: this should not happen, and a person must look. */
function taken(edit: Edit, by: string, { log }: HandContext): Change {
  log.error({ editId: edit.id, owner: by }, 'task belongs to another edit already')
  return { to: 'review', set: { uncertainBecause: `its task belongs to ${by}` }, event: 'restyle.edit.held' }
}

type Strangers = { found: Stranger[] } | { waitMs: number }

const none = (code: string, at: number): Answer => ({ v: 1, outcome: 'none', code, at })

/** When the POST of the intent may have been sent (epoch ms on Redis's clock). */
type Window = { from: number; leaseUntil: number }

/** The tasks of the edit's window that no edit surely owns, each with what its results tell. */
async function strangersOf(
  edit: Edit,
  lane: Lane,
  window: Window,
  now: number,
  tools: DoubtTools,
): Promise<Strangers> {
  const { ledger, skewMs, store } = tools
  const from = Math.max(window.from - skewMs, now - 24 * 3600_000 + 60_000)
  const to = Math.min(window.leaseUntil + skewMs, now + skewMs)
  const listed: { taskId: string }[] = []
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    if (!(await myTurn(lane, tools))) return { waitMs: 0 }
    const answer = await lane.client.list({ from, to, model: lane.model.id, page, pageSize: 50 })
    if (answer.kind === 'unanswered') return { waitMs: answer.retryAfterMs ?? 2_000 }
    listed.push(...answer.items)
    pages = answer.totalPages
  }
  const owners = await ledger.ownerOf(
    lane.name,
    listed.map(({ taskId }) => taskId),
  )
  const others = await ledger.readMany([...new Set(owners.flatMap((owner) => owner ?? []))])
  const byId = new Map(others.flatMap((other) => (other === undefined ? [] : [[other.id, other] as const])))
  const unknown = listed.flatMap(({ taskId }, i) => {
    const owner = byId.get(owners[i] ?? '')
    const contested = owner !== undefined && owner.id !== edit.id && onlyKeeps(owner, taskId, window.from)
    const mine = owner?.id === edit.id && edit.candidates?.includes(taskId) !== true
    return owners[i] === undefined || contested || mine ? [{ taskId, contested }] : []
  })

  const found: Stranger[] = []
  for (const { taskId, contested } of unknown) {
    const claim = await readClaim(store, lane.name, taskId)
    if (claim !== undefined && (claim.editId !== edit.id || claim.attempt !== edit.attempt)) continue
    if (!(await myTurn(lane, tools))) return { waitMs: 0 }
    const answer = await lane.client.task(taskId)
    if (answer.kind === 'unanswered') return { waitMs: answer.retryAfterMs ?? 2_000 }
    const { state, images } = answer.task
    found.push({
      taskId,
      state,
      images: images.length,
      prompt: images.find(({ origPrompt }) => origPrompt !== undefined)?.origPrompt,
      contested,
    })
  }
  return { found }
}

/**
 * Whether an edit keeps a task only because it could be its own, and did not know that when our own intent began: such
 * doubts overlap where a rewound ledger forgot the first of them.
 */
const onlyKeeps = (owner: Edit, taskId: string, since: number): boolean =>
  owner.taskId !== taskId &&
  (owner.state === 'uncertain' || (owner.candidates?.includes(taskId) === true && owner.updatedAt >= since))

/** Waits for a query in the midst of a look: begun anew for each, a look would never come to its second. */
async function myTurn(lane: Lane, { ledger, stopping }: HandContext): Promise<boolean> {
  for (;;) {
    if (stopping.aborted) return false
    const waitMs = await takeQuery(ledger, lane)
    if (waitMs === 0) return true
    await setTimeout(waitMs)
  }
}
