import type { Wait } from '@restyle/shared/ledger/admit'

/** How an edit waits for a lane that did not admit it. */
export type WaitRule = {
  /** Whom the reason holds back: every edit of the model on that lane, or only this edit and those like it. */
  blocks: 'backlog' | 'edit'
  /** Whether the ledger announces its end, so that whoever waits asks again at once. */
  announced: boolean
  /** Whether it ends within moments. Nobody can say when a pause ends, or when a submit is no longer uncertain. */
  brief: boolean
  /** How long to wait before the lane is asked again, at most (ms). */
  atMostMs: number
}

/** Every reason not to be admitted (docs/decisions/0002-a-submit-queue-per-model.md). */
export const waits: Readonly<Record<Wait, WaitRule>> = {
  slot: { blocks: 'backlog', announced: true, brief: true, atMostMs: 1_000 },
  posting: { blocks: 'backlog', announced: true, brief: true, atMostMs: 1_000 },
  copies: { blocks: 'backlog', announced: true, brief: true, atMostMs: 1_000 },
  token: { blocks: 'backlog', announced: false, brief: true, atMostMs: 1_000 },
  paused: { blocks: 'backlog', announced: false, brief: false, atMostMs: 1_000 },
  bucket: { blocks: 'backlog', announced: false, brief: false, atMostMs: 1_000 },
  uncertain: { blocks: 'edit', announced: true, brief: false, atMostMs: 1_000 },
}

/** A lane that did not admit the edit, and after how many milliseconds it is worth asking again. */
export type Refusal = { lane: string; reason: Wait; ms: number }

/** How to wait: for the end of one of `awaited`, or for `ms`, whichever is first. */
export type WaitPlan = {
  /** True: other edits might be admitted, so do not keep the head of the backlog for long. */
  othersMayPass: boolean
  awaited: { lane: string; reason: Wait }[]
  ms: number
}

/**
 * What to do when no lane of the model admitted an edit. The edit keeps the head of the backlog if some lane will soon be
 * free for any edit, or if every lane is paused: the next edit would wait just the same. It lets others pass if a lane
 * refuses only edits like this one, and no other lane will soon be free.
 */
export function planWait(refusals: readonly Refusal[]): WaitPlan {
  const alike = refusals.filter(({ reason }) => waits[reason].blocks === 'edit')
  const othersMayPass = alike.length > 0 && !refusals.some(({ reason }) => waits[reason].brief)
  const waitedFor = othersMayPass
    ? alike
    : refusals.filter(({ reason }) => waits[reason].blocks === 'backlog')
  return {
    othersMayPass,
    awaited: waitedFor.flatMap(({ lane, reason }) => (waits[reason].announced ? [{ lane, reason }] : [])),
    ms: Math.min(
      ...waitedFor.map(({ reason }) => waits[reason].atMostMs),
      ...(othersMayPass ? [] : refusals.map(({ ms }) => Math.max(1, ms))),
    ),
  }
}
