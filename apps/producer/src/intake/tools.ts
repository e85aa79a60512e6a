import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import type { RoomFor } from '@restyle/shared/ledger/room'
import type { Store } from '@restyle/shared/store/store'
import type { Sources } from './sources.ts'

/** What an intake works with. */
export type IntakeTools = {
  ledger: Pick<
    Ledger,
    'accept' | 'appendRows' | 'lanes' | 'now' | 'openBatch' | 'read' | 'readBatch' | 'takesWrites' | 'turn'
  >
  store: Store
  sources: Pick<Sources, 'lookUp'>
  /** Whether Redis has room for so many new edits. */
  roomFor: RoomFor
  /** Exact `host:port` pairs that pictures may come from although they are not public. */
  allowHosts: readonly string[]
  log: Log
  /** Epoch ms. */
  now: () => number
}
