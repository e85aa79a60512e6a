import { type Fate, isGood, type Mutant } from './mutant.ts'
import { openWorkbench } from './workbench.ts'

export type Tried = { mutant: Mutant; fate: Fate; ms: number }

export type RunOptions = {
  /** The repository's root. */
  root: string
  /** No mutant is begun after so many milliseconds. */
  budgetMs: number
  /** How many are tried at a time, each in a copy of its own. */
  jobs: number
  signal: AbortSignal
  onTried: (tried: Tried) => void
}

/** A mutant that makes a test hang is given up after this. */
const patienceMs = 120_000

/** Tries the mutants in their order; what the budget does not reach is left out. */
export async function runMutants(mutants: readonly Mutant[], options: RunOptions): Promise<Tried[]> {
  const { root, budgetMs, jobs, signal, onTried } = options
  const endsAt = Date.now() + budgetMs
  const queue = mutants[Symbol.iterator]()
  const tried: Tried[] = []
  const work = async (): Promise<void> => {
    const bench = await openWorkbench(root, signal)
    try {
      // one iterator for all: each takes the next that nobody took
      for (const mutant of { [Symbol.iterator]: () => queue }) {
        if (Date.now() >= endsAt || signal.aborted) return
        const startedAt = Date.now()
        const fate = await bench.try(mutant, patienceMs)
        if (signal.aborted) return
        const one = { mutant, fate, ms: Date.now() - startedAt }
        tried.push(one)
        onTried(one)
      }
    } finally {
      await bench.close()
    }
  }
  await Promise.all(Array.from({ length: jobs }, work))
  return tried
}

/** One line per mutant, while the run goes on. */
export function triedLine({ mutant, fate, ms }: Tried): string {
  const seconds = `${(ms / 1000).toFixed(1).padStart(6)} s`
  const told = isGood(fate)
    ? ''
    : `  ${fate.kind === 'killed' ? '' : fate.detail}\n          protects: ${mutant.protects}`
  return `${fate.kind.padEnd(8)} ${seconds}  ${mutant.name}${told}`
}
