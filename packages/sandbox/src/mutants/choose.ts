import { type Area, areas, type Mutant } from './mutant.ts'

/** Which mutants a run takes: of those of `area` whose name contains `only`, the `shard`, at most `count`, begun at `from`. */
export type Choice = {
  area?: Area | undefined
  only?: string | undefined
  shard?: { index: number; of: number } | undefined
  from?: number
  count?: number | undefined
}

/**
 * The areas are mixed, so that a few mutants in a row are of many areas. A shard is each `of`-th of them from the `index`-th (counted
 * from 1); `from` rotates them, so that short runs take turns.
 */
export function choose(mutants: readonly Mutant[], choice: Choice): Mutant[] {
  const { area, only, shard, from = 0, count } = choice
  const named = mutants.filter(
    (mutant) =>
      (area === undefined || mutant.area === area) && (only === undefined || mutant.name.includes(only)),
  )
  const mixed = evenly(areas.map((each) => named.filter((mutant) => mutant.area === each)))
  const mine = shard === undefined ? mixed : mixed.filter((_, i) => i % shard.of === shard.index - 1)
  const start = mine.length === 0 ? 0 : from % mine.length
  return [...mine.slice(start), ...mine.slice(0, start)].slice(0, count)
}

/** All lists as one, each of them spread evenly over it. */
function evenly<T>(lists: readonly (readonly T[])[]): T[] {
  return lists
    .flatMap((list) => list.map((item, i) => ({ item, at: (i + 0.5) / list.length })))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item)
}
