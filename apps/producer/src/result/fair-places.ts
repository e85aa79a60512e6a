/** Work that waits for a place. `all`: how much of it runs at a time, `each`: of one holder; `waiting`: how much of one may wait. */
export type FairPlaces = {
  /** Does the work when there is a place for it: a holder's in its order, holders in turn. `full`: too much waits already. */
  run<T>(holder: string, work: () => Promise<T>): Promise<T | 'full'>
}

export function openFairPlaces({
  all,
  each,
  waiting,
}: {
  all: number
  each: number
  waiting: number
}): FairPlaces {
  const lines = new Map<string, (() => void)[]>()
  const taken = new Map<string, number>()
  let total = 0

  const count = (holder: string, by: 1 | -1): void => {
    const now = (taken.get(holder) ?? 0) + by
    total += by
    if (now === 0) taken.delete(holder)
    else taken.set(holder, now)
  }
  const next = (): void => {
    while (total < all) {
      const turn = [...lines].find(([holder]) => (taken.get(holder) ?? 0) < each)
      if (turn === undefined) return
      const [holder, line] = turn
      const start = line.shift()
      // whoever had a turn goes behind the others
      lines.delete(holder)
      if (line.length > 0) lines.set(holder, line)
      count(holder, 1)
      start?.()
    }
  }

  return {
    run: async (holder, work) => {
      const line = lines.get(holder) ?? []
      if (line.length >= waiting) return 'full'
      await new Promise<void>((start) => {
        lines.set(holder, [...line, start])
        next()
      })
      try {
        return await work()
      } finally {
        count(holder, -1)
        next()
      }
    },
  }
}
