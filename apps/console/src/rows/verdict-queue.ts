/** Runs what is asked for one edit one after another: of two verdicts the second is also the later one at the producer. */
export function openQueue() {
  const tails = new Map<string, Promise<unknown>>()
  return {
    /** Gives what the work comes to. */
    async run<Result>(edit: string, work: () => Promise<Result>): Promise<Result> {
      const before = tails.get(edit) ?? Promise.resolve()
      const mine = before.then(work, work)
      tails.set(edit, mine)
      try {
        return await mine
      } finally {
        if (tails.get(edit) === mine) tails.delete(edit)
      }
    },
    /** How many edits have something under way. */
    get size(): number {
      return tails.size
    },
  }
}
