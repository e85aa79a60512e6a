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
