/** What could not be had is not asked for again at once. How long, by what came (ms); 0: ask again. */
export type Fallow<T> = (outcome: T) => number

/** How many of them are remembered. */
const mostFallow = 5_000

/**
 * Work that many ask for by its name: it is done once for all who ask at the same time. `monotonic`: ms of a clock that never goes
 * back.
 */
export function openOnce<T>(fallowMs: Fallow<T>, monotonic: () => number) {
  const under = new Map<string, Promise<T>>()
  const fallow = new Map<string, { outcome: T; until: number }>()

  const remember = (name: string, outcome: T): void => {
    const ms = fallowMs(outcome)
    fallow.delete(name)
    if (ms === 0) return
    const [oldest] = fallow.keys()
    if (fallow.size >= mostFallow && oldest !== undefined) fallow.delete(oldest)
    fallow.set(name, { outcome, until: monotonic() + ms })
  }
  const begin = async (name: string, work: () => Promise<T>): Promise<T> => {
    try {
      const outcome = await work()
      remember(name, outcome)
      return outcome
    } finally {
      under.delete(name)
    }
  }

  return (name: string, work: () => Promise<T>): Promise<T> => {
    const known = fallow.get(name)
    if (known !== undefined && known.until > monotonic()) return Promise.resolve(known.outcome)
    const begun = under.get(name) ?? begin(name, work)
    under.set(name, begun)
    return begun
  }
}
