/*
 * What the clocks on the wall of a time zone show. A wall time is written as the milliseconds at which a clock in UTC would
 * show the same: `Date.UTC(2026, 2, 29, 2, 30)` is half past two on 29 March, wherever that is.
 */

/** A name of the IANA database; an offset such as +02:00 knows no summer time, and is refused. */
const zoneName = /^[A-Za-z][\w+-]*(\/[\w+-]+)*$/

/** What is wrong with the name of a time zone, or nothing. */
export function faultOfZone(name: string): string | undefined {
  if (name.length <= 64 && zoneName.test(name)) {
    try {
      formatOf(name)
      return undefined
    } catch {
      // named below
    }
  }
  return `is not the name of a time zone such as Europe/Paris${nearZone(name)}`
}

/** People write the city alone, or its country. */
function nearZone(name: string): string {
  const wanted = lastOf(name.slice(0, 64)).toLowerCase()
  const near = Intl.supportedValuesOf('timeZone').find((zone) => lastOf(zone).toLowerCase() === wanted)
  return near === undefined ? '' : `; ${near} is one`
}

const lastOf = (name: string): string => (name.split('/').at(-1) ?? '').trim().replaceAll(' ', '_')

const formats = new Map<string, Intl.DateTimeFormat>()
const mostFormats = 100

/** Making one takes a hundred times as long as using it. Throws a `RangeError` for an unknown zone. */
function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  // callers choose the names, and some hundred exist
  if (formats.size >= mostFormats) formats.clear()
  formats.set(zone, format)
  return format
}

/** What the wall shows at `at` (epoch ms), to the second. */
export function wallAt(zone: string, at: number): number {
  const parts = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 }
  for (const { type, value } of formatOf(zone).formatToParts(at))
    if (type in parts) parts[type as keyof typeof parts] = Number(value)
  return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second)
}

const hourMs = 3600_000
const dayMs = 24 * hourMs

const aheads = new Map<string, number>()
const mostAheads = 1_000

/** How much the wall is ahead of UTC at the beginning of the hour of `at`. */
function aheadAround(zone: string, at: number): number {
  const hour = Math.floor(at / hourMs)
  const name = `${zone} ${hour}`
  const known = aheads.get(name)
  if (known !== undefined) return known
  const ahead = wallAt(zone, hour * hourMs) - hour * hourMs
  if (aheads.size >= mostAheads) aheads.clear()
  aheads.set(name, ahead)
  return ahead
}

/** At which instants (epoch ms) a wall shows a time. */
export type Instants = {
  /** One; two, in their order, where clocks are put back over it; none where they are put forward over it. */
  shown: number[]
  /** As long after a change as the time is named behind it: 2:30 is 3:30 on the day when two o'clock is three. */
  moved: number
  /** Whatever the wall shows later comes after that. */
  earliest: number
  /** Whether clocks are put forward or back within a day. */
  changes: boolean
}

export function instantsOf(zone: string, wall: number): Instants {
  const [before, after] = [aheadAround(zone, wall - dayMs), aheadAround(zone, wall + dayMs)]
  const moved = wall - before
  // no zone changes twice within two days
  if (before === after) return { shown: [moved], moved, earliest: moved, changes: false }
  const shown = [...new Set([wall - before, wall - after])]
    .filter((at) => wallAt(zone, at) === wall)
    .toSorted((a, b) => a - b)
  return { shown, moved, earliest: wall - Math.max(before, after), changes: true }
}

/** The one instant that is meant by a wall time: the first of two, and the moved one where there is none. */
export function instantOf(zone: string, wall: number): number {
  const { shown, moved } = instantsOf(zone, wall)
  return shown[0] ?? moved
}

/** The midnight that begins the day of a wall time. */
export const dayOf = (wall: number): number => Math.floor(wall / dayMs) * dayMs

/** `22:00` in milliseconds after midnight; 24:00 is not written. */
export function msOfClock(clock: string): number {
  const [hours = '', minutes = ''] = clock.split(':')
  return (Number(hours) * 60 + Number(minutes)) * 60_000
}

/** The first instant after `after` (epoch ms) at which the wall shows a time of day such as `06:00`. */
export function nextClock(zone: string, clock: string, after: number): number {
  const today = dayOf(wallAt(zone, after))
  for (let day = today - dayMs; ; day += dayMs) {
    const at = instantOf(zone, day + msOfClock(clock))
    if (at > after) return at
  }
}
