import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Lane } from './lane.ts'

/**
 * Takes one query of the account's budget, which queries, lists and cancels share (docs/dashscope.md §3.2). Returns 0, or the
 * milliseconds to wait before asking again.
 */
export const takeQuery = (ledger: Ledger, lane: Lane): Promise<number> =>
  ledger.lanes.takeToken(`query:${lane.account}`, Math.ceil(1_020_000 / lane.queryPerSecond))
