import type { Edit } from '@restyle/shared/contract/edit'
import type { Change } from '@restyle/shared/ledger/move'
import { readAnswer, writeAnswer } from '@restyle/shared/receipt/receipt'
import type { Store } from '@restyle/shared/store/store'
import type { Bench, Step } from '../hand.ts'
import type { Lane } from '../lane/lane.ts'
import { takeQuery } from '../lane/query-budget.ts'
import { reconcile, type Resolution, type Stranger } from './reconcile.ts'

/*
 * A submit without a known outcome is looked up, never repeated blindly:
 *
 * 1. While the lease of the intent runs, its POST may still be under way: leave it alone.
 * 2. The receipt may know the answer that the ledger lost.
 * 3. DashScope lists the tasks of the window; those that the ledger knows are somebody else's.
 * 4. What the rest are is asked one by one, and reconcile.ts decides: adopt, requeue, look again, or a person.
 */

export type DoubtTools = Bench & {
  store: Store
  laneOf: (name: string | undefined) => Lane | undefined
  /** How long DashScope's list may lag behind its submits; not documented. */
  settleMs: number
  /** How far the vendor's clock and ours may be apart. */
  skewMs: number
  onUnknown: 'hold' | 'resubmit'
  random: () => number
}

/** One look at an edit that stands in `submitting` (its worker went away) or `uncertain`. */
export async function resolveDoubt(edit: Edit, tools: DoubtTools): Promise<Step> {
  const { ledger, log, store } = tools
  const now = await ledger.now()
  const leaseLeft = (edit.leaseUntil ?? 0) - now
  if (edit.state === 'submitting') {
    if (leaseLeft > 0) return { edit, inMs: leaseLeft + 50 }
    log.warn(
      { editId: edit.id, attempt: edit.attempt },
      'submit was left without an outcome, the edit is looked up',
    )
    return step(edit, { to: 'uncertain', set: { doubt: 'abandoned' } }, tools)
  }

  const answer = await readAnswer(store, edit.id, edit.attempt)
  if (answer?.outcome === 'accepted')
    return step(
      edit,
      { to: 'running', set: { taskId: answer.taskId, submittedAt: answer.at, doubt: null } },
      tools,
    )
  if (answer?.outcome === 'none') return step(edit, { to: 'queued', set: { doubt: null } }, tools)

  const lane = tools.laneOf(edit.lane)
  if (lane === undefined) {
    log.error({ editId: edit.id, lane: edit.lane }, 'doubt is about a lane that this worker does not have')
    return { edit, inMs: 60_000 }
  }
  const strangers = await strangersOf(edit, lane, now, tools)
  if ('waitMs' in strangers) return { edit, inMs: strangers.waitMs }
  const resolution = reconcile(
    {
      prompt: edit.request.prompt,
      n: edit.request.n,
      leaseUntil: edit.leaseUntil ?? 0,
      listedAt: now,
      settleMs: tools.settleMs,
      echoesPrompt: lane.model.echoesPrompt,
      exclusive: lane.exclusive,
    },
    strangers.found,
  )
  return act(edit, resolution, now, tools)
}

async function act(edit: Edit, resolution: Resolution, now: number, tools: DoubtTools): Promise<Step> {
  const { log, store, settleMs, random } = tools
  const facts = { editId: edit.id, attempt: edit.attempt, doubt: edit.doubt }
  switch (resolution.do) {
    case 'look again': {
      const settled = (edit.leaseUntil ?? 0) + settleMs - now
      return { edit, inMs: Math.max(settleMs / 20, Math.min(settled, settleMs / 4)) * (0.8 + random() * 0.4) }
    }
    case 'adopt':
      log.info({ ...facts, taskId: resolution.taskId }, 'lost task found and adopted')
      await writeAnswer(store, edit, { v: 1, outcome: 'accepted', taskId: resolution.taskId, at: now })
      return step(
        edit,
        { to: 'running', set: { taskId: resolution.taskId, submittedAt: edit.intentAt ?? now, doubt: null } },
        tools,
      )
    case 'requeue':
      log.info(facts, 'submit proven absent, the edit goes back to the backlog')
      await writeAnswer(store, edit, { v: 1, outcome: 'none', code: 'ProvenAbsent', at: now })
      return step(edit, { to: 'queued', set: { doubt: null } }, tools)
    case 'review':
      if (tools.onUnknown === 'resubmit') {
        log.warn(
          { ...facts, why: resolution.why },
          'submit stays in doubt and is sent again, as the policy says: it may bill twice',
        )
        return step(edit, { to: 'queued', set: { doubt: null } }, tools)
      }
      log.error({ ...facts, why: resolution.why }, 'submit stays in doubt: a person decides')
      return step(edit, { to: 'review', set: { doubt: resolution.why }, event: 'restyle.edit.held' }, tools)
  }
}

async function step(edit: Edit, change: Change, { ledger, log }: Bench): Promise<Step> {
  const moved = await ledger.move(edit, change)
  if (moved.moved === 'yes') return { edit: moved.edit }
  if (moved.moved === 'taken')
    log.error({ editId: edit.id, owner: moved.by }, 'task belongs to another edit already')
  return { edit: (await ledger.read(edit.id)) ?? edit, inMs: 1_000 }
}

type Strangers = { found: Stranger[] } | { waitMs: number }

/** The tasks of the edit's window that no edit of the ledger owns, each with what its results tell. */
async function strangersOf(edit: Edit, lane: Lane, now: number, tools: DoubtTools): Promise<Strangers> {
  const { ledger, skewMs } = tools
  const from = Math.max((edit.intentAt ?? now) - skewMs, now - 24 * 3600_000 + 60_000)
  const to = Math.min((edit.leaseUntil ?? now) + skewMs, now + skewMs)
  const listed: { taskId: string }[] = []
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    const waitMs = await takeQuery(ledger, lane)
    if (waitMs > 0) return { waitMs }
    const answer = await lane.client.list({ from, to, model: lane.model.id, page, pageSize: 50 })
    if (answer.outcome === 'unanswered') return { waitMs: answer.retryAfterMs ?? 2_000 }
    listed.push(...answer.items)
    pages = answer.totalPages
  }
  const owners = await ledger.ownerOf(
    lane.name,
    listed.map(({ taskId }) => taskId),
  )
  const unknown = listed.filter((_, i) => owners[i] === undefined)

  const found: Stranger[] = []
  for (const { taskId } of unknown) {
    const waitMs = await takeQuery(ledger, lane)
    if (waitMs > 0) return { waitMs }
    const answer = await lane.client.task(taskId)
    if (answer.outcome === 'unanswered') return { waitMs: answer.retryAfterMs ?? 2_000 }
    const { state, images } = answer.task
    found.push({
      taskId,
      state,
      images: images.length,
      prompt: images.find(({ origPrompt }) => origPrompt !== undefined)?.origPrompt,
    })
  }
  return { found }
}
