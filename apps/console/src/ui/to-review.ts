import type { Batch } from '@restyle/client/types'

/** Rows with pictures of which nobody has said anything. */
export const toReview = ({
  counts: { succeeded },
  verdicts: { approved, rejected, redo } = { approved: 0, rejected: 0, redo: 0 },
}: {
  counts: { succeeded: number }
  verdicts?: Batch['verdicts']
}): number => Math.max(0, succeeded - approved - rejected - redo)
