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
