import type { Edit } from '@restyle/shared/contract/edit'
import { type EditState, isTerminal } from '@restyle/shared/contract/edit-state'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import type { Queues } from '@restyle/shared/queues'
import { writeCancelOrder } from '@restyle/shared/receipt/cancel-order'
import { readEdit, type ReadTools } from '@restyle/shared/rows/read-edits'
import type { Store } from '@restyle/shared/store/store'
import { withTimeout } from '@restyle/shared/with-timeout'

export type CancelTools = ReadTools & {
  ledger: Pick<Ledger, 'cancelEdit' | 'takesWrites'>
  store: Store
  queues: Pick<Queues, 'hurry'>
  log: Log
}

/**
 * What a cancel came to. `canceled`: it has ended, now or before. `canceling`: it was admitted, and `detail` says what
 * follows. `ended`: it had ended in another way.
 */
export type Canceled = { outcome: 'canceled' | 'canceling' | 'ended'; detail: string; edit: Edit }

const hurryPatienceMs = 2_000

/**
 * Cancels an edit. The bucket hears of it first, so that a ledger that loses data cannot submit it again. An edit that was
 * admitted is not taken back: its task is canceled if it has not begun, and goes on otherwise.
 */
export async function cancelEdit(edit: Edit, tools: CancelTools): Promise<Canceled> {
  const { ledger, store, queues, log } = tools
  if (isTerminal(edit.state)) return outcomeOf(edit)
  // not of an order that the ledger will not take
  await ledger.takesWrites()
  await writeCancelOrder(store, 'edit', edit.id, Date.now())
  const canceled = await ledger.cancelEdit(edit.id)
  const now = (await readEdit(edit.id, tools)) ?? edit
  log.info({ editId: edit.id, state: now.state, canceled }, 'edit canceled by its producer')
  try {
    if (canceled === 'asked') await withTimeout(hurryPatienceMs, queues.hurry(now))
  } catch (error) {
    log.debug({ editId: edit.id, err: error }, 'next step comes at its time')
  }
  return outcomeOf(now)
}

function outcomeOf(edit: Edit): Canceled {
  const outcome = !isTerminal(edit.state) ? 'canceling' : edit.state === 'canceled' ? 'canceled' : 'ended'
  return { outcome, detail: details[edit.state], edit }
}

const goesOn =
  'If it has a task that has not begun, that is canceled; one that runs goes on, and its images are paid for and stored.'

const details: Readonly<Record<EditState, string>> = {
  queued: 'It is canceled as soon as it is back in the backlog.',
  submitting: `Its submit is under way. It is not submitted again. ${goesOn}`,
  uncertain: `Nobody knows yet what became of its submit. It is not submitted again. ${goesOn}`,
  review:
    'It is held for a person. Resubmitting it ends it as canceled; a task that is adopted goes on, and its images are stored.',
  running: goesOn,
  rendered: 'Its images are paid for already, and are stored.',
  succeeded: 'It had succeeded before. Nothing was changed.',
  failed: 'It had failed before. Nothing was changed.',
  canceled: 'It has ended, and is not submitted.',
}
