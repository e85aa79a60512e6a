import { areas, type Fate, type Mutant } from './mutant.ts'
import type { Tried } from './run-mutants.ts'

/** How many mutants there are of each area: `76 mutants: 8 admit, 9 move, …`. */
export function spreadLine(mutants: readonly Mutant[]): string {
  const counts = areas.flatMap((area) => {
    const count = mutants.filter((mutant) => mutant.area === area).length
    return count === 0 ? [] : [`${count} ${area}`]
  })
  return `${mutants.length} mutants: ${counts.join(', ')}`
}

const told: Readonly<Record<Fate['kind'], string>> = {
  killed: 'noticed',
  survived: 'survived',
  timedOut: 'timed out',
  broken: 'broken',
  cutShort: 'cut short',
}

/** What came of a run: `10 of 76 mutants tried: 9 noticed, 1 cut short.` */
export function summaryLine(tried: readonly Tried[], chosen: number): string {
  const counts = Object.entries(told).flatMap(([kind, word]) => {
    const count = tried.filter(({ fate }) => fate.kind === kind).length
    return count === 0 ? [] : [`${count} ${word}`]
  })
  return `${tried.length} of ${chosen} mutants tried: ${counts.join(', ') || 'the time was over'}.`
}
