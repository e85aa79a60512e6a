import type { FoundRows } from '@restyle/client/types'
import { rangesIn } from './selection.ts'

/** Rows that the producer has found by a text, as far as it has looked. `bits`: a 1 for each, from the first row on. */
export type Found = { text: string; bits: Uint8Array; to: number; matched: number; unreadable: number }

export const nothingFound = (text: string): Found => ({
  text,
  bits: new Uint8Array(),
  to: 0,
  matched: 0,
  unreadable: 0,
})

/** The same with what was found further on. The bytes are written in place: another object stands around them. */
export function withFound(found: Found, answer: FoundRows): Found {
  const { rows, lookedTo, ofRows, matched, unreadable = '' } = answer
  const bits = found.bits.length >= ofRows ? found.bits : grown(found.bits, ofRows)
  for (const [from, to] of rangesIn(rows)) bits.fill(1, from - 1, to)
  const lost = rangesIn(unreadable).reduce((sum, [from, to]) => sum + to - from + 1, 0)
  return {
    ...found,
    bits,
    to: Math.max(found.to, lookedTo),
    matched: found.matched + matched,
    unreadable: found.unreadable + lost,
  }
}

function grown(bits: Uint8Array, rows: number): Uint8Array {
  const all = new Uint8Array(rows)
  all.set(bits)
  return all
}
