import { count, moment } from '../app/format.ts'

/** The picture is as many units wide as there are counts, and so many high. */
export const picturedHeight = 8
const hourMs = 3_600_000
/** Between two bars, so that hours can be told apart. */
const gap = 0.2

/**
 * The outline of a bar for each count, from the floor up: the most is as high as the picture. One that is not nothing is seen,
 * and nothing has no bar.
 */
export function barsOf(counts: readonly number[]): string {
  const most = Math.max(...counts, 1)
  return counts
    .flatMap((each, at) => {
      if (each <= 0) return []
      const height = rounded(Math.max(1, (each / most) * picturedHeight))
      return [`M${rounded(at + gap / 2)} ${picturedHeight}v-${height}h${rounded(1 - gap)}v${height}z`]
    })
    .join('')
}

/** Of two days none has an hour twice: the clock alone says which it is. */
const hourOf = (at: number, now: number, zone: string): string => moment(at, now, zone).slice(-5)

const rounded = (value: number): number => Math.round(value * 100) / 100

/** `from`: when the first hour begins. `isBounded`: there may be more in any of them. `now`, `zone`: as `moment` takes them. */
export type Hours = {
  counts: readonly number[]
  from: string
  isBounded: boolean
  now: number
  zone?: string
}

/** The same in words: `80 in 24 hours: 12 in this hour, most 30 at 03:00`. */
export function hourWords({ counts, from, isBounded, now, zone = '' }: Hours): string {
  const all = counts.reduce((sum, each) => sum + each, 0)
  if (all === 0)
    return isBounded ? 'none in 24 hours of those that were looked at' : 'none in the last 24 hours'
  const last = counts.at(-1) ?? 0
  const most = Math.max(...counts)
  const parts = [`${last === 0 ? 'none' : count(last)} in this hour`]
  // the last of them, where several are as high
  const at = counts.lastIndexOf(most)
  if (at < counts.length - 1)
    parts.push(`most ${count(most)} at ${hourOf(Date.parse(from) + at * hourMs, now, zone)}`)
  return `${isBounded ? 'at least ' : ''}${count(all)} in 24 hours: ${parts.join(', ')}`
}
