import { dayOf, wallAt } from '../zone/wall-clock.ts'
import { type Hours, type Opening, openingOf } from '../zone/window.ts'

/** When work may begin. All times in epoch ms. */
export type OpenHours = {
  /** `at` itself while it is open, else the next opening. */
  nextOpen(at: number): number
  /** When so many open milliseconds have passed since `at`. */
  afterOpen(at: number, ms: number): number
  /** How many milliseconds are open between two times. */
  openBetween(from: number, to: number): number
}

/** No window: always open. */
export const alwaysOpen: OpenHours = {
  nextOpen: (at) => at,
  afterOpen: (at, ms) => at + ms,
  openBetween: (from, to) => Math.max(0, to - from),
}

const dayMs = 24 * 3600_000

/**
 * The open hours of a window, which follow the zone's clock: 22:00 to 06:00 lasts seven hours in the night in which clocks go
 * forward. Throws a RangeError for a zone that does not exist.
 */
export function openHours(window: Hours): OpenHours {
  const today = (at: number): number => dayOf(wallAt(window.timeZone, at))
  // kept: a forecast asks for the same nights hundreds of times
  const spans: Opening[] = []
  /** On which the next one begins. */
  let day = today(0)
  const spanAfter = (at: number): Opening => {
    const first = spans[0]
    if (first === undefined || at < first.opens) {
      spans.length = 0
      day = today(at) - dayMs
    }
    for (let i = firstAfter(spans, at); ;) {
      const known = spans[i]
      if (known !== undefined) return known
      const opening = openingOf(window, day)
      day += dayMs
      if (opening === undefined) continue
      spans.push(opening)
      if (opening.closes <= at) i += 1
    }
  }
  const nextOpen = (at: number) => Math.max(at, spanAfter(at).opens)
  return {
    nextOpen,
    afterOpen(at, ms) {
      let [time, left] = [at, ms]
      for (;;) {
        const span = spanAfter(time)
        const begin = Math.max(time, span.opens)
        if (left <= span.closes - begin) return begin + left
        left -= span.closes - begin
        time = span.closes
      }
    },
    openBetween(from, to) {
      let sum = 0
      for (let at = from; at < to;) {
        const { opens, closes } = spanAfter(at)
        sum += Math.max(0, Math.min(closes, to) - Math.max(at, opens))
        at = closes
      }
      return sum
    },
  }
}

/** Where to begin to look: spans are in order and do not overlap. */
function firstAfter(spans: readonly Pick<Opening, 'closes'>[], at: number): number {
  let [low, high] = [0, spans.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((spans[middle]?.closes ?? 0) > at) high = middle
    else low = middle + 1
  }
  return low
}
