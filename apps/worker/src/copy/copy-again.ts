import type { Edit } from '@restyle/shared/contract/edit'

/** For how long the images of an edit have been copied (ms); `now` in epoch ms. */
export const triedForMs = (
  { renderedAt, createdAt }: Pick<Edit, 'renderedAt' | 'createdAt'>,
  now: number,
): number => now - (renderedAt ?? createdAt)

/**
 * When to try a copy again: a tenth of the time that it has been tried for, from 1 s to 1 min, and sooner as the end of an
 * address comes near: never later than after a twentieth of what is left. An address that is dead is no hurry: what is
 * still to be copied then waits on a disk. All in ms.
 */
export function copyAgainMs(sinceMs: number, leftMs: number, jitter: number): number {
  const patient = Math.min(60_000, Math.max(1_000, sinceMs / 10))
  const hurried = leftMs > 0 ? Math.max(500, Math.min(patient, leftMs / 20)) : patient
  return hurried * (0.8 + jitter * 0.4)
}
