import type { Unanswered } from '@restyle/dashscope/unanswered'
import type { Edit } from '@restyle/shared/contract/edit'
import { laneOfSubmit } from '@restyle/shared/lane-id'
import type { EditRecord } from '@restyle/shared/ledger/record'
import { readClaim } from '@restyle/shared/receipt/receipt'
import { sleep } from '@restyle/shared/sleep'
import type { HandContext } from '../hand/step.ts'
import type { Lane } from '../lane/lane.ts'
import { takeQuery } from '../lane/query-budget.ts'
import { listWindow } from './list-window.ts'
import type { Stranger, Window } from './resolution.ts'

/** Asks the vendor which tasks the window holds. It decides nothing and changes nothing. */
export type StrangersTools = HandContext & {
  /** How far the vendor's clock and ours may be apart. */
  skewMs: number
}

export type Listed =
  /** `tasks`: how many the window holds, whoever owns them. */
  | { kind: 'listed'; strangers: Stranger[]; tasks: number }
  /** The vendor gave no answer, or not all pages: nothing is proven. */
  | Unanswered
  | { kind: 'stopping' }

/** The tasks of the edit's window that no edit surely owns, each with what its results tell. */
export async function listStrangers(
  edit: Edit,
  lane: Lane,
  window: Window,
  now: number,
  tools: StrangersTools,
): Promise<Listed> {
  const listed = await listAll(lane, window, now, tools)
  if ('kind' in listed) return listed

  const strangers: Stranger[] = []
  for (const { taskId, contested } of await withoutOwned(listed, edit, window, tools)) {
    const claim = await readClaim(tools.store, laneOfSubmit(edit), taskId)
    if (claim !== undefined && (claim.editId !== edit.id || claim.attempt !== edit.attempt)) continue
    if (!(await waitForQuery(lane, tools))) return { kind: 'stopping' }
    const told = await lane.client.task(taskId)
    if (told.kind === 'unanswered') return told
    const { state, images, submittedAt } = told.task
    const prompt = images.find(({ origPrompt }) => origPrompt !== undefined)?.origPrompt
    strangers.push({ taskId, state, images: images.length, submittedAt, prompt, contested })
  }
  return { kind: 'listed', strangers, tasks: listed.length }
}

type Unlisted = Exclude<Listed, { kind: 'listed' }>

/** How often the list is read in one pass while its own answers tell of another clock, and by how much that may move. */
const [mostReadings, stirMs] = [3, 10_000]

/**
 * Every task that a POST of the window may have made. Each answer tells more of the vendor's clock: where it shows that
 * another window was meant, the list is read again. A window that the list does not reach over proves nothing.
 */
async function listAll(
  lane: Lane,
  window: Window,
  now: number,
  tools: StrangersTools,
): Promise<string[] | Unlisted> {
  // the vendor's clock was learned by this machine's; the window is on Redis's
  const ahead = await aheadOfRedis(tools)
  const windowThere = () => {
    const learned = lane.client.clock()
    const { least = 0, most = 0 } = learned ?? {}
    const offset = learned && { ...learned, least: least + ahead.least, most: most + ahead.most }
    return listWindow(window, now, offset, tools.skewMs)
  }
  let asked = windowThere()
  for (let reading = 1; asked.whole && reading <= mostReadings; reading += 1) {
    const listed = await listTasks(lane, asked.from, asked.to, tools)
    if ('kind' in listed) return listed
    const meant = windowThere()
    if (meant.whole && asked.from - meant.from <= stirMs && meant.to - asked.to <= stirMs) return listed
    asked = meant
  }
  const message =
    "the vendor's answers tell times that are too far apart to know which part of its list to read"
  return { kind: 'unanswered', code: 'ClockUnclear', message, action: 'retryLater' }
}

/**
 * How far this machine's clock is ahead of Redis's, at least and at most (ms). Asked here, and not told by an earlier look at
 * one of them: between two looks at two clocks a bucket may be slow, or a machine asleep, for a minute.
 */
async function aheadOfRedis({ ledger }: HandContext): Promise<{ least: number; most: number }> {
  const askedAt = Date.now()
  const there = await ledger.now()
  return { least: askedAt - there, most: Date.now() - there }
}

async function listTasks(
  lane: Lane,
  from: number,
  to: number,
  tools: HandContext,
): Promise<string[] | Unlisted> {
  const taskIds: string[] = []
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    if (!(await waitForQuery(lane, tools))) return { kind: 'stopping' }
    const told = await lane.client.list({ from, to, model: lane.model.id, page, pageSize: 50 })
    if (told.kind === 'unanswered') return told
    taskIds.push(...told.items.map(({ taskId }) => taskId))
    pages = told.totalPages
  }
  // the list moves while it is read: a task may be on two of its pages
  return [...new Set(taskIds)]
}

/** Leaves out the tasks that belong to another edit, as far as the ledger knows. */
async function withoutOwned(
  taskIds: string[],
  edit: Edit,
  window: Window,
  { ledger }: HandContext,
): Promise<{ taskId: string; contested: boolean }[]> {
  const owners = await ledger.ownerOf(laneOfSubmit(edit), taskIds)
  const names = [...new Set(owners.flatMap((owner) => owner ?? []))]
  const records = await ledger.readEach(names)
  const byId = new Map(names.map((name, i) => [name, records[i]]))
  return taskIds.flatMap((taskId, i) => {
    const owner = owners[i]
    const contested = owner !== edit.id && mayStillBeOurs(byId.get(owner ?? ''), taskId, window.from)
    const ours = owner === edit.id && edit.candidates?.includes(taskId) !== true
    return owner === undefined || contested || ours ? [{ taskId, contested }] : []
  })
}

/** Of an owner that cannot be read nobody knows whether the task is surely its own. */
const mayStillBeOurs = (owner: EditRecord | undefined, taskId: string, since: number): boolean =>
  owner?.kind === 'unreadable' || (owner?.kind === 'edit' && onlyKeeps(owner.edit, taskId, since))

/**
 * Whether an edit keeps a task only because it could be its own, and did not know that when our own intent began. Two such
 * edits overlap where a rewound ledger forgot the first of them.
 */
const onlyKeeps = (owner: Edit, taskId: string, since: number): boolean =>
  owner.taskId !== taskId &&
  (owner.state === 'uncertain' || (owner.candidates?.includes(taskId) === true && owner.updatedAt >= since))

/**
 * Waits for query tokens inside one pass: restarting the pass for each wait would never reach its second query. False
 * when the worker is about to stop.
 */
async function waitForQuery(lane: Lane, { ledger, stopping }: HandContext): Promise<boolean> {
  while (!stopping.aborted) {
    const waitMs = await takeQuery(ledger, lane, 'lookUp')
    if (waitMs === 0) return true
    await sleep(waitMs, stopping)
  }
  return false
}
