import type { Entry, Place } from './history.ts'
import { producerPoints } from './producer-points.ts'

/**
 * From every kill -9 to the next step of each edit that the killed worker had in its hands, in ms. A worker holds an edit
 * from `taken` until another worker, or it, goes on after `stepped`; a point where it was killed counts as held. A batch is
 * in its hands from `rows-read` to `rows-fed`. Folding has no hurry, and is left out; so is what a producer had in its hands, and a webhook.
 */
export function recoveryTimes(entries: readonly Entry[]): number[] {
  const held = new Map<number, Set<string>>()
  const waiting = new Map<string, number>()
  const times: number[] = []
  for (const entry of entries) {
    if (entry.what === 'point' && !isLeftOut(entry.point)) {
      const { pid, editId, at } = entry
      const since = waiting.get(editId)
      if (since !== undefined) {
        times.push(at - since)
        waiting.delete(editId)
      }
      const own = held.get(pid) ?? new Set()
      held.set(pid, own)
      if ((entry.point === 'stepped' && entry.deed !== 'kill') || entry.point === 'rows-fed')
        own.delete(editId)
      else own.add(editId)
    } else if (entry.what === 'killed') {
      for (const editId of held.get(entry.pid) ?? []) if (!waiting.has(editId)) waiting.set(editId, entry.at)
      held.delete(entry.pid)
    } else if (entry.what === 'ended') waiting.delete(entry.editId)
  }
  return times
}

const isLeftOut = (place: Place): boolean =>
  place.startsWith('results-') ||
  place === 'event-answered' ||
  producerPoints.some((point) => point === place)

/** The value that a share of the numbers does not exceed; 0 of none. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
}
