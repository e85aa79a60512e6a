import { dayOf, instantOf, msOfClock, wallAt } from './wall-clock.ts'

const dayMs = 24 * 3600_000

/** The days of a week, in their order. */
export const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const
export type Weekday = (typeof weekdays)[number]

/** Hours of each day, as the wall of a zone shows them: `22:00` to `06:00`. `days`: only those that begin on one of them. */
export type Hours = { from: string; to: string; timeZone: string; days?: readonly Weekday[] }

/** Whether a window is open, and until when that stays so (epoch ms). */
export type WindowState = { open: boolean; until: number }

/** One weekday may be left out once where clocks are put forward over its hours. */
const mostDays = 15

/** What a window is at `now` (epoch ms). It holds its beginning and not its end. */
export function windowAt(window: Hours, now: number): WindowState {
  for (const { opens, closes } of openings(window, now)) {
    if (now < opens) return { open: false, until: opens }
    if (now < closes) return { open: true, until: closes }
  }
  // no zone skips so many days
  throw new RangeError('a window does not open')
}

/** When it opens and closes (epoch ms), from the opening on that may still last at `now`. */
function* openings(window: Hours, now: number): Generator<Opening> {
  const today = dayOf(wallAt(window.timeZone, now))
  for (let day = today - 2 * dayMs; day <= today + mostDays * dayMs; day += dayMs) {
    const opening = openingOf(window, day)
    if (opening !== undefined) yield opening
  }
}

/** From when to when a window is open: epoch ms, half open. */
export type Opening = { opens: number; closes: number }

/** The opening that begins on a day of the wall; none on another weekday, and where clocks are put forward over all of it. */
export function openingOf({ from, to, timeZone, days }: Hours, day: number): Opening | undefined {
  if (days !== undefined && !days.includes(weekdayOf(day))) return undefined
  const [first, last] = [msOfClock(from), msOfClock(to)]
  const opens = instantOf(timeZone, day + first)
  const closes = instantOf(timeZone, day + last + (last <= first ? dayMs : 0))
  return opens < closes ? { opens, closes } : undefined
}

/** Of a day of the wall; 1970 began on a Thursday. */
const weekdayOf = (day: number): Weekday => weekdays[(Math.floor(day / dayMs) + 3) % 7] ?? 'Mon'

/** `Mon-Fri 22:00 to 06:00 in Europe/Paris`. */
export function textOfHours({ from, to, timeZone, days }: Hours): string {
  return `${days === undefined ? '' : `${textOfDays(days)} `}${from} to ${to} in ${timeZone}`
}

function textOfDays(days: readonly Weekday[]): string {
  const places = weekdays.flatMap((day, i) => (days.includes(day) ? [i] : []))
  const [first = 0, last = 0] = [places[0], places.at(-1)]
  const isRow = places.length > 2 && last - first === places.length - 1
  return isRow ? `${weekdays[first]}-${weekdays[last]}` : places.map((at) => weekdays[at]).join(', ')
}

/** How long a window is open between two instants (epoch ms). */
export function openMs(window: Hours, from: number, to: number): number {
  let sum = 0
  for (let at = from; at < to;) {
    const { open, until } = windowAt(window, at)
    const end = Math.min(until, to)
    if (open) sum += end - at
    at = end
  }
  return sum
}
