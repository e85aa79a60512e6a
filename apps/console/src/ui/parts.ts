import { count } from '../app/format.ts'

/** What the edits of a batch are counted by; each with a pattern of its own, since colour alone tells nothing. */
export const parts = [
  { part: 'stored', word: 'stored' },
  { part: 'rendered', word: 'rendered, not stored yet' },
  { part: 'running', word: 'running' },
  { part: 'doubt', word: 'uncertain or held' },
  { part: 'failed', word: 'failed' },
  { part: 'canceled', word: 'canceled' },
  { part: 'queued', word: 'queued' },
] as const
export type Part = (typeof parts)[number]['part']
export type Parts = Readonly<Record<Part, number>>

/** Counts of the states of edits as parts of a bar. */
export function partsOf(counts: Readonly<Partial<Record<string, number>>>): Parts {
  const of = (...states: string[]) => states.reduce((sum, state) => sum + (counts[state] ?? 0), 0)
  return {
    stored: of('succeeded'),
    rendered: of('rendered'),
    running: of('submitting', 'running'),
    doubt: of('uncertain', 'review'),
    failed: of('failed'),
    canceled: of('canceled'),
    queued: of('queued'),
  }
}

/** `50,992 stored, 212 failed, 48,796 queued`: the same in words. */
export const wordsOf = (shown: Parts): string =>
  parts
    .filter(({ part }) => shown[part] > 0)
    .map(({ part, word }) => `${count(shown[part])} ${word}`)
    .join(', ') || 'no edits yet'
