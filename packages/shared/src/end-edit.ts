import type { Edit, Failure, Image } from './contract/edit.ts'
import type { Ledger } from './ledger/ledger.ts'
import type { Change } from './ledger/move.ts'
import type { Log } from './log.ts'
import { type MovedOrReread, rereadIfLost } from './move-or-reread.ts'
import { type Ended, writeEnded } from './receipt/receipt.ts'
import type { Store } from './store/store.ts'

/*
 * The only way an edit ends. It writes the note for a later rebuild, moves the edit with its failure and its money, and
 * logs the end. Nothing else may move an edit to `succeeded`, `failed` or `canceled`: an end that was written elsewhere
 * would miss its note, and a rebuilt ledger would start the edit again. (The ledger's `restore` writes an end that was
 * noted; of an edit that is canceled while it is queued the order in the bucket is the note.)
 */

/** How an edit ends. */
export type Outcome = { state: 'succeeded' } | { state: 'failed'; failure: Failure } | { state: 'canceled' }

export type End = Outcome & {
  /** What the vendor bills with this end, in micro-currency. */
  billedMicros?: number
  /** The images as they ended, and how many of them reached the bucket with this end. */
  images?: readonly Image[]
  stored?: number
  /**
   * The note in the bucket. `best effort` (default): the edit ends even if it cannot be written. `required`: the edit
   * does not end without it, and what the bucket threw is thrown. `exists`: it was read from there.
   */
  note?: 'best effort' | 'required' | 'exists'
}

export type EndTools = { ledger: Pick<Ledger, 'move' | 'read'>; store: Store; log: Log }

/** Ends an edit, or gives it as it is where somebody else moved it first. */
export async function endEdit(edit: Edit, end: End, tools: EndTools): Promise<MovedOrReread> {
  const { ledger, log } = tools
  await noteEnd(edit, end, tools)
  const moved = await rereadIfLost(edit, await ledger.move(edit, changeOf(end)), ledger)
  const { state, stored = 0 } = end
  if (moved.kind === 'moved')
    log.info({ editId: edit.id, state, code: moved.edit.failure?.code, images: stored }, 'edit ended')
  return moved
}

function changeOf({ billedMicros = 0, images, stored = 0, ...end }: End): Change {
  const money = { billedMicros, stored }
  const set = images === undefined ? {} : { images: [...images] }
  if (end.state === 'failed') return { to: end.state, set: { ...set, failure: end.failure }, ...money }
  return { to: end.state, set, ...money }
}

/**
 * Ends an edit once more as the bucket's note says, where a ledger that lost data does not know that it had ended. What the
 * ledger still knows to be billed is not billed again.
 */
export function endAsNoted(edit: Edit, ended: Ended, tools: EndTools): Promise<MovedOrReread> {
  const { billedMicros = 0, ...outcome } = ended
  const unknownMicros = Math.max(0, billedMicros - edit.billed)
  return endEdit(edit, { ...outcome, billedMicros: unknownMicros, note: 'exists' }, tools)
}

/** Records how an edit without images ended, for `rebuild`. An edit that succeeded is known by its images. */
async function noteEnd(edit: Edit, end: End, { store, log }: EndTools): Promise<void> {
  const { note = 'best effort' } = end
  if (end.state === 'succeeded' || note === 'exists') return
  const billedMicros = edit.billed + (end.billedMicros ?? 0)
  const ended: Ended = {
    ...(end.state === 'failed' ? { state: end.state, failure: end.failure } : { state: end.state }),
    ...(billedMicros > 0 ? { billedMicros } : {}),
  }
  try {
    await writeEnded(store, edit, ended)
  } catch (error) {
    if (note === 'required') throw error
    log.debug({ editId: edit.id, err: error }, 'end could not be written to the bucket')
  }
}
