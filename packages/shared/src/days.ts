import { dayOf, instantOf, instantsOf, wallAt } from './zone/wall-clock.ts'

/*
 * The days of a time zone. A day is named by its date, `2026-10-25`, and lasts from the first instant that has this date there
 * to the first that has a later one: 23 to 25 hours where clocks change.
 */

const dayMs = 24 * 3600_000

/** Dates need no zone of a few minutes' offset that changed long ago: whole seconds do. */
const secondMs = 1000

/** The date in a zone at an instant (epoch ms): `2026-10-25`. */
export const dayAt = (zone: string, at: number): string =>
  new Date(wallAt(zone, at)).toISOString().slice(0, 10)

/** Whether a text is a date that there is. */
export function isDay(text: string): boolean {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}

/** The date `days` after another one. */
export const dayAfter = (day: string, days = 1): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10)

/** How many days a range has, both of its ends among them; below 1 where it is empty. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / dayMs) + 1

/** The first instant (epoch ms) of a day in a zone. */
export function startOfDay(zone: string, day: string): number {
  const midnight = Date.parse(`${day}T00:00:00Z`)
  const { changes, moved } = instantsOf(zone, midnight)
  if (!changes) return moved
  // no zone is further from UTC
  let before = midnight - 15 * 3600_000
  let after = before + 30 * 3600_000
  while (after - before > secondMs) {
    const middle = Math.floor((before + after) / 2 / secondMs) * secondMs
    if (dayAt(zone, middle) < day) before = middle
    else after = middle
  }
  return after
}

/** When (epoch ms) the day of an instant ends in a zone. */
export const endOfDay = (zone: string, at: number): number => instantOf(zone, dayOf(wallAt(zone, at)) + dayMs)

/** A day, and its ends (epoch ms); `endsAt` is the first instant that is not its own. */
export type Day = { day: string; startsAt: number; endsAt: number }

/** The day that it is at an instant (epoch ms), and those that follow; a date that a zone left out is none. */
export function daysFrom(zone: string, at: number, count: number): Day[] {
  const first = dayAt(zone, at)
  const starts = Array.from({ length: count + 1 }, (_, i) => {
    const day = dayAfter(first, i)
    return { day, startsAt: startOfDay(zone, day) }
  })
  return starts
    .slice(0, -1)
    .map(({ day, startsAt }, i) => ({ day, startsAt, endsAt: starts[i + 1]?.startsAt ?? startsAt }))
    .filter(({ startsAt, endsAt }) => endsAt > startsAt)
}
