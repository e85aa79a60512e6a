/** Hours of each day in which work may begin; half open, and over midnight where `to` is not after `from`. */
export type DailyWindow = { from: string; to: string; timeZone: string }

/** When work may begin. All times in epoch ms. */
export type OpenHours = {
  /** `at` itself while it is open, else the next opening. */
  nextOpen(at: number): number
  /** When so many open milliseconds have passed since `at`. */
  afterOpen(at: number, ms: number): number
}

/** No window: always open. */
export const alwaysOpen: OpenHours = { nextOpen: (at) => at, afterOpen: (at, ms) => at + ms }

const dayMs = 24 * 3600_000

/**
 * The open hours of a window, which follow the zone's clock: 22:00 to 06:00 lasts seven hours in the night in which clocks go
 * forward. Throws a RangeError for a zone that does not exist.
 */
export function openHours({ from, to, timeZone }: DailyWindow): OpenHours {
  const localTime = localClock(timeZone)
  const [opens, closes] = [minutesOf(from), minutesOf(to)]
  const spans: { from: number; to: number }[] = []
  /** The local day, as if it were in UTC, of the next span. */
  let day = Number.NaN
  const spanAfter = (at: number): { from: number; to: number } => {
    const first = spans[0]
    if (first === undefined || at < first.from) {
      spans.length = 0
      day = Math.floor(localTime.read(at) / dayMs) * dayMs - dayMs
    }
    for (let i = firstAfter(spans, at); ; i += 1) {
      const known = spans[i]
      if (known !== undefined && known.to > at) return known
      if (known !== undefined) continue
      const last = closes > opens ? day : day + dayMs
      spans.push({
        from: localTime.epochOf(day + opens * 60_000),
        to: localTime.epochOf(last + closes * 60_000),
      })
      day += dayMs
      i -= 1
    }
  }
  const nextOpen = (at: number) => Math.max(at, spanAfter(at).from)
  return {
    nextOpen,
    afterOpen(at, ms) {
      let [time, left] = [at, ms]
      for (;;) {
        const span = spanAfter(time)
        const begin = Math.max(time, span.from)
        if (left <= span.to - begin) return begin + left
        left -= span.to - begin
        time = span.to
      }
    },
  }
}

/** Where to begin to look: spans are in order and do not overlap. */
function firstAfter(spans: readonly { to: number }[], at: number): number {
  let [low, high] = [0, spans.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((spans[middle]?.to ?? 0) > at) high = middle
    else low = middle + 1
  }
  return low
}

const minutesOf = (time: string): number => {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}

/** A zone's clock; what it shows is counted in ms as if it were UTC. */
function localClock(timeZone: string) {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const read = (epoch: number): number => {
    const parts = Object.fromEntries(format.formatToParts(epoch).map(({ type, value }) => [type, +value]))
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
    return Date.UTC(year, month - 1, day, hour, minute, second)
  }
  return {
    read,
    /** When the clock shows that time. A time that is left out comes when the clock has gone over it; of two the first. */
    epochOf: (local: number): number => {
      const offsets = [local - dayMs, local + dayMs].map((near) => read(near) - near)
      const [before = 0, after = 0] = offsets
      const shown = [...new Set([before, after])].map((offset) => local - offset)
      return shown.toSorted((a, b) => a - b).find((at) => read(at) === local) ?? local - before
    },
  }
}
