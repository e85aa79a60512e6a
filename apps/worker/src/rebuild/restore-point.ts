import { taskLivesMs } from '@restyle/dashscope/lifetimes'
import type { Image, StoredImage } from '@restyle/shared/contract/edit'
import type { Restored } from '@restyle/shared/ledger/restore'
import type { AttemptReceipts, Ended } from '@restyle/shared/receipt/receipt'

/** What the bucket remembers of an edit: the receipts of its newest attempt, and the images that are there. */
export type Remembered = AttemptReceipts & {
  /** How many images the edit asked for. */
  n: number
  /** The newest attempt; 0 where none was made. */
  attempt: number
  images: readonly { index: number; stored: StoredImage; costMicros: number }[]
}

/** What a lane would have asked for this edit. */
export type LaneFacts = { fingerprint: string; costMicros: number }

/** Where a forgotten edit goes on; with `ended` it only has to end again in the same way. */
export type RestorePoint = { at: Restored; ended?: Ended }

/**
 * Decides where a forgotten edit goes on. Its images count most: with all of them there is nothing left to do but to say
 * so. Then the note of its end counts, since whoever wrote it may have been overtaken by an image. Otherwise the newest
 * attempt counts: its task is asked about, or it made none, or nobody knows and it is looked up. `now` in epoch ms.
 */
export function restorePoint(
  { n, attempt, intent, answer, ended, images }: Remembered,
  factsOf: (lane: string) => LaneFacts,
  now: number,
): RestorePoint {
  const common = { attempt, tries: intent?.edit.tries ?? 0 }
  const taskIsGone = ended !== undefined || (intent !== undefined && now - intent.intentAt > taskLivesMs)
  if (images.length >= n || (images.length > 0 && taskIsGone)) {
    const kept = images.map(({ index, stored }): Image => ({ index, stored }))
    const task = answer?.outcome === 'accepted' && intent && { lane: intent.lane, taskId: answer.taskId }
    const billed = Math.max(...images.map(({ costMicros }) => costMicros))
    return { at: { ...common, state: 'rendered', ...task, images: kept, billed } }
  }
  if (ended !== undefined) return { at: { attempt, tries: 0, state: 'queued' }, ended }
  if (intent === undefined || answer?.outcome === 'none') return { at: { ...common, state: 'queued' } }
  const { intentAt, leaseUntil, lane } = intent
  const { fingerprint, costMicros: reserved } = factsOf(lane)
  const admitted = { ...common, lane, reserved }
  if (answer === undefined)
    return { at: { ...admitted, state: 'uncertain', fingerprint, intentAt, leaseUntil } }
  return { at: { ...admitted, state: 'running', taskId: answer.taskId, submittedAt: answer.at } }
}
