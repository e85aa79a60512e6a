import { explain } from './catalogue.ts'
import type { SubmitAction } from './error-row.ts'

/*
 * A wrong model, address or right makes the vendor refuse every edit in words that read like the edit's own fault. One
 * such refusal fails its edit. Several different edits in a row, refused with one code and one message, are the lane's
 * fault: it pauses, before a whole catalog has failed within seconds.
 *
 * A state is a value without time, so that it can be kept in memory or in Redis.
 */

/** The latest row of like refusals, by the ids of their edits; undefined while there is none. */
export type BreakerState = { code: string; message: string; editIds: readonly string[] } | undefined

/** What came of a submit, as far as it says something of its lane. */
export type SubmitSeen =
  | { kind: 'accepted' }
  | {
      kind: 'refused'
      editId: string
      code: string
      message: string
      action: Exclude<SubmitAction, 'lookUp'>
    }

/** As many different edits in a row open the breaker. */
export const editsToOpen = 4

/**
 * The state after a submit, and whether the lane is to be paused now. Refusals that wait or pause by themselves change
 * nothing; a code that blames the edit's own input shows that the lane works. Once open, each further refusal of the
 * same kind opens it again, so the one edit that tries after a pause is enough; an accepted edit closes it.
 */
export function afterSubmit(
  state: BreakerState,
  seen: SubmitSeen,
  limit: number = editsToOpen,
): { state: BreakerState; opens: boolean } {
  if (seen.kind === 'accepted') return { state: undefined, opens: false }
  const { editId, code, action } = seen
  if (action === 'retryLater' || action === 'pauseLane') return { state, opens: false }
  if (explain(code, seen.message).blamesInput === true) return { state: undefined, opens: false }
  const message = withoutIds(seen.message)
  const like = state !== undefined && state.code === code && state.message === message
  const others = like ? state.editIds.filter((id) => id !== editId) : []
  // the last few are enough to count with
  const editIds = [...others, editId].slice(-limit)
  return { state: { code, message, editIds }, opens: editIds.length >= limit }
}

/** The vendor quotes request ids in its messages: with them no two would be alike. */
const withoutIds = (message: string): string =>
  message.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,}/gi, '…')
