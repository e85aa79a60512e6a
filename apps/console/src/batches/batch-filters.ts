import type { Batch } from '@restyle/client/types'
import type { BatchState } from '../app/use-batch.ts'
import { toReview } from '../ui/to-review.ts'

type Facts = Pick<Batch, 'completedAt' | 'counts' | 'stops' | 'verdicts'>

/** What the list may be narrowed to, as the API has it, and which batches that are. */
export const filters = [
  { state: undefined, word: 'all', has: () => true },
  { state: 'active', word: 'not ended', has: ({ completedAt }) => completedAt === undefined },
  { state: 'paused', word: 'paused', has: ({ stops = [] }) => stops.length > 0 },
  { state: 'to-review', word: 'to review', has: (batch) => toReview(batch) > 0 },
  { state: 'failed', word: 'with failures', has: ({ counts }) => counts.failed > 0 },
  { state: 'completed', word: 'ended', has: ({ completedAt }) => completedAt !== undefined },
] as const satisfies readonly {
  state: BatchState | undefined
  word: string
  has: (batch: Facts) => boolean
}[]

/** How many of the newest batches each filter has, in their order: `14`; `14+` where older ones were not looked at. */
export const countsOf = (newest: readonly Facts[], hasMore: boolean): readonly string[] =>
  filters.map(({ has }) => `${newest.filter((batch) => has(batch)).length}${hasMore ? '+' : ''}`)
