import { sameEcho } from '@restyle/dashscope/same-echo'
import type { TaskState } from '@restyle/dashscope/task-state'
import { bounds } from '@restyle/shared/contract/bounds'
import type { Edit, FoundTask } from '@restyle/shared/contract/edit'
import type { Answer, AttemptReceipts, Ended } from '@restyle/shared/receipt/receipt'

/** When the POST of an intent may have been sent. All times are epoch ms on Redis's clock. */
export type Window = { from: number; leaseUntil: number }

/** What the receipts say about a submit without a known outcome. */
export type ReceiptsSay =
  /** The outcome is written there: the ledger lost it. */
  | { kind: 'answered'; answer: Answer }
  /** The edit had ended in this attempt: the ledger lost that. */
  | { kind: 'ended'; ended: Ended }
  /** Nobody sent the POST, and nobody can: the receipt was created only for that. */
  | { kind: 'unsent' }
  /** Perhaps nobody sent the POST. Creating the intent's receipt now prevents everybody else from sending it. */
  | { kind: 'perhaps unsent' }
  /** Its POST may still be under way until the lease ends. */
  | { kind: 'under way'; ms: number }
  /** Nobody is at work on it any more, and its POST may have been sent. */
  | { kind: 'abandoned' }
  /** The vendor's list must tell. */
  | { kind: 'nothing'; window: Window }

/** Who holds a receipt that was created only so that nobody else can. */
export const nobody = 'nobody'

/** Reads the receipts of the attempt. `fenced`: receipts are kept at all, so that a missing one proves something. */
export function readingOf(
  edit: Pick<Edit, 'state' | 'intentAt' | 'leaseUntil'>,
  { intent, answer, ended }: AttemptReceipts,
  now: number,
  fenced: boolean,
): ReceiptsSay {
  // a task counts more than the note of an end, whose writer may have been overtaken
  if (answer?.outcome === 'accepted') return { kind: 'answered', answer }
  if (ended?.state === 'failed') return { kind: 'ended', ended }
  if (answer !== undefined) return { kind: 'answered', answer }
  const left = edit.state === 'submitting'
  if (left && fenced && intent === undefined) return { kind: 'perhaps unsent' }
  if (left && fenced && intent?.writer === nobody) return { kind: 'unsent' }
  // a ledger that was rewound may have given this attempt a second, later lease
  const window = {
    from: Math.min(edit.intentAt ?? Infinity, intent?.intentAt ?? Infinity),
    leaseUntil: Math.max(edit.leaseUntil ?? 0, intent?.leaseUntil ?? 0),
  }
  if (window.leaseUntil > now) return { kind: 'under way', ms: window.leaseUntil - now }
  return left ? { kind: 'abandoned' } : { kind: 'nothing', window }
}

/** A task of the window that no edit surely owns. `prompt` only where a finished task's results echoed one. */
export type Stranger = {
  taskId: string
  state: TaskState
  prompt?: string | undefined
  images: number
  /** On the vendor's clock (epoch ms). */
  submittedAt?: number | undefined
  /** Another uncertain edit keeps it as one of its candidates: it may still be ours. */
  contested?: boolean
}

/** A submit without a known outcome, and how far looking has come. Times are epoch ms on Redis's clock. */
export type UncertainSubmit = {
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
  /** `candidates` are tasks that could be this submit: no other uncertain edit may take them. `found`: what was told of them. */
  | { kind: 'review'; why: string; candidates: readonly string[]; found: readonly FoundTask[] }

/**
 * Why a submit that is older can no longer be resolved by looking: the vendor forgets its task. Asked before the vendor
 * is, which lists nothing of such a time, and once more when it has answered. Counted from the first intent: where a rewound ledger gave this attempt a second
 * lease, the POST may have been sent within the first one.
 */
export const tooOld = ({ from }: Window, now: number): Resolution | undefined =>
  now - from > bounds.uncertain.most.ageMs
    ? unseen('the vendor forgets tasks after 24 h, and this submit is older')
    : undefined

/**
 * Decides what an uncertain submit came to. A lane never holds two uncertain submits with one prompt, so at most one
 * stranger of the window is ours (docs/decisions/0004-who-is-that-task.md).
 *
 * - A task that failed or was canceled bills nothing: it cannot make a second submit cost twice.
 * - A task that still runs has not shown its prompt: wait for it.
 * - A prompt that came back changed is neither ours for sure nor another's: a person decides.
 * - One task with our prompt is ours, on an account that nobody else uses. Two are one too many to choose from.
 * - A task that another uncertain edit also claims may still be ours: a person decides. This happens where a rewound
 *   ledger let two submits of one prompt be uncertain at a time.
 * - None, after the lease has ended and the list has had time to settle: the POST came to nothing.
 */
export function resolve(submit: UncertainSubmit, strangers: readonly Stranger[]): Resolution {
  const costly = strangers.filter(({ state }) => state !== 'failed' && state !== 'canceled')
  if (costly.some(({ state }) => state !== 'succeeded')) return { kind: 'look again' }
  const likenessOf = ({ prompt }: Stranger) =>
    prompt === undefined ? 'same' : sameEcho(submit.prompt, prompt)
  const ours = costly.filter(
    (stranger) => stranger.images <= submit.n && likenessOf(stranger) !== 'different',
  )
  const [first, ...others] = ours
  if (first === undefined)
    return submit.listedAt >= submit.leaseUntil + submit.settleMs
      ? { kind: 'requeue' }
      : { kind: 'look again' }
  const review = (why: string): Resolution => ({
    kind: 'review',
    why,
    candidates: ours.map(({ taskId }) => taskId),
    found: ours.slice(0, mostFound).map((stranger) => foundOf(submit, stranger)),
  })
  if (ours.some(({ contested }) => contested === true))
    return review('a task could be this submit, or that of another uncertain edit')
  if (ours.some((stranger) => likenessOf(stranger) === 'near'))
    return review('a task shows a prompt that is nearly that of this submit')
  if (others.length > 0) return review(`${ours.length} tasks could be this submit`)
  if (!submit.exclusive) return review('a task could be this submit, or that of another user of the account')
  return { kind: 'adopt', taskId: first.taskId }
}

/** A person decides without any task that could be it. */
export const unseen = (why: string): Resolution => ({ kind: 'review', why, candidates: [], found: [] })

/** Tasks of which is kept what was told: more than a person compares. */
const mostFound = 20

const foundOf = (
  submit: UncertainSubmit,
  { taskId, state, images, submittedAt, prompt }: Stranger,
): FoundTask => {
  const facts = { taskId, state, images, ...(submittedAt === undefined ? {} : { submittedAt }) }
  if (prompt === undefined) return { ...facts, echo: 'none' }
  return sameEcho(submit.prompt, prompt) === 'same'
    ? { ...facts, echo: 'same' }
    : { ...facts, echo: 'near', prompt }
}
