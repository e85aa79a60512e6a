import type { Webhook } from '@restyle/shared/contract/webhook'
import { compareCursors } from '@restyle/shared/event/cursor'

/**
 * How far a webhook is with an event. `waits`: it was not sent yet. `retries`: it failed, and is sent again at `nextAt` (epoch ms).
 * `sent`: it is not sent again, be it that it was delivered or that it was given up. `passed`: it came while the webhook was
 * disabled.
 */
export type SentTo = { state: 'waits' | 'sent' | 'passed' } | { state: 'retries'; nextAt: number }

type Sent = { cursor: string; type: string; retryAt: number | undefined }

/** Undefined for a webhook that the event is not for: it wants other types, or begins later. */
export function sentTo(
  { settings, cursor: at, skipped }: Pick<Webhook, 'settings' | 'cursor' | 'skipped'>,
  { cursor, type, retryAt }: Sent,
): SentTo | undefined {
  const isUpTo = (left: string, right: string): boolean => compareCursors(left, right) <= 0
  if (settings.types?.includes(type) === false) return undefined
  if (retryAt !== undefined) return { state: 'retries', nextAt: retryAt }
  if (isUpTo(cursor, settings.after)) return undefined
  if (skipped.some(({ after, until }) => !isUpTo(cursor, after) && isUpTo(cursor, until)))
    return { state: 'passed' }
  return { state: isUpTo(cursor, at) ? 'sent' : 'waits' }
}

/**
 * How far a group is with an event. `waits`: nobody has pulled it yet. `taken`: somebody has, and has not acknowledged it. `dead`: it
 * was handed out too often. `done`: acknowledged or dropped, or from before the group began.
 */
export type GroupState = 'waits' | 'taken' | 'dead' | 'done'

export function stateInGroup(
  cursor: string,
  { at, isTaken, isDead }: { at: string; isTaken: boolean; isDead: boolean },
): GroupState {
  if (isDead) return 'dead'
  if (isTaken) return 'taken'
  return compareCursors(cursor, at) <= 0 ? 'done' : 'waits'
}
