import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import type { RoomFor } from '@restyle/shared/ledger/room'
import type { Store } from '@restyle/shared/store/store'
import type { BatchKeys } from './batch-keys.ts'
import type { NotedLots } from './noted-lots.ts'
import type { Promises } from './promise-edits.ts'
import type { Sources } from './sources.ts'

/** What an intake works with. */
export type IntakeTools = {
  ledger: Pick<
    Ledger,
    | 'accept'
    | 'appendRows'
    | 'closeBatch'
    | 'lanes'
    | 'now'
    | 'openBatch'
    | 'openEditsOf'
    | 'read'
    | 'readBatch'
    | 'readProducer'
    | 'takesWrites'
    | 'turn'
  >
  store: Store
  /** The keys that open batches have, and the lots that the bucket knows they have. */
  batchKeys: BatchKeys
  notedLots: NotedLots
  /** Promises edits whose ids are new. */
  promises: Promises
  sources: Pick<Sources, 'lookUp' | 'put'>
  /** Whether Redis has room for so many new edits. */
  roomFor: RoomFor
  /** How many edits a producer may have open; undefined: as many as come. */
  openLimitOf: (producer: string) => Promise<number | undefined>
  /** Exact `host:port` pairs that pictures may come from although they are not public. */
  allowHosts: readonly string[]
  log: Log
  /** Epoch ms. */
  now: () => number
}
