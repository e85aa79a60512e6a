import type { EditState } from '@restyle/shared/contract/edit-state'
import type { Origin } from '../dashscope/origin.ts'
import type { Delivery } from './consumers.ts'
import type { FaultName } from './fault-names.ts'
import type { AckedEdit } from './producers.ts'
import type { Canceled } from './steer.ts'

/** A task as the vendor knows it. Times in epoch ms. */
export type VendorTask = {
  taskId: string
  url: string
  submittedAt: number
  endedAt?: number
  state: string
  billed: number
  resultSha256: string[]
}

/** An edit as the ledger left it. */
export type LedgerEdit = {
  id: string
  state: EditState
  taskId?: string
  /** Its code. */
  failure?: string
  stored: { key: string; sha256: string }[]
  /** All edits of a row that was retried, the oldest first; none of a row that was canceled at rest. */
  takes?: { id: string; state: EditState; taskId?: string | undefined }[]
}

/** An edit on its way to its turn. `ackedAt` and `admittedAt`, each time that it was: ms since the start of the run. */
export type Turn = {
  producer: string
  batch?: string
  images: number
  /** Nothing but its turn holds it back: no other edit has its prompt, and its source is on the web. */
  free: boolean
  ackedAt: number
  admittedAt: number[]
}

/** What a seed left behind, from four independent books: the producers', the ledger's, the vendor's and the bucket's. */
export type Facts = {
  acked: AckedEdit[]
  /** Those of earlier seeds: a consumer that died before it acknowledged is told of them again. */
  earlier: AckedEdit[]
  ledger: LedgerEdit[]
  tasks: VendorTask[]
  /** Objects that are neither receipts nor sources. */
  images: { key: string; sha256: string; versionsWritten: number; origin?: Origin | undefined }[]
  deliveries: Delivery[]
  consumers: { name: string; producer: string }[]
  /** When each edit was acknowledged and admitted. */
  turns: Turn[]
  /** Edits that were held for a person, who has decided them since. */
  held: Held[]
  /** What producers were answered to their cancels. */
  canceled: Canceled[]
  /** POSTs that the vendor has seen; `at` in epoch ms. */
  posts: { url: string; at: number }[]
  /** Where the counts of a batch are not those of its rows. */
  miscounts: string[]
  struck: Struck
  /** Tasks whose every query was refused, and sources whose bucket refused them, for good. */
  refused: { tasks: ReadonlySet<string>; sources: ReadonlySet<string> }
  /** What must be 0 when all is done: slots, uncertain submits, wake-ups, money reserved. */
  leftovers: Record<string, number>
  billedMicros: { ledger: number; vendor: number }
  /** Lines that hold a secret, and addresses that nobody should have spoken to. */
  leaks: string[]
  /** Edits that a producer was shown although they are another's. */
  shown: string[]
  /** Requests of this seed. */
  traffic: { posts: number; queries: number; puts: number }
}

export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'I9' | 'I10' | 'bounded work'

/** A promise that was not kept. */
export type Violation = { invariant: Invariant; what: string; editId?: string }

/** An edit that was held for a person, in which attempt, and the reason that was given. */
export type Held = { editId: string; attempt: number; why: string }

/** The faults that have really struck in a seed. */
export type Struck = ReadonlySet<FaultName | 'redis-rewind'>
