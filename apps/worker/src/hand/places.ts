/** So many steps of a hand may run in this process at a time. */
export type Places = {
  /** Does the work when there is a place. First come, first served. */
  run<T>(work: () => Promise<T>): Promise<T>
  /** Does it now, or not at all where no place is free or somebody waits for one. */
  runNow<T>(work: () => Promise<T>): Promise<T> | undefined
}

export function openPlaces(most: number): Places {
  let taken = 0
  const waiting: (() => void)[] = []

  async function within<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      // the place goes over to whoever waits
      if (next === undefined) taken -= 1
      else next()
    }
  }

  return {
    run: async (work) => {
      if (taken < most) taken += 1
      else await new Promise<void>((given) => waiting.push(given))
      return within(work)
    },
    runNow: (work) => {
      if (taken >= most) return undefined
      taken += 1
      return within(work)
    },
  }
}
