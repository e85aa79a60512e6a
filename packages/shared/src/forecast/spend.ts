import type { OpenHours } from './open-hours.ts'

/**
 * Something that rows are paid out of, and for how many it has money: of a day until that is over, and of each later one.
 * `currency`: nothing is set in the one in which they are billed.
 */
export type Purse =
  | { of: 'budget' | 'total' | 'currency'; rows: number }
  | { of: 'day'; rows: number; perDay: number; endOf: DayEnd }

/** When (epoch ms) the day of an instant ends, for whoever pays. */
type DayEnd = (at: number) => number

/** Rows stand still after so many of them, from when on, and until when (epoch ms): they go on by themselves. */
export type MoneyPause = { rows: number; at: number; until: number }

/** How rows would go if money were no matter: epoch ms, from the first admission to the end of the last one. */
export type Course = { now: number; rows: number; begin: number; end: number; hours: OpenHours }

/**
 * `ends`: when (epoch ms), and where they stood still first on the way. `stops`: after so many rows, at about which time; they
 * go on only if somebody raises what is spent. `too-far`: it takes more than a year.
 */
type Spending =
  | { kind: 'ends'; at: number; pause?: MoneyPause }
  | { kind: 'stops'; rows: number; at: number; of: Purse['of'] }
  | { kind: 'too-far' }

const mostDays = 366

/** The purse that somebody has to fill first, if it has money for fewer rows than there are; a day that pays for none is one too. */
export function emptiedBy(
  purses: readonly Purse[],
  rows: number,
): { of: Purse['of']; rows: number } | undefined {
  const [least] = purses
    .filter((purse) => purse.of !== 'day' || purse.perDay < 1)
    .map((purse) => ({ of: purse.of, rows: Math.max(0, purse.rows) }))
    .toSorted((a, b) => a.rows - b.rows)
  return least === undefined || least.rows >= rows ? undefined : least
}

/** Goes through the days on which rows are admitted, evenly over their open hours, until all are or the money is spent. */
export function spend({ now, rows, begin, end, hours }: Course, purses: readonly Purse[]): Spending {
  const emptied = emptiedBy(purses, rows)
  const most = emptied?.rows ?? rows
  const perRow = hours.openBetween(begin, end) / Math.max(1, rows)
  const days = openDays(purses, now, begin)
  let [at, done] = [begin, 0]
  let pause: MoneyPause | undefined
  for (let i = 0; i < mostDays; i += 1) {
    const ends = days.ends()
    const today = Math.max(0, Math.min(most - done, days.left()))
    const through = hours.afterOpen(at, today * perRow)
    if (through > ends) {
      const some = Math.min(today, Math.floor(hours.openBetween(at, ends) / Math.max(1, perRow)))
      done += some
      days.next(some)
      at = ends
      continue
    }
    done += today
    if (done === rows) return { kind: 'ends', at: through, ...(pause === undefined ? {} : { pause }) }
    if (done === most) return { kind: 'stops', rows: done, at: through, of: emptied?.of ?? 'budget' }
    // nothing of it goes on the day after either, if what is before it needs all of that
    if (pause === undefined || pause.rows === done)
      pause = { rows: done, at: pause?.at ?? through, until: hours.nextOpen(ends) }
    days.next(today)
    at = ends
  }
  return { kind: 'too-far' }
}

/** The days of all purses that have some: how many rows go today, and when that is over. What is missing today is missing tomorrow. */
function openDays(purses: readonly Purse[], now: number, begin: number) {
  const daily = purses
    .filter((purse) => purse.of === 'day')
    .map((purse) => ({ ...purse, left: purse.rows, ends: purse.endOf(now) }))
  const over = (until: number): void => {
    for (const each of daily)
      while (each.ends <= until) {
        each.left = each.perDay + Math.min(0, each.left)
        each.ends = each.endOf(each.ends)
      }
  }
  over(begin)
  const ends = () => Math.min(Infinity, ...daily.map((each) => each.ends))
  return {
    ends,
    left: () => Math.min(Infinity, ...daily.map((each) => each.left)),
    /** So many rows went until the day ended. */
    next: (rows: number): void => {
      for (const each of daily) each.left -= rows
      over(ends())
    },
  }
}
