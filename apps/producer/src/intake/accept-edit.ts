import type { Edit } from '@restyle/shared/contract/edit'
import { SingleEditRequest } from '@restyle/shared/contract/edit-request'
import type { NewEdit } from '@restyle/shared/contract/new-edit'
import { RestyleError } from '@restyle/shared/errors'
import { digestOf, idFromKey, newId } from '@restyle/shared/ids'
import { noteRedo, redoneOf } from '@restyle/shared/rows/redos'
import { writeAcceptance } from '@restyle/shared/receipt/acceptance'
import { type BodyPictures, withPictures } from './body-pictures.ts'
import { enqueue } from './enqueue.ts'
import { checkRows } from './check-rows.ts'
import type { Outcome, RowFault } from './outcome.ts'
import { refuseTooMany } from './refuse-too-many.ts'
import { refuseWhenFull } from './refuse-when-full.ts'
import { newEdit, readRowsAs } from './rows.ts'
import type { IntakeTools } from './tools.ts'

/** An edit that a producer asks for; `edit` has not been read yet. */
export type EditIntake = {
  producer: string
  edit: unknown
  /** Those that came in its body. */
  pictures?: BodyPictures
  idempotencyKey: string | undefined
  /** The edit whose picture it makes once more. */
  redoOf?: Edit
  /** Asked of a request that did not come before. Throws to refuse it. */
  check?: () => Promise<void>
  /** The key was made for this request: nothing can be known under it. */
  isFirst?: boolean
  traceparent?: string
  /** Called with the id before anything is written that may lead to an edit, even if a later step fails. Throws to prevent it. */
  onPromise?: (id: string) => void
}

/**
 * Takes one edit: checks it, looks whether the ledger takes anything now, writes what is promised into the bucket, accepts
 * it in the ledger and wakes its hand. From the promise on the edit comes, even if the caller hears of a failure. The id
 * follows from the Idempotency-Key, so a repeat after a crash completes what the first began.
 */
export async function acceptEdit(
  tools: IntakeTools,
  {
    producer,
    edit: raw,
    pictures,
    idempotencyKey,
    redoOf,
    check = async () => {},
    isFirst = idempotencyKey === undefined,
    onPromise = () => {},
    ...trace
  }: EditIntake,
): Promise<Outcome<{ edit: Edit }>> {
  const { ledger, store, sources, promises } = tools
  await pictures?.check()
  const read = await readRowsAs(SingleEditRequest, [raw], pictures)
  const [row] = read.fit
  if (row === undefined) return { kind: 'refused', faults: read.misshapen }

  const id = idempotencyKey === undefined ? newId('edit') : idFromKey('edit', producer, idempotencyKey)
  const { priority, ...request } = row.request
  const edit: NewEdit = {
    ...newEdit({ ...row, request }, { id, producer, batch: '', ...trace }),
    ...(priority === undefined ? {} : { priority }),
    ...(redoOf === undefined ? {} : asRedo(redoOf, row.bodyHash)),
  }
  const known = isFirst ? undefined : await ledger.read(id)
  let warnings: RowFault[] = []
  // a repeat gets the first answer again, even if the edit would be refused now
  if (known === undefined) {
    const checked = await checkRows(withPictures(tools, pictures), producer, read)
    if (checked.kind !== 'fine') return checked
    warnings = checked.warnings
    await check()
    await refuseTooMany(tools, producer, 1)
    await Promise.all([refuseWhenFull(tools, 1), ledger.takesWrites()])
    await pictures?.store(producer, [row], sources)
  }
  onPromise(id)
  const note = async (): Promise<void> => {
    if (redoOf !== undefined) await noteRedo(store, redoOf, id)
  }
  if (isFirst) {
    await note()
    await promises(edit)
  } else if (
    known === undefined &&
    (await writeAcceptance(store, id, { v: 1, edits: [edit] }, tools.now())) === 'conflict'
  )
    return { kind: 'conflict', id }

  const [accepted] = await enqueue(tools.ledger, [edit])
  if (accepted === 'conflict') return { kind: 'conflict', id }
  // under a key that came before it may be the redo of another edit; a repeat notes it if this does not
  if (!isFirst) await note()
  const stored = await ledger.read(id)
  if (stored === undefined) throw new RestyleError('EditGone', 'an accepted edit is gone', { edit: id })
  return accepted === 'known'
    ? { kind: 'replayed', edit: stored }
    : { kind: 'accepted', edit: stored, warnings }
}

/** The same request for another edit is another request. */
function asRedo(edit: Edit, bodyHash: string): Pick<NewEdit, 'bodyHash'> & { redoOf: string } {
  const redoOf = redoneOf(edit)
  return { redoOf, bodyHash: digestOf({ redoOf, bodyHash }) }
}
