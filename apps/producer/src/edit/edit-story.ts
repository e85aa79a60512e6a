import type { Edit } from '@restyle/shared/contract/edit'
import { isTerminal } from '@restyle/shared/contract/edit-state'
import { receiptKey } from '@restyle/shared/object-key'
import type { AttemptReceipts } from '@restyle/shared/receipt/receipt'

/** An attempt to submit, and what the bucket holds of it. */
export type Attempted = { attempt: number; receipts: AttemptReceipts }

/** Attempts whose receipts are read for one answer: the last ones. */
export const mostAttempts = 20

/** The attempts whose receipts tell the story, the oldest first. */
export const attemptsOf = ({ attempt }: Pick<Edit, 'attempt'>): number[] =>
  Array.from({ length: attempt }, (_, i) => i + 1).slice(-mostAttempts)

type Step = {
  at: string
  step: 'accepted' | 'submitting' | 'task' | 'no-task' | 'rendered' | 'cancel-asked' | 'held' | 'ended'
  attempt?: number
  /** The task's id, the code of a refusal, or the state in which it ended. */
  what?: string
}

/** What the ledger and the bucket know of one edit, in order of time, and nothing that they do not know. Pure. */
export function storyOf(edit: Edit, attempts: readonly Attempted[]) {
  return {
    steps: stepsOf(edit, attempts),
    attempts: attempts.map((each) => attemptOf(edit.id, each)),
    ...(edit.attempt > attempts.length ? { bounded: true as const } : {}),
    money: moneyOf(edit),
    ...(edit.lane === undefined || edit.lane === '' ? {} : { lane: edit.lane }),
    ...doubtOf(edit),
    ...patienceOf(edit),
    images: (edit.images ?? []).map(({ index, expiresAt, spilledTo, givenUp, stored, failure }) => ({
      index,
      state:
        stored !== undefined
          ? ('stored' as const)
          : failure !== undefined
            ? ('failed' as const)
            : ('waits' as const),
      ...(expiresAt === undefined || stored !== undefined ? {} : { expiresAt: iso(expiresAt) }),
      ...(spilledTo === undefined ? {} : { spilled: true as const }),
      ...(givenUp === undefined ? {} : { givenUp }),
    })),
    ...(edit.told === undefined
      ? {}
      : { event: `${edit.id}-${edit.told === 'review' ? `held-${edit.attempt}` : edit.told}` }),
    ...(edit.traceparent === undefined ? {} : { traceparent: edit.traceparent }),
  }
}

const iso = (ms: number): string => new Date(ms).toISOString()

function stepsOf(edit: Edit, attempts: readonly Attempted[]): Step[] {
  const steps: { at: number; step: Step['step']; attempt?: number; what?: string }[] = [
    { at: edit.createdAt, step: 'accepted' },
  ]
  for (const { attempt, receipts } of attempts) {
    const { intent, answer } = receipts
    if (intent !== undefined)
      steps.push({ at: intent.intentAt, step: 'submitting', attempt, what: intent.lane })
    if (answer?.outcome === 'accepted')
      steps.push({ at: answer.at, step: 'task', attempt, what: answer.taskId })
    if (answer?.outcome === 'none') steps.push({ at: answer.at, step: 'no-task', attempt, what: answer.code })
  }
  if (edit.renderedAt !== undefined) steps.push({ at: edit.renderedAt, step: 'rendered' })
  if (edit.cancelAsked !== undefined) steps.push({ at: edit.cancelAsked, step: 'cancel-asked' })
  if (edit.state === 'review') steps.push({ at: edit.updatedAt, step: 'held', attempt: edit.attempt })
  if (isTerminal(edit.state)) steps.push({ at: edit.updatedAt, step: 'ended', what: edit.state })
  // what happened in one millisecond stays as it was put
  return steps.toSorted((a, b) => a.at - b.at).map(({ at, ...step }) => ({ at: iso(at), ...step }))
}

function attemptOf(id: string, { attempt, receipts: { intent, answer, ended } }: Attempted) {
  return {
    attempt,
    ...(intent === undefined
      ? {}
      : {
          intent: {
            at: iso(intent.intentAt),
            leaseUntil: iso(intent.leaseUntil),
            lane: intent.lane,
            ...(intent.money === undefined ? {} : { reserved: intent.money }),
            bodyHash: intent.edit.bodyHash,
            receipt: receiptKey(id, attempt, 'intent'),
          },
        }),
    ...(answer === undefined
      ? {}
      : { answer: { ...said(answer), receipt: receiptKey(id, attempt, 'answer') } }),
    ...(ended === undefined ? {} : { ended: ended.state }),
  }
}

const said = (answer: NonNullable<AttemptReceipts['answer']>) =>
  answer.outcome === 'accepted'
    ? { outcome: 'accepted' as const, at: iso(answer.at), taskId: answer.taskId }
    : { outcome: 'none' as const, at: iso(answer.at), code: answer.code }

const moneyOf = ({ currency = 'CNY', reserved, billed, day }: Edit) => ({
  currency,
  reservedMicros: reserved,
  billedMicros: billed,
  ...(day === undefined ? {} : { day }),
})

/** While nobody knows what became of a submit: why, and how looking goes. */
function doubtOf({ state, uncertainBecause, said: vendor, looks, candidates }: Edit) {
  if (state !== 'uncertain' && state !== 'review') return {}
  return {
    doubt: {
      ...(uncertainBecause === undefined ? {} : { why: uncertainBecause }),
      ...(vendor === undefined ? {} : { answered: vendor }),
      ...(looks === undefined
        ? {}
        : { looks: { why: looks.why, times: looks.times, since: iso(looks.since) } }),
      candidates: candidates ?? [],
    },
  }
}

/** What did not come about, and is tried again. */
function patienceOf({ returned, turnedAway, sourceTrouble, refusedQueries, tries }: Edit) {
  const waits = [
    ...(returned === undefined
      ? []
      : [{ what: 'submits came to nothing', why: returned.why, times: returned.times }]),
    ...(turnedAway === undefined ? [] : [{ what: 'submits were turned away', times: turnedAway.times }]),
    ...(sourceTrouble === undefined
      ? []
      : [
          { what: 'a source could not be read', times: sourceTrouble.tries, since: iso(sourceTrouble.since) },
        ]),
    ...(refusedQueries === undefined
      ? []
      : [
          {
            what: 'queries were refused',
            why: refusedQueries.code,
            times: refusedQueries.count,
            since: iso(refusedQueries.since),
          },
        ]),
    ...(tries === 0 ? [] : [{ what: 'tasks failed and were worth another', times: tries }]),
  ]
  return waits.length === 0 ? {} : { waits }
}
