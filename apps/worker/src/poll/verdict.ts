import type { Task } from '@restyle/dashscope/read-task'
import type { FailedTaskAction } from '@restyle/dashscope/error-table'
import type { Failure, Image } from '@restyle/shared/contract/edit'

/** What an answer about a task means for its edit. */
export type Verdict =
  | { kind: 'wait' }
  /** `billed` images; at least one of `images` has a URL, the others say why they have none. */
  | { kind: 'render'; images: Image[]; billed: number; expiresAt: number }
  /** No image came; worth another task. */
  | { kind: 'again'; failure: Failure; billed: number }
  | { kind: 'fail'; failure: Failure; billed: number }
  | { kind: 'pause'; failure: Failure }
  | { kind: 'cancel' }

/** What the edit asked for and how old its task is. Times in ms. */
export type Asked = { n: number; tries: number; now: number; ageMs: number }

/** Task ids and URLs live 24 h where nothing else is said (docs/dashscope.md §2). */
const dayMs = 24 * 3600_000

/** An edit gets this many tasks before a failure counts. */
export const triesPerEdit = 3

/** `reason` is the catalogue's verdict for the code of a failed task. */
export function verdict(
  task: Task,
  asked: Asked,
  reason: (code?: string, message?: string) => FailedTaskAction,
): Verdict {
  switch (task.state) {
    case 'pending':
    case 'running':
    case 'other':
      return { kind: 'wait' }
    case 'unknown':
      return asked.ageMs < dayMs
        ? { kind: 'wait' }
        : fail('TaskExpired', 'the vendor forgot the task after 24 h without an answer')
    case 'canceled':
      return { kind: 'cancel' }
    case 'failed':
      return ofFailure(task.code ?? 'Unknown', task.message ?? 'the vendor gave no reason', 0, asked, reason)
    case 'succeeded':
      return ofSuccess(task, asked, reason)
  }
}

function ofSuccess(
  task: Task,
  asked: Asked,
  reason: (code?: string, message?: string) => FailedTaskAction,
): Verdict {
  const billed = task.billed ?? task.images.length
  if (task.images.length === 0) {
    const [first] = task.failures
    return ofFailure(
      first?.code ?? 'NoImages',
      first?.message || 'the task succeeded without an image',
      billed,
      asked,
      reason,
    )
  }
  const rendered = task.images.map((image, index): Image => ({
    index,
    url: image.url,
    expiresAt: image.expiresAt ?? asked.now + dayMs,
  }))
  const failures = Array.from(
    { length: Math.max(task.failures.length, asked.n - rendered.length) },
    (_, i): Image => {
      const failure = task.failures[i] ?? {
        code: 'Missing',
        message: 'the vendor returned fewer images than asked for',
      }
      return { index: rendered.length + i, failure }
    },
  )
  const expiresAt = Math.min(...rendered.map((image) => image.expiresAt ?? Infinity))
  return { kind: 'render', images: [...rendered, ...failures], billed, expiresAt }
}

function ofFailure(
  code: string,
  message: string,
  billed: number,
  asked: Asked,
  reason: (code?: string, message?: string) => FailedTaskAction,
): Verdict {
  const failure = { code, message }
  switch (reason(code, message)) {
    case 'pauseLane':
      return { kind: 'pause', failure }
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

const fail = (code: string, message: string): Verdict => ({
  kind: 'fail',
  failure: { code, message },
  billed: 0,
})
