import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Lane } from './lane.ts'

/** One query of the account's budget (20 a second for queries, lists and cancels, docs/dashscope.md §3.2), or the ms to wait for it. */
export const takeQuery = (ledger: Ledger, lane: Lane): Promise<number> =>
  ledger.lanes.takeToken(`query:${lane.account}`, Math.ceil(1_020_000 / lane.queryPerSecond))
