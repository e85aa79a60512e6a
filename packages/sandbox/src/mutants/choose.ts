import type { Mutant } from './mutant.ts'

/** Which mutants a run takes: those whose name contains `only`, of those the `shard`th of `shards`, begun at `from`. */
export type Choice = {
  only?: string | undefined
  shard?: { index: number; of: number } | undefined
  from?: number
}

/** Each `of`-th mutant from the `index`-th (counted from 1), rotated by `from`, so that short runs take turns. */
export function choose(mutants: readonly Mutant[], { only, shard, from = 0 }: Choice): Mutant[] {
  const named = mutants.filter(({ name }) => only === undefined || name.includes(only))
  const mine = shard === undefined ? named : named.filter((_, i) => i % shard.of === shard.index - 1)
  const start = mine.length === 0 ? 0 : from % mine.length
  return [...mine.slice(start), ...mine.slice(0, start)]
}
