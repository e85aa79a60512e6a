/** Counts of a batch that are told to who hears the page. */
export type Tally = ReadonlyMap<string, { stored: number; failed: number }>

/** What was told, and when (ms) something was said last. */
export type Announced = { told: Tally; at: number }

/** Between two sentences (ms). */
export const quietMs = 5_000

/**
 * What is said of counts by the ids of their batches, at most one sentence every five seconds: how many more have finished or
 * failed since the last one. The first counts of a batch are never said. `now`: ms. `againMs`: when to ask again.
 */
export function announce(
  known: Announced | undefined,
  tally: Tally,
  now: number,
): { next: Announced; say?: string; againMs?: number } {
  if (known === undefined) return { next: { told: tally, at: now } }
  const told = toldOf(known.told, tally)
  const more = { stored: 0, failed: 0 }
  for (const [id, { stored, failed }] of tally) {
    more.stored += stored - (told.get(id)?.stored ?? stored)
    more.failed += failed - (told.get(id)?.failed ?? failed)
  }
  if (more.stored + more.failed === 0) return { next: { ...known, told } }
  const waits = known.at + quietMs - now
  if (waits > 0) return { next: { ...known, told }, againMs: waits }
  return { next: { told: tally, at: now }, say: words(more) }
}

/** What was told of the batches that there are now: a count that has fallen begins from there. */
const toldOf = (before: Tally, tally: Tally): Tally =>
  new Map(
    [...tally].map(([id, { stored, failed }]) => {
      const known = before.get(id) ?? { stored, failed }
      return [id, { stored: Math.min(known.stored, stored), failed: Math.min(known.failed, failed) }]
    }),
  )

const words = ({ stored, failed }: { stored: number; failed: number }): string =>
  [
    ...(stored === 0 ? [] : [`${stored.toLocaleString('en')} more finished`]),
    ...(failed === 0 ? [] : [`${failed.toLocaleString('en')} more failed`]),
  ].join(', ')

/** The counts of these batches. */
export const tallyOf = (
  batches: readonly { id: string; counts: { succeeded: number; failed: number } }[],
): Tally => new Map(batches.map(({ id, counts: { succeeded: stored, failed } }) => [id, { stored, failed }]))
