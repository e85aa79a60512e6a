/** One task as the vendor saw it (epoch ms). It holds its slot from the submit to its end. */
export type SlotTask = { submittedAt: number; endedAt: number; toldAt: number }

/** What became of an account's slots. Times in ms. */
export type SlotUse = {
  /** Share of the slot time in which a task held the slot, from the first submit to the last: then nothing waits any more. */
  used: number
  /** From a task's end to the first answer that told of it, in ascending order. */
  lags: number[]
  /** From such an answer to the submit that used the slot again, in ascending order. */
  refills: number[]
}

const ascending = (values: number[]): number[] => values.toSorted((a, b) => a - b)

/** Reads the use of `slots` slots out of all the tasks of a run. */
export function slotUse(tasks: readonly SlotTask[], slots: number): SlotUse {
  const submits = ascending(tasks.map(({ submittedAt }) => submittedAt))
  const told = ascending(tasks.map(({ toldAt }) => toldAt))
  const [first = 0, last = 0] = [submits[0], submits.at(-1)]
  const held = tasks.reduce((sum, task) => sum + Math.min(task.endedAt, last) - task.submittedAt, 0)
  return {
    used: held / (slots * (last - first)),
    lags: ascending(tasks.map(({ endedAt, toldAt }) => toldAt - endedAt)),
    // the first tasks fill empty slots; after that each submit follows one end
    refills: ascending(submits.slice(slots).map((at, i) => at - (told[i] ?? at))),
  }
}

/** The value that `share` of all do not exceed. `values` in ascending order. */
export const quantile = (values: readonly number[], share: number): number =>
  values[Math.max(0, Math.ceil(values.length * share) - 1)] ?? Number.NaN
