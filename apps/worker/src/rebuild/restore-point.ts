import { taskLivesMs } from '@restyle/dashscope/lifetimes'
import type { Image, StoredImage } from '@restyle/shared/contract/edit'
import type { RestorePoint } from '@restyle/shared/ledger/restore'
import { laneIdOf } from '@restyle/shared/lane-id'
import type { AttemptReceipts, Intent } from '@restyle/shared/receipt/receipt'

/** What the bucket remembers of an edit: the receipts of its newest attempt, and the images that are there. */
export type Remembered = AttemptReceipts & {
  /** How many images the edit asked for. */
  n: number
  /** The newest attempt; 0 where none was made. */
  attempt: number
  /** When it was canceled (epoch ms). */
  canceledAt?: number | undefined
  images: readonly { index: number; stored: StoredImage; costMicros: number }[]
}

/** What a lane would have asked for this edit. */
export type LaneFacts = { fingerprint: string; costMicros: number }

/**
 * Decides where a forgotten edit goes on. Its images count most: with all of them there is nothing left to do but to say
 * so. Then the note of its end counts, since whoever wrote it may have been overtaken by an image. Otherwise the newest
 * attempt counts: its task is asked about, or it made none, or nobody knows and it is looked up. One that was canceled does
 * not go back to the backlog. `now` in epoch ms.
 */
export function restorePoint(
  { n, attempt, intent, answer, ended, images, canceledAt }: Remembered,
  factsOf: (lane: string) => LaneFacts,
  now: number,
): RestorePoint {
  const common = {
    attempt,
    tries: intent?.edit.tries ?? 0,
    ...(canceledAt === undefined ? {} : { cancelAsked: canceledAt }),
  }
  const taskIsGone = ended !== undefined || (intent !== undefined && now - intent.intentAt > taskLivesMs)
  if (images.length >= n || (images.length > 0 && taskIsGone)) {
    const kept = images.map(({ index, stored }): Image => ({ index, stored }))
    const task = answer?.outcome === 'accepted' && intent && { lane: laneOf(intent), taskId: answer.taskId }
    const billed = Math.max(...images.map(({ costMicros }) => costMicros))
    return { ...common, ...placeOf(intent), state: 'rendered', ...task, images: kept, billed }
  }
  if (ended !== undefined) {
    const { billedMicros: billed = 0, ...end } = ended
    return { ...common, ...(billed > 0 ? placeOf(intent) : {}), ...end, billed }
  }
  if (intent === undefined || answer?.outcome === 'none')
    return { ...common, state: canceledAt === undefined ? 'queued' : 'canceled' }
  const { intentAt, leaseUntil } = intent
  const lane = laneOf(intent)
  const { fingerprint, costMicros } = factsOf(lane)
  const reserved = intent.money?.micros ?? costMicros
  // asked about there, even if the lane leads elsewhere by now
  const admitted = {
    ...common,
    ...placeOf(intent),
    lane,
    reserved,
    ...(intent.world && { world: intent.world }),
  }
  if (answer === undefined) return { ...admitted, state: 'uncertain', fingerprint, intentAt, leaseUntil }
  return { ...admitted, state: 'running', taskId: answer.taskId, submittedAt: answer.at }
}

/** Where the money of an attempt counts; receipts of older versions do not say. */
function placeOf(intent: Intent | undefined): Pick<RestorePoint, 'day' | 'currency' | 'lane'> {
  if (intent?.money === undefined) return {}
  const { day, currency } = intent.money
  return { lane: laneOf(intent), day, ...(currency === 'CNY' ? {} : { currency }) }
}

/** Receipts of older versions say what the lane was called. */
const laneOf = ({ world, lane, edit }: Intent): string =>
  world === undefined ? lane : laneIdOf(world, edit.request.model)
