/** The shortest time that a download gets, however soon its address dies. */
const shortestMs = 60_000

/** How long one download may take: `percent` of what is left of its address's life (ms), so that no slow line costs an image. */
export const downloadDeadlineMs = (leftMs: number, percent: number, leastMs = shortestMs): number =>
  Math.round(Math.max(leastMs, (leftMs * percent) / 100))

/** How many images are downloaded at a time. `arrived` counts since the last change; times in ms. */
export type Width = { width: number; arrived: number; shrunkAt: number }

/** Begins as wide as it may get. */
export const fullWidth = (most: number): Width => ({ width: most, arrived: 0, shrunkAt: -Infinity })

/**
 * The width after a download. Half of it where one was too slow: fewer at a time arrive sooner each. Those that began
 * before that change say nothing of the narrower line. One more after as many arrivals as there are places.
 */
export function afterDownload(
  before: Width,
  { kind, code, beganAt, now }: { kind: string; code?: string; beganAt: number; now: number },
  most: number,
): Width {
  if (kind === 'again' && (code === 'Deadline' || code === 'Idle')) {
    if (beganAt < before.shrunkAt) return before
    return { width: Math.max(1, Math.floor(before.width / 2)), arrived: 0, shrunkAt: now }
  }
  if (kind !== 'bytes') return before
  const arrived = before.arrived + 1
  if (arrived < before.width || before.width >= most) return { ...before, arrived }
  return { ...before, width: before.width + 1, arrived: 0 }
}
