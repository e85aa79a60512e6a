import { normal } from './dice.ts'

const { floor } = Math

/** How long an edit held its slot, and whether it came back to be submitted again (`back`). `endedAt` is epoch ms. */
export type SlotTime = { ms: number; n: number; back: boolean; endedAt: number }

/** How long a task may take where none was seen, in ms. One to two minutes is documented (docs/dashscope.md §6), for any `n`. */
const documented = [45_000, 150_000] as const
const spread = 0.3

/** From so many on, durations are known; no more than `mostSeen` of a lane are kept. */
export const [enoughSeen, mostSeen] = [10, 100]

/** From so many on, those of as many images are better than all: fewer say less than the number of images does. */
const enoughAlike = 40

/** How much the vendor may become slower or faster meanwhile, and how much more if it is a day since we saw it. */
const [drift, driftOfDay, driftOfFew] = [0.055, 0.1, 0.2]

/** One way in which tasks may go on, out of what was seen: drawn once for each run of a forecast. */
export type Future = {
  /** How long the next edit holds its slot, and whether it comes back. */
  next(): { ms: number; back: boolean }
  /** How much longer one holds its slot that has held it for so long. */
  rest(ageMs: number): number
  /** The mean in ms, the deviation by the mean, and how often an edit is submitted. */
  mean: number
  deviation: number
  submits: number
}

/** Edits of as many images as those of a forecast say more about them; where too few were seen, all do. */
export function alike(seen: readonly SlotTime[], n: number): readonly SlotTime[] {
  const same = seen.filter((each) => Math.abs(each.n - n) < 0.5)
  return same.length >= enoughAlike ? same : seen
}

/**
 * A future: as many durations as were seen, drawn from them (a bootstrap), so that a few that were seen allow for more than
 * many do, and made slower or faster all together. `pace`: by how many deviations.
 */
export function drawFuture(
  seen: readonly SlotTime[],
  ages: readonly number[],
  { now, pace, random }: { now: number; pace: number; random: () => number },
): Future {
  const drawn =
    seen.length === 0 ? guess(random) : seen.map(() => pick(seen, Math.floor(random() * seen.length)))
  const newest = seen.reduce((at, { endedAt }) => Math.max(at, endedAt), -Infinity)
  const deviation =
    drift +
    (seen.length > 0 && now - newest > 24 * 3600_000 ? driftOfDay : 0) +
    (seen.length > 0 && seen.length < enoughSeen ? driftOfFew : 0)
  const factor = biasOf(seen, ages) * Math.exp(deviation * pace)
  const scaled = drawn.map((each) => ({ ms: each.ms * factor, back: each.back }))
  const mean = meanOf(scaled.map(({ ms }) => ms))
  const backs = scaled.filter(({ back }) => back).length / scaled.length
  return {
    next: () => pick(scaled, floor(random() * scaled.length)),
    rest: (ageMs) => {
      const longer = scaled.filter(({ ms }) => ms > ageMs)
      // older than all that were seen: nobody knows, but it goes on
      if (longer.length === 0) return mean * random()
      return pick(longer, Math.floor(random() * longer.length)).ms - ageMs
    },
    mean,
    deviation: Math.sqrt(meanOf(scaled.map(({ ms }) => (ms - mean) ** 2))) / mean,
    // a task is tried three times at most
    submits: 1 + backs + backs ** 2,
  }
}

/**
 * Of tasks that began together the quick ones end first: as long as not many rounds were seen, those that run still say that
 * a task takes longer. The time of all slots by the number of tasks, as for any renewal.
 */
function biasOf(seen: readonly SlotTime[], ages: readonly number[]): number {
  if (seen.length < enoughSeen || seen.length >= mostSeen || ages.length === 0) return 1
  const mean = meanOf(seen.map(({ ms }) => ms))
  const variation = meanOf(seen.map(({ ms }) => (ms - mean) ** 2)) / mean ** 2
  const time = seen.length * mean + ages.reduce((sum, age) => sum + age, 0)
  return time / (seen.length + (ages.length * (1 - variation)) / 2) / mean
}

function guess(random: () => number): { ms: number; back: boolean }[] {
  const [least, most] = documented
  const usual = least + random() * (most - least)
  return Array.from({ length: 50 }, () => ({ ms: usual * Math.exp(spread * normal(random)), back: false }))
}

const meanOf = (numbers: readonly number[]): number =>
  numbers.reduce((all, each) => all + each, 0) / numbers.length

const pick = <T>(list: readonly T[], at: number): T => list[at] as T
