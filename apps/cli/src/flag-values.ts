import { faultOfZone, nextClock } from '@restyle/shared/zone/wall-clock'
import { type Weekday, weekdays } from '@restyle/shared/zone/window'
import { InvalidArgumentError } from 'commander'

/*
 * Reads what is written after a flag. Throws an `InvalidArgumentError`, of which commander makes a line that names the flag.
 */

/** A flag that may be repeated. */
export const collect = (text: string, before: readonly string[] = []): string[] => [...before, text]

export function integer(text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

export const seedOrNone = (text: string): number | 'none' => (text === 'none' ? text : integer(text))

export function priority(text: string): number {
  if (!/^[1-9]$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1 to 9.')
  return Number(text)
}

export function idempotencyKey(text: string): string {
  if (!/^[\x20-\x7e]{1,255}$/.test(text))
    throw new InvalidArgumentError('It must be 1 to 255 printable ASCII characters.')
  return text
}

export function background(text: string): string {
  if (!/^(#[0-9a-f]{6}|white|black|gr[ae]y)$/i.test(text))
    throw new InvalidArgumentError('It must be #rrggbb, white, black or grey.')
  return text
}

export function positive(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1 on.')
  return Number(text)
}

/** An amount of money; 0 is one too: then every run is asked about. */
export function askLimit(text: string): number {
  if (!/^\d{1,9}(\.\d{1,6})?$/.test(text))
    throw new InvalidArgumentError('It must be an amount such as 50 or 12.5.')
  return Number(text)
}

const msOf: Readonly<Record<string, number>> = { m: 60_000, h: 3600_000, d: 24 * 3600_000 }

/** A time, or how long ago it was; as the API writes it. A date without a time begins at midnight UTC. */
export function timeOf(text: string): (now: number) => string {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? []
  const ms = msOf[unit ?? '']
  if (ms !== undefined) return (now) => new Date(now - Number(count) * ms).toISOString()
  const at = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/.test(text)
    ? Date.parse(text)
    : NaN
  if (Number.isNaN(at))
    throw new InvalidArgumentError(
      'It must be a time such as 2026-03-02 or 2026-03-02T21:00Z, or 30m, 24h or 7d ago.',
    )
  return () => new Date(at).toISOString()
}

/** For how long addresses are signed where nobody says, in seconds. */
export const usualLinkSeconds = 24 * 3600

/** How long addresses live, in seconds. */
export function linkSeconds(text: string): number {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? []
  const seconds = (Number(count) * (msOf[unit ?? ''] ?? NaN)) / 1000
  if (!(seconds >= 60 && seconds <= 7 * 24 * 3600))
    throw new InvalidArgumentError(
      'It must be a time from 1m to 7d, such as 30m, 24h or 7d: no store signs for longer.',
    )
  return seconds
}

/** How long something lives, in seconds. */
export function lifeSeconds(text: string): number {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? []
  const ms = msOf[unit ?? '']
  if (ms === undefined || Number(count) === 0)
    throw new InvalidArgumentError('It must be a time such as 10m, 24h or 90d.')
  return (Number(count) * ms) / 1000
}

export function parallel(text: string): number {
  const count = positive(text)
  if (count > 64) throw new InvalidArgumentError('It must be at most 64.')
  return count
}

/** An amount of money, in micros: without the detour over a binary fraction. */
export function amount(text: string): number {
  const [, whole, part = ''] = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(text) ?? []
  const micros = whole === undefined ? 0 : Number(whole) * 1_000_000 + Number(part.padEnd(6, '0'))
  if (micros === 0)
    throw new InvalidArgumentError('It must be an amount above 0, such as 50 or 0.25, or none.')
  return micros
}

export function dayText(text: string): string {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN
  if (Number.isNaN(at) || !new Date(at).toISOString().startsWith(text))
    throw new InvalidArgumentError('It must be a date such as 2026-10-25.')
  return text
}

const clock = /^([01]\d|2[0-3]):[0-5]\d$/

/** When something should be done: a time of day, which is the next one in a zone, or a time as ISO 8601 has it. */
export type FinishTime = (zone: string, now: number) => string

export function finishTime(text: string): FinishTime {
  if (clock.test(text)) return (zone, now) => new Date(nextClock(zone, text, now)).toISOString()
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : NaN
  if (Number.isNaN(at))
    throw new InvalidArgumentError('It must be a time such as 06:00 or 2026-03-03T06:00+01:00.')
  return () => new Date(at).toISOString()
}

export function clockTime(text: string): string {
  if (!clock.test(text)) throw new InvalidArgumentError('It must be a time of day such as 06:00.')
  return text
}

export function timeZone(text: string): string {
  const fault = faultOfZone(text)
  if (fault !== undefined) throw new InvalidArgumentError(`It ${fault}.`)
  return text
}

/** Of this machine. */
export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

/** From when to when on the wall of a zone, and on which days where that is not each. */
export type WindowHours = { from: string; to: string; days?: Weekday[] }

/** `22:00-06:00`, `Mon-Fri 22:00-06:00` or `Sat,Sun 08:00-20:00`. */
export function windowHours(text: string): WindowHours {
  const [, names, from = '', to = ''] = /^(?:([a-z,–-]+) )?(\d\d:\d\d)[-–](\d\d:\d\d)$/i.exec(text) ?? []
  const days = names === undefined ? undefined : daysOf(names)
  if (!clock.test(from) || !clock.test(to) || days?.length === 0)
    throw new InvalidArgumentError(
      'It must be two times of day, such as 22:00-06:00, or Mon-Fri 22:00-06:00 on some days of the week.',
    )
  if (from === to) throw new InvalidArgumentError('It is empty: it ends when it begins.')
  return { from, to, ...(days === undefined ? {} : { days }) }
}

/** None where one of the names is no day. */
function daysOf(names: string): Weekday[] {
  const places = new Set<number>()
  for (const part of names.split(',')) {
    const [first = -1, last = first] = part
      .split(/[-–]/)
      .map((name) => weekdays.findIndex((day) => day.toLowerCase() === name.toLowerCase()))
    if (first < 0 || last < 0) return []
    // Fri-Mon goes over the end of the week
    for (let i = first; ; i = (i + 1) % weekdays.length) {
      places.add(i)
      if (i === last) break
    }
  }
  return weekdays.filter((_, i) => places.has(i))
}
