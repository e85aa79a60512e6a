import type { SourceTrouble } from '@restyle/shared/contract/edit'

/** Waits (ms) after the first, second … refusal of a source: after the last one it is the edit's own fault. */
export type SourcePatience = { pausesMs: readonly number[]; awayMs: number; mostMs: number }

/** Somebody may be about to mend a policy, or to restore an object; a store that is away for a day is not coming back. */
export const sourcePatience: SourcePatience = {
  pausesMs: [5_000, 30_000, 120_000],
  awayMs: 60_000,
  mostMs: 24 * 3600_000,
}

export type TroubleVerdict =
  | { kind: 'again'; remember: SourceTrouble; inMs: number; lastsMs: number }
  | { kind: 'giveUp' }

/**
 * What to do about a source whose store refuses it, or is away. It concerns the edits that name it and no others, so the
 * edit waits aside and not at the head of its backlog. `now` in epoch ms.
 */
export function judgeTrouble(
  before: SourceTrouble | undefined,
  refused: boolean,
  now: number,
  { pausesMs, awayMs, mostMs }: SourcePatience = sourcePatience,
): TroubleVerdict {
  const { refusals, tries, since } = before ?? { refusals: 0, tries: 0, since: now }
  const remember = { refusals: refusals + (refused ? 1 : 0), tries: tries + 1, since }
  const lastsMs = now - since
  if (!refused) {
    if (lastsMs >= mostMs) return { kind: 'giveUp' }
    const inMs = Math.min(awayMs, (pausesMs[0] ?? awayMs) * 2 ** Math.min(tries, 10))
    return { kind: 'again', remember, inMs, lastsMs }
  }
  const inMs = pausesMs[refusals]
  return inMs === undefined ? { kind: 'giveUp' } : { kind: 'again', remember, inMs, lastsMs }
}
