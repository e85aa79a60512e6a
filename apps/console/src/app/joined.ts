import type { Batch } from '@restyle/client/types'

/** The line leaves out what is costly to know: that stays as it was read. */
export const joined = (known: Batch, told: Batch): Batch => ({
  ...(known.forecast === undefined || told.completedAt !== undefined ? {} : { forecast: known.forecast }),
  ...(known.waitsFor === undefined || told.completedAt !== undefined ? {} : { waitsFor: known.waitsFor }),
  ...(known.firstExpiry === undefined || told.counts.rendered === 0
    ? {}
    : { firstExpiry: known.firstExpiry }),
  ...told,
})
