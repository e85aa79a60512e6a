import { pace } from './arena.ts'
import type { Facts, Violation } from './facts.ts'

/** A POST under way may arrive this long after its edit was admitted: the lease, and a moment for a busy machine (ms). */
const underWayMs = pace.receiptMs + pace.postMs + 1_000

/** Whether Redis has lost something in this seed. */
export const forgets = ({ struck }: Pick<Facts, 'struck'>): boolean =>
  struck.has('redis-rewind') || struck.has('redis-restored')

/**
 * Edits that may be told both as canceled and as what they came to: Redis may forget for some seconds that they were canceled,
 * or, before that, that they were submitted.
 */
export const excusedOf = (facts: Pick<Facts, 'struck' | 'canceled'>): ReadonlySet<string> =>
  new Set(forgetsAny(facts) ? facts.canceled.map(({ editId }) => editId) : [])

/** One that is killed has not written its last moments on a machine that is slow. */
const forgetsAny = (facts: Pick<Facts, 'struck'>): boolean =>
  forgets(facts) || facts.struck.has('redis-crash')

/** After a cancel was answered no POST follows that was not admitted before, and what was said to have ended has. */
export function nothingCanceledIsSubmitted(facts: Facts): Violation[] {
  const { acked, canceled, posts, ledger } = facts
  if (forgets(facts)) return []
  const urls = new Map(acked.map(({ id, url }) => [id, url]))
  const states = new Map(ledger.map(({ id, state }) => [id, state]))
  return canceled.flatMap(({ editId, outcome, at }): Violation[] => {
    if (outcome === 'ended') return []
    const wrong = (what: string): Violation => ({ invariant: 'I10', what, editId })
    const state = states.get(editId)
    const late = posts.filter((post) => post.url === urls.get(editId) && post.at > at + underWayMs)
    return [
      ...late.map((post) => wrong(`was submitted ${post.at - at} ms after its cancel was answered`)),
      ...(outcome === 'canceled' && state !== 'canceled'
        ? [wrong(`was said to be canceled, and is ${state}`)]
        : []),
    ]
  })
}
