import { Cron } from 'croner'
import { instantsOf, wallAt } from '@restyle/shared/zone/wall-clock'

/** When a schedule is due: five fields as in crontab(5), on the wall of a zone. */
export type Timing = { cron: string; timeZone: string }

/** Nicknames, seconds and `?` (which is the time at which it is read) are left out. */
const fiveFields = /^[\d*,/#LW-]+(?: [\d*,/#LW-]+){2} [\dA-Z*,/#LW-]+ [\dA-Z*,/#LW-]+$/i

/** Clocks are put forward or back by less. */
const mostChangeMs = 3 * 3600_000

/** What is wrong with a cron expression, or nothing. */
export function faultOfCron(cron: string): string | undefined {
  if (!fiveFields.test(cron))
    return 'is not five fields with one blank between them, such as "0 22 * * *": minute, hour, day of the month, month, day of the week'
  try {
    return openPattern(cron).next(Date.UTC(2024, 0, 1)) === undefined
      ? 'never fires: no such day comes'
      : undefined
  } catch (error) {
    return `cannot be read: ${error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error)}`
  }
}

/** The times on the wall that a pattern names, one after the other. */
type Pattern = { next(wall: number): number | undefined }

/** The wall is given as UTC, which knows no change: what a zone makes of it is decided here and not by the library. */
function openPattern(cron: string): Pattern {
  const pattern = new Cron(cron, { timezone: 'UTC', mode: '5-part' })
  return { next: (wall) => pattern.nextRun(new Date(wall))?.getTime() }
}

/**
 * The ticks (epoch ms) after `after`, in their order. Where the hour is `*`, a tick comes in each hour that passes: 25 times
 * on the day on which clocks are put back, 23 times on that on which they are put forward. Where hours are named, a tick comes
 * once for each time on the wall: the first time where the wall shows it twice, and as long after the change as it is named
 * behind it where the wall does not show it. Two ticks that fall together are one.
 */
export function* ticksAfter({ cron, timeZone }: Timing, after: number): Generator<number, undefined> {
  const pattern = openPattern(cron)
  const everyHour = /^(\*|\*\/1|0-23)$/.test(cron.split(' ')[1] ?? '')
  let wall = wallAt(timeZone, after)
  // beside a change of the clocks ticks come in another order than their times on the wall
  if (instantsOf(timeZone, wall).changes) wall -= mostChangeMs
  let found: number[] = []
  let last = after
  for (;;) {
    const next = pattern.next(wall)
    let sure = Infinity
    if (next !== undefined) {
      const { shown, moved, earliest } = instantsOf(timeZone, next)
      found.push(...(everyHour ? shown : [shown[0] ?? moved]))
      // what the wall shows later comes later
      sure = earliest
    }
    const due = found.filter((at) => at <= sure).toSorted((a, b) => a - b)
    found = found.filter((at) => at > sure)
    for (const at of due) {
      if (at <= last) continue
      last = at
      yield at
    }
    if (next === undefined) return undefined
    wall = next
  }
}

/** The first tick after `after` (epoch ms). Throws where none comes, which `faultOfCron` tells before. */
export function nextTick(timing: Timing, after: number): number {
  const { value } = ticksAfter(timing, after).next()
  if (value === undefined) throw new RangeError(`${timing.cron} never fires`)
  return value
}
