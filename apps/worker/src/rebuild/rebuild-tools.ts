import type { NewEdit } from '@restyle/shared/contract/new-edit'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import type { RowReader } from '@restyle/shared/rows/read-rows'
import type { Store } from '@restyle/shared/store/store'
import type { LaneFacts } from './restore-point.ts'

/** What it takes to put back from the bucket what the ledger has forgotten. */
export type RebuildTools = {
  ledger: Ledger
  store: Store
  /** Reads rows that rest. */
  rows: RowReader
  log: Log
  keyTemplate: string
  factsOf: (edit: NewEdit) => (lane: string) => LaneFacts
  /** Acceptances that were logged for a person already. */
  told: Set<string>
}
