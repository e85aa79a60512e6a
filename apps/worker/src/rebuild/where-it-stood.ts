import type { Image, StoredImage } from '@restyle/shared/contract/edit'
import type { Restored } from '@restyle/shared/ledger/restore'
import type { Answer, Intent } from '@restyle/shared/receipt/receipt'

/** What the bucket remembers of an edit: its newest attempt, and the images that are there. */
export type Remembered = {
  n: number
  newest: { intent: Intent; answer: Answer | undefined } | undefined
  images: readonly { index: number; stored: StoredImage; costMicros: number }[]
}

/** What a lane would have asked for this edit. */
export type LaneFacts = { fingerprint: string; costMicros: number }

/** Task ids and URLs live 24 h (docs/dashscope.md §2). */
const dayMs = 24 * 3600_000

/**
 * Where a forgotten edit goes on. Its images are there: nothing is left to do but to say so. Otherwise the newest attempt
 * counts: its task is asked about, or was noted as absent, or nobody knows and it is looked up. `now` in epoch ms.
 */
export function whereItStood(
  { n, newest, images }: Remembered,
  factsOf: (lane: string) => LaneFacts,
  now: number,
): Restored {
  const common = { attempt: newest?.intent.attempt ?? 0, tries: newest?.intent.edit.tries ?? 0 }
  const taskIsGone = newest !== undefined && now - newest.intent.intentAt > dayMs
  if (images.length >= n || (images.length > 0 && taskIsGone)) {
    const kept = images.map(({ index, stored }): Image => ({ index, stored }))
    return {
      ...common,
      state: 'rendered',
      ...(newest?.answer?.outcome === 'accepted' && {
        lane: newest.intent.lane,
        taskId: newest.answer.taskId,
      }),
      images: kept,
      billed: Math.max(...images.map(({ costMicros }) => costMicros)),
    }
  }
  if (newest === undefined || newest.answer?.outcome === 'none') return { ...common, state: 'queued' }
  const { intentAt, leaseUntil, lane } = newest.intent
  const { fingerprint, costMicros: reserved } = factsOf(lane)
  if (newest.answer === undefined)
    return { ...common, state: 'uncertain', lane, reserved, fingerprint, intentAt, leaseUntil }
  return {
    ...common,
    state: 'running',
    lane,
    reserved,
    taskId: newest.answer.taskId,
    submittedAt: newest.answer.at,
  }
}
