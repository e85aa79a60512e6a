import type { FaultName } from './fault-names.ts'
import type { Facts, Violation } from './facts.ts'

/** Which reason is a true one where a fault has struck (docs/reliability.md, the faults of the chaos run). No other fault may have an edit held. */
const trueReasons: readonly (readonly [fault: FaultName, why: RegExp])[] = [
  ['list-refused', /^it could not be looked up: AccessDenied: /],
  // the task that is refused may be the one that a submit without an answer made
  ['query-refused', /^it could not be looked up: InvalidParameter: /],
  ['lane-moved', /^it could not be looked up: no lane leads to where it was submitted$/],
]

/** A hold is an end for a person only where the fault made it necessary, and its producer must be told of it. */
export function everyHoldIsRight({ held, struck, deliveries, consumers, acked }: Facts): Violation[] {
  const producers = new Map(acked.map(({ id, producer }) => [id, producer]))
  return held.flatMap(({ editId, why }): Violation[] => {
    const isTrue = trueReasons.some(([fault, reason]) => struck.has(fault) && reason.test(why))
    const found: Violation[] = isTrue ? [] : [{ invariant: 'I1', what: `was held: ${why}`, editId }]
    for (const { name, producer } of consumers) {
      if (producer !== producers.get(editId)) continue
      const told = deliveries.some(
        (each) => each.consumer === name && each.subject === editId && each.type === 'restyle.edit.held',
      )
      if (!told) found.push({ invariant: 'I4', what: `${name} was not told that it was held`, editId })
    }
    return found
  })
}

/** What a refusal for good may end, and nothing else: an edit fails for it only if it met its own source or task. */
export function everyRefusalIsMeant({ acked, ledger, tasks, refused }: Facts): Violation[] {
  const urls = new Map(acked.map(({ id, url }) => [id, url]))
  const doomed = new Set(tasks.flatMap(({ taskId, url }) => (refused.tasks.has(taskId) ? [url] : [])))
  const met = new Set(tasks.map(({ url }) => url))
  return ledger.flatMap(({ id: editId, failure }): Violation[] => {
    const url = urls.get(editId) ?? ''
    const wrongly = (what: string): Violation[] => [{ invariant: 'I1', what, editId }]
    if (failure === 'InvalidParameter' && !doomed.has(url))
      return wrongly('failed as its query was refused, which was that of another task')
    if (failure === 'SourceUnreadable' && !refused.sources.has(url))
      return wrongly('failed for its source, which nobody refused')
    if (failure === 'SourceUnreadable' && met.has(url))
      return wrongly('failed for its source after it was submitted')
    return []
  })
}
