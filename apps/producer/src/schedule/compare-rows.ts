import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Store } from '@restyle/shared/store/store'
import type { CompareRows } from './read-catalog.ts'

/** Compares the rows of a run with those of the runs before it. */
export const compareRows =
  (_tools: { ledger: Ledger; store: Store }): CompareRows =>
  async () =>
  () => ({ is: 'new' })
