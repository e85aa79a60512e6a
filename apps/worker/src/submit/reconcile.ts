import type { TaskState } from '@restyle/dashscope/task-state'

/** A task of the window that the ledger does not know. `prompt` only where a finished task's results echoed one. */
export type Stranger = {
  taskId: string
  state: TaskState
  prompt?: string | undefined
  images: number
  /** Another edit in doubt keeps it as one of its candidates: it may yet be ours. */
  contested?: boolean
}

/** The submit in doubt, and how far looking has come. Times in ms on Redis's clock. */
export type Doubt = {
  prompt: string
  n: number
  /** After this no POST of this intent can be under way any more. */
  leaseUntil: number
  /** When the list was read. */
  listedAt: number
  /** How long the list may lag behind the submits. */
  settleMs: number
  /** Whether nobody else submits with this account. */
  exclusive: boolean
}

export type Resolution =
  | { kind: 'adopt'; taskId: string }
  /** Proven absent: nothing was or can be billed for this intent. */
  | { kind: 'requeue' }
  | { kind: 'look again' }
  /** `candidates` are tasks that could be this submit: no other doubt may take them. */
  | { kind: 'review'; why: string; candidates: readonly string[] }

/** The vendor forgets finished tasks after 24 h; a doubt that old can no longer be resolved by looking. */
const forgottenMs = 23 * 3600_000

/**
 * Decides what a doubtful submit came to. Safe by construction: a lane never holds two uncertain submits with one
 * prompt, so at most one stranger of the window is ours (docs/decisions/0004-who-is-that-task.md).
 *
 * - A task that failed or was canceled bills nothing: it cannot make a second submit cost twice.
 * - A task that still runs has not shown its prompt: wait for it.
 * - One task with our prompt is ours, on an account that nobody else uses. Two are one too many to choose from.
 * - One that another doubt keeps as a candidate may be ours all the same, as when a rewound ledger let two submits of
 *   one prompt be in doubt at a time: nothing is proven, and a person decides.
 * - None, after the lease has ended and the list has had time to settle: the POST came to nothing.
 */
export function reconcile(doubt: Doubt, strangers: readonly Stranger[]): Resolution {
  if (doubt.listedAt - doubt.leaseUntil > forgottenMs)
    return review('the vendor forgets tasks after 24 h, and this submit is older', [])
  const candidates = strangers.filter(({ state }) => state !== 'failed' && state !== 'canceled')
  const unread = candidates.filter(({ state }) => state !== 'succeeded')
  if (unread.length > 0) return { kind: 'look again' }
  const ours = candidates.filter(
    ({ prompt, images }) => images <= doubt.n && (prompt === undefined || prompt === doubt.prompt),
  )
  const [first, ...others] = ours
  if (first === undefined)
    return doubt.listedAt >= doubt.leaseUntil + doubt.settleMs ? { kind: 'requeue' } : { kind: 'look again' }
  if (ours.some(({ contested }) => contested === true))
    return review('a task could be this submit, or that of another edit in doubt', ours)
  if (others.length > 0) return review(`${ours.length} tasks could be this submit`, ours)
  if (!doubt.exclusive)
    return review('a task could be this submit, or that of another user of the account', ours)
  return { kind: 'adopt', taskId: first.taskId }
}

const review = (why: string, candidates: readonly Stranger[]): Resolution => ({
  kind: 'review',
  why,
  candidates: candidates.map(({ taskId }) => taskId),
})
