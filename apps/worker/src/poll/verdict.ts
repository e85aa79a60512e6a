import type { FailedTaskAction } from '@restyle/dashscope/error-row'
import { urlLivesMs } from '@restyle/dashscope/lifetimes'
import type { Task } from '@restyle/dashscope/read-task'
import { judgeUnseenImages, type UnseenImages } from '@restyle/dashscope/unseen-images'
import { bounds } from '@restyle/shared/contract/bounds'
import type { Failure, Image } from '@restyle/shared/contract/edit'
import { ownFailure } from '@restyle/shared/contract/failure-codes'

/** What the vendor's word about a task means for its edit. */
export type Verdict =
  | { kind: 'wait' }
  /** Images are billed and none is shown: ask the same task again. */
  | { kind: 'unseen'; inMs: number }
  /** Images are billed and none came to light: a person decides. */
  | { kind: 'hold'; why: string }
  /** `billed` images; at least one of `images` has a URL, the others say why they have none. */
  | { kind: 'render'; images: Image[]; billed: number; expiresAt: number }
  /** No image came; worth another task. */
  | { kind: 'again'; failure: Failure; billed: number }
  | { kind: 'fail'; failure: Failure; billed: number }
  | { kind: 'pause'; failure: Failure }
  | { kind: 'cancel' }

/**
 * What the edit asked for, how old its task is, since when its paid images are not to be seen, and how many of its tasks
 * failed for the account before. Times in ms.
 */
export type Asked = {
  n: number
  tries: number
  now: number
  ageMs: number
  unseenSince?: number | undefined
  pausedTasks?: number | undefined
}

/** A task that the vendor still reports after this long is given up too: it promises to remember tasks for a day only. */
const { unknownMs, surelyForgottenMs: longestMs } = bounds.running.most

/** An edit gets this many tasks before a failure counts. */
export const triesPerEdit = 3

/** The action that the table of errors names for the code of a failed task. */
type ActionOf = (code?: string, message?: string) => FailedTaskAction

/** Decides what follows from the vendor's word about a task. */
export function verdict(task: Task, asked: Asked, actionOf: ActionOf): Verdict {
  switch (task.state) {
    case 'pending':
    case 'running':
    case 'other':
      return asked.ageMs < longestMs
        ? { kind: 'wait' }
        : expired(`the vendor still tells of it as ${task.rawStatus} after two days`)
    case 'unknown':
      return asked.ageMs < unknownMs
        ? { kind: 'wait' }
        : expired('the vendor forgot the task after 24 h without an answer')
    case 'canceled':
      return { kind: 'cancel' }
    case 'failed':
      return ofFailure(failureOf(task), 0, asked, actionOf)
    case 'succeeded':
      return ofSuccess(task, asked, actionOf)
  }
}

const expired = (message: string): Verdict => ({
  kind: 'fail',
  failure: ownFailure('TaskExpired', message),
  billed: 0,
})

/** In the vendor's words; in ours where it gave none. */
function failureOf({ code, message = 'the vendor gave no reason' }: Task): Failure {
  return code === undefined ? ownFailure('Unknown', message) : { code, message }
}

function ofSuccess(task: Task, asked: Asked, actionOf: ActionOf): Verdict {
  const billed = task.billed ?? task.images.length
  if (task.images.length === 0) {
    const unseen = judge(task, billed, asked)
    if (unseen.kind === 'askAgain') return { kind: 'unseen', inMs: unseen.inMs }
    if (unseen.kind === 'hold') return { kind: 'hold', why: unseen.message }
    const none = ownFailure('NoImages', 'the task succeeded without an image')
    const { code, message } = task.failures[0] ?? none
    return ofFailure({ code, message: message || none.message }, billed, asked, actionOf)
  }
  const rendered = task.images.map((image, index): Image => ({
    index,
    url: image.url,
    expiresAt: image.expiresAt ?? Math.min(task.endedAt ?? asked.now, asked.now) + urlLivesMs,
  }))
  const failures = Array.from(
    { length: Math.max(task.failures.length, asked.n - rendered.length) },
    (_, i): Image => ({
      index: rendered.length + i,
      failure: task.failures[i] ?? ownFailure('Missing', 'the vendor returned fewer images than asked for'),
    }),
  )
  const expiresAt = Math.min(...rendered.map((image) => image.expiresAt ?? Infinity))
  return { kind: 'render', images: [...rendered, ...failures], billed, expiresAt }
}

/** Where the vendor gives a reason for each image there is nothing to wait for. */
function judge(task: Task, billed: number, { n, now, unseenSince = now }: Asked): UnseenImages {
  const reasons = task.failures.filter(({ code }) => code !== 'Missing')
  return reasons.length >= n ? { kind: 'newTask' } : judgeUnseenImages({ ...task, billed }, now - unseenSince)
}

function ofFailure(failure: Failure, billed: number, asked: Asked, actionOf: ActionOf): Verdict {
  switch (actionOf(failure.code, failure.message)) {
    case 'pauseLane':
      return (asked.pausedTasks ?? 0) + 1 < bounds.queued.most.returnsWithLane
        ? { kind: 'pause', failure }
        : { kind: 'fail', failure, billed }
    case 'newTask':
      return asked.tries + 1 < triesPerEdit
        ? { kind: 'again', failure, billed }
        : { kind: 'fail', failure, billed }
    case 'retryOnce':
      return asked.tries === 0 ? { kind: 'again', failure, billed } : { kind: 'fail', failure, billed }
    case 'failEdit':
      return { kind: 'fail', failure, billed }
  }
}
