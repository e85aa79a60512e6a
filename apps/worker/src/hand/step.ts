import type { Edit } from '@restyle/shared/contract/edit'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import type { Queues } from '@restyle/shared/queues'
import type { Store } from '@restyle/shared/store/store'
import type { OnFailpoint } from './failpoints.ts'

/** Where a hand leaves an edit, and in how many milliseconds its next step is due (default: now). */
export type Step = { edit: Edit; inMs?: number }

/** Takes one step of one edit. `signal` aborts when the worker is about to stop: hand the edit back soon. */
export type TakeStep = (edit: Edit, signal: AbortSignal) => Promise<Step>

/** What every hand works with. */
export type HandContext = {
  ledger: Ledger
  queues: Queues
  /** The bucket of images and receipts. */
  store: Store
  log: Log
  /** Aborts when the worker is about to stop. */
  stopping: AbortSignal
  failpoint: OnFailpoint
  /** From 0 to 1: spreads waits that would otherwise end together. */
  random: () => number
}
