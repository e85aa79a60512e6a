import type { Edit } from './contract/edit.ts'
import type { EditState } from './contract/edit-state.ts'
import type { Ledger } from './ledger/ledger.ts'
import type { Change, Moved } from './ledger/move.ts'

/** What came of a move; `edit` is always what is true now, as far as anybody knows. */
export type MovedOrReread =
  | { kind: 'moved'; edit: Edit }
  /** Somebody else wrote first, and nothing was changed. */
  | { kind: 'overtaken'; edit: Edit }
  /** The task already belongs to the edit `owner`, and nothing was changed. */
  | { kind: 'taskTaken'; edit: Edit; owner: string }

/** A change that leaves the edit open. An edit ends by `endEdit` only. */
export type OpenChange = Change & { to: Exclude<EditState, 'succeeded' | 'failed' | 'canceled'> }

/** Moves the edit, or reads it again where somebody else moved it first. */
export async function moveOrReread(
  edit: Edit,
  change: OpenChange,
  ledger: Pick<Ledger, 'move' | 'read'>,
): Promise<MovedOrReread> {
  return rereadIfLost(edit, await ledger.move(edit, change), ledger)
}

/** The edit after a move: as it was moved to, or as it is instead. */
export async function rereadIfLost(
  edit: Edit,
  moved: Moved,
  ledger: Pick<Ledger, 'read'>,
): Promise<MovedOrReread> {
  switch (moved.kind) {
    case 'moved':
      return moved
    case 'taskTaken':
      return { ...moved, edit }
    case 'lost':
      return { kind: 'overtaken', edit: (await ledger.read(edit.id)) ?? edit }
  }
}
