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
