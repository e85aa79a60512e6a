import type { FailureSum } from '@restyle/client/types'

/** Since when failures are told; `all` has no beginning. */
export const spans = [
  { name: 'day', word: 'last 24 hours', ms: 86_400_000 },
  { name: 'week', word: 'last 7 days', ms: 7 * 86_400_000 },
  { name: 'month', word: 'last 30 days', ms: 30 * 86_400_000 },
  { name: 'all', word: 'all that is kept', ms: undefined },
] as const
export type SpanName = (typeof spans)[number]['name']

/** What an address says; a value that is none is the default. */
export const spanOf = (text: string | null): SpanName =>
  spans.find(({ name }) => name === text)?.name ?? 'all'

/** The time of a span as the API takes it, to the minute, so that the same page is the same question. */
export function sinceOf(span: SpanName, now: number): string | undefined {
  const ms = spans.find(({ name }) => name === span)?.ms
  if (ms === undefined) return undefined
  return new Date(Math.floor((now - ms) / 60_000) * 60_000).toISOString()
}

/** Those first that somebody has to act on, then those that a retry as they are may help; each the most edits first. */
export function orderFailures(failures: readonly FailureSum[]): { act: FailureSum[]; again: FailureSum[] } {
  const needsHand = ({ retry, isKnown, billed }: FailureSum) =>
    retry !== 'unchanged' || !isKnown || billed.length > 0
  return {
    act: failures.filter(needsHand),
    again: failures.filter((failure) => !needsHand(failure)),
  }
}
