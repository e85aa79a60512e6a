import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Lane } from './lane.ts'

/*
 * One budget of queries for each account, kept in Redis for all workers. Queries, lists and cancels share it
 * (docs/dashscope.md §3.2). Polls leave a part of it to look-ups, in two ways: they are planned to use a share of it, and
 * the last tokens are not theirs.
 */

/** `poll`: asks about a task that runs. `lookUp`: looks for the outcome of a submit, on which a slot and money wait. */
export type QueryUse = 'poll' | 'lookUp'

/** Polls are planned to use this share of the budget. */
const pollShare = 0.7

/**
 * A limiter that never lets more than `perSecond` pass in any second: tokens come at nine tenths of that, and a tenth of it
 * may be saved. A poll takes no saved token of the last half, so that a look-up finds one.
 */
export const limiterOf = (perSecond: number, use: QueryUse): { intervalMicros: number; burst: number } => ({
  intervalMicros: Math.ceil(1_020_000 / (perSecond * 0.9)),
  burst: 1 + Math.floor(perSecond / (use === 'lookUp' ? 10 : 20)),
})

/** Takes one query of the account's budget. Returns 0, or the milliseconds to wait before asking again. */
export const takeQuery = (ledger: Ledger, lane: Lane, use: QueryUse): Promise<number> => {
  const { intervalMicros, burst } = limiterOf(lane.queryPerSecond, use)
  return ledger.lanes.takeToken(`query:${lane.account}`, intervalMicros, burst)
}

/** How long to wait between two polls of one task, so that `running` tasks share what the budget leaves to polls. */
export const fairMs = (running: number, perSecond: number): number =>
  (running * 1_000) / (perSecond * pollShare)

/** The vendor has enough of the account's queries: no worker asks for `ms`. */
export const delayQueries = (ledger: Ledger, lane: Lane, ms: number): Promise<void> =>
  ledger.lanes.delayTokens(`query:${lane.account}`, ms)
