import type { Batch } from '@restyle/client/types'

/** A list holds no forecasts: they are asked for of so many batches. */
const mostForetold = 20

/** The ids of the newest batches that have not ended. `batches`: the newest first. */
export const foretoldOf = (batches: readonly Pick<Batch, 'id' | 'completedAt'>[]): ReadonlySet<string> =>
  new Set(
    batches
      .filter(({ completedAt }) => completedAt === undefined)
      .slice(0, mostForetold)
      .map(({ id }) => id),
  )
