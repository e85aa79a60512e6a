import type { Edit } from './contract/edit.ts'
import type { Ledger } from './ledger/ledger.ts'
import type { Change } from './ledger/move.ts'

/** What came of a move; `edit` is always what is true now, as far as anybody knows. */
export type MovedOrReread =
  | { kind: 'moved'; edit: Edit }
  /** Somebody else wrote first, and nothing was changed. */
  | { kind: 'overtaken'; edit: Edit }
  /** The task already belongs to the edit `by`, and nothing was changed. */
  | { kind: 'taken'; edit: Edit; by: string }

/** Moves the edit, or reads it again where somebody else moved it first. */
export async function moveOrReread(
  edit: Edit,
  change: Change,
  ledger: Pick<Ledger, 'move' | 'read'>,
): Promise<MovedOrReread> {
  const moved = await ledger.move(edit, change)
  switch (moved.kind) {
    case 'moved':
      return moved
    case 'taken':
      return { ...moved, edit }
    case 'lost':
      return { kind: 'overtaken', edit: (await ledger.read(edit.id)) ?? edit }
  }
}
