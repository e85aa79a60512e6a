import { money } from '../app/format.ts'

/** An amount that somebody has typed, in micro-currency: `40`, `40.5`; undefined for anything else. */
export function amountOf(text: string): number | undefined {
  const [, whole, part = ''] = /^[¥$]?\s*(\d{1,9})(?:\.(\d{1,6}))?$/.exec(text.trim()) ?? []
  if (whole === undefined) return undefined
  return Number(whole) * 1_000_000 + Number(part.padEnd(6, '0'))
}

/** What may be spent: `micros` as it is now, `usedMicros` of it billed and reserved. */
export type Limit = { currency: string; micros: number; usedMicros: number }

/** What comes of a raise: how much there is then, and what of that is left; or why it is none. */
export type Raise = { kind: 'to'; micros: number; leftMicros: number } | { kind: 'not'; why: string }

/** The raise that is typed; undefined while nothing is. */
export function raiseOf(text: string, { currency, micros: now, usedMicros }: Limit): Raise | undefined {
  if (text.trim() === '') return undefined
  const micros = amountOf(text)
  if (micros === undefined) return { kind: 'not', why: 'Write an amount such as 40 or 40.50.' }
  if (micros <= now) return { kind: 'not', why: `It is ${money(now, currency)} now: write more than that.` }
  const leftMicros = micros - usedMicros
  if (leftMicros <= 0)
    return { kind: 'not', why: `${money(usedMicros, currency)} is spent and reserved: write more than that.` }
  return { kind: 'to', micros, leftMicros }
}
