/**
 * When to try a copy again: a tenth of the time it has been going on, from 1 s to 1 min, and sooner as the URL's end
 * comes near: never later than after a twentieth of what is left. All in ms.
 */
export function copyAgainMs(sinceMs: number, leftMs: number, jitter: number): number {
  const patient = Math.min(60_000, Math.max(1_000, sinceMs / 10))
  return Math.max(500, Math.min(patient, leftMs / 20)) * (0.8 + jitter * 0.4)
}
