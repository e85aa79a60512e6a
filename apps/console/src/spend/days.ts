const hourMs = 3_600_000

const formats = new Map<string, Intl.DateTimeFormat>()

/** The date (`2026-03-02`) in a zone at an instant (epoch ms). */
export function dayIn(zone: string, at: number): string {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-GB', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
  formats.set(zone, format)
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]))
  return `${parts['year']}-${parts['month']}-${parts['day']}`
}

/** When (epoch ms) the day of an instant begins, and when the next one does. A day has 23 to 25 hours where clocks change. */
export const dayOf = (zone: string, at: number): { startsAt: number; endsAt: number } => {
  const day = dayIn(zone, at)
  return {
    startsAt: firstThat((time) => dayIn(zone, time) === day, at - 26 * hourMs, at),
    endsAt: firstThat((time) => dayIn(zone, time) !== day, at, at + 26 * hourMs),
  }
}

/** The first whole second of which it is so; it is not so `before`, and from some time on until `after` it is. */
function firstThat(isSo: (time: number) => boolean, before: number, after: number): number {
  let [no, yes] = [Math.floor(before / 1_000), Math.ceil(after / 1_000)]
  while (yes - no > 1) {
    const middle = Math.floor((no + yes) / 2)
    if (isSo(middle * 1_000)) yes = middle
    else no = middle
  }
  return yes * 1_000
}

/** The date so many days after another one. */
export const dayAfter = (day: string, days = 1): string =>
  new Date(Date.parse(day) + days * 24 * hourMs).toISOString().slice(0, 10)

/** How many days lie between two dates. */
export const daysApart = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / (24 * hourMs))
