import type { Edit, Failure } from '../contract/edit.ts'
import { type EditState, moves } from '../contract/edit-state.ts'
import { RestyleError } from '../errors.ts'
import { laneOfSubmit } from '../lane-id.ts'
import { type Answer, type LedgerContext, afterWrite, toFields } from './record.ts'

type Field =
  | 'tries'
  | 'attempt'
  | 'uncertainBecause'
  | 'taskId'
  | 'submittedAt'
  | 'sourceTrouble'
  | 'unseenSince'
  | 'refusedQueries'
  | 'pausedTasks'
  | 'renderedAt'
  | 'images'
  | 'failure'
  | 'candidates'
  | 'foundTasks'
  | 'world'
  | 'said'
  | 'looks'
  | 'returned'
  | 'turnedAway'
  | 'putBack'
  | 'day'

/** `null` removes the field. */
type Fields = { [F in Field]?: Edit[F] | null }

type Common = {
  /** What the vendor bills for this task, once known; whatever was reserved beyond it is released. */
  billedMicros?: number
  /** Images that reached the bucket with this move. */
  stored?: number
  /** When the sweep should look whether the next wake-up is missing. */
  dueInMs?: number
  /** Back in the backlog: how long it waits aside, while others go. */
  afterMs?: number
  /** Nothing was submitted: its producer gets its share back. */
  givesBack?: boolean
}

/** What a move changes. What follows from the state itself (event, slot, reserved money, lists) is not the caller's to say. */
export type Change = Common &
  (
    | { to: 'running'; set: Fields & { taskId: string; submittedAt: number } }
    /** `expiresAt`: when the first of its URLs expires (epoch ms). */
    | { to: 'rendered'; set?: Fields; expiresAt: number }
    | { to: 'failed'; set: Fields & { failure: Failure } }
    | { to: Exclude<EditState, 'submitting' | 'running' | 'rendered' | 'failed'>; set?: Fields }
  )

export type Moved =
  | { kind: 'moved'; edit: Edit }
  /** Someone else has written since the edit was read: read it again, or leave it. */
  | { kind: 'lost' }
  /** The task already belongs to another edit. */
  | { kind: 'taskTaken'; owner: string }

/**
 * The one way an admitted edit changes: compares the version, then writes the state and all that follows from it, all or
 * nothing. A duplicate job, a zombie or a retried call loses and changes nothing.
 */
export async function move({ keys, run }: LedgerContext, edit: Edit, change: Change): Promise<Moved> {
  const {
    to,
    set = {},
    billedMicros = 0,
    stored = 0,
    dueInMs = 60_000,
    afterMs = 0,
    givesBack = false,
  } = change
  if (!moves[edit.state].includes(to))
    throw new RestyleError('ImpossibleMove', `an edit does not move from ${edit.state} to ${to}`, {
      editId: edit.id,
    })
  const [kind, ...rest] = (await run('move', [keys.edit(edit.id)], {
    // after a loss of data the same version may be another one
    version: String(edit.version),
    state: edit.state,
    updatedAt: String(edit.updatedAt),
    to,
    set: toFields(set),
    taskLane: laneOfSubmit({ ...edit, world: set.world ?? edit.world }),
    billed: billedMicros,
    stored,
    dueInMs,
    afterMs,
    givesBack,
    ...(change.to === 'rendered' && { expiresAt: change.expiresAt }),
  })) as Answer
  switch (kind) {
    case 'moved':
      return { kind, edit: afterWrite(edit, rest[0], rest[1]) }
    case 'taskTaken':
      return { kind, owner: String(rest[0]) }
    default:
      return { kind: 'lost' }
  }
}
