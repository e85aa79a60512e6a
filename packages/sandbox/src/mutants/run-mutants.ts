import { type Fate, fails, type Mutant } from './mutant.ts'
import { openWorkbench, type Workbench } from './workbench.ts'

export type Tried = { mutant: Mutant; fate: Fate; ms: number }

export type RunOptions = {
  /** The repository's root. */
  root: string
  /** So many milliseconds after the first copy is there nothing runs any more; Infinity: each mutant gets all of its time. */
  budgetMs: number
  /** How many are tried at a time, each in a copy of its own. */
  jobs: number
  /** A mutant that makes a test hang is given up after this (ms). */
  patienceMs?: number
  signal: AbortSignal
  onTried: (tried: Tried) => void
}

/** Tries the mutants in their order; what the budget does not reach is left out, and what it interrupts is `cutShort`. */
export async function runMutants(mutants: readonly Mutant[], options: RunOptions): Promise<Tried[]> {
  const { root, budgetMs, jobs, patienceMs = 120_000, signal, onTried } = options
  let endsAt: number | undefined
  const queue = mutants[Symbol.iterator]()
  const tried: Tried[] = []
  const work = async (): Promise<void> => {
    const bench = await openWorkbench(root, signal)
    endsAt ??= performance.now() + budgetMs
    try {
      // one iterator for all: each takes the next that nobody took
      for (const mutant of { [Symbol.iterator]: () => queue }) {
        const leftMs = endsAt - performance.now()
        if (leftMs <= 0 || signal.aborted) return
        const one = await tryOne(bench, mutant, patienceMs, leftMs)
        if (signal.aborted) return
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

async function tryOne(bench: Workbench, mutant: Mutant, patienceMs: number, leftMs: number): Promise<Tried> {
  const startedAt = performance.now()
  const fate = await bench.try(mutant, Math.min(patienceMs, leftMs))
  const ms = performance.now() - startedAt
  if (fate.kind !== 'timedOut' || ms < leftMs) return { mutant, fate, ms }
  return { mutant, fate: { kind: 'cutShort', detail: 'the time of the run was over' }, ms }
}

/** One line per mutant, while the run goes on. */
export function triedLine({ mutant, fate, ms }: Tried): string {
  const { area, name, file, protects } = mutant
  const line = `${fate.kind.padEnd(8)} ${(ms / 1000).toFixed(1).padStart(6)} s  ${area.padEnd(9)} ${name}`
  if (fate.kind === 'killed') return line
  const told = `${line}  ${fate.detail}`
  return fails(fate, false) ? `${told}\n          ${file} protects: ${protects}` : told
}
