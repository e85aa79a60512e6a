import type { Batch } from '@restyle/client/types'
import { useState } from 'react'
import { api } from '../app/api.ts'
import { counted, money } from '../app/format.ts'
import { useRefusal } from '../app/session.tsx'
import { useNoteBatch } from '../app/use-batch.ts'
import { useBatchName } from './batch-name.tsx'
import { Modal } from './modal.tsx'
import { useToasts } from './toasts.tsx'

export const isPaused = ({ stops = [] }: Batch): boolean => stops.some(({ reason }) => reason === 'person')
/** Edits that have not been admitted: what a cancel ends. */
const waiting = ({ counts }: Batch): number => counts.queued
const underWay = ({ counts }: Batch): number =>
  counts.submitting + counts.running + counts.rendered + counts.uncertain + counts.review

/** Pauses, resumes and cancels batches: at once with an undo, or after a question where nothing undoes it. */
export function useBatchActions() {
  const note = useNoteBatch()
  const nameOf = useBatchName()
  const { say, failed } = useToasts()
  const refusal = useRefusal('edits:write')
  const [canceling, setCanceling] = useState<Batch | undefined>()

  async function set(batch: Batch, paused: boolean, undo: boolean): Promise<void> {
    try {
      note(await (paused ? api.batches.pause(batch.id) : api.batches.resume(batch.id)))
      const said = `${nameOf(batch)} ${paused ? 'is paused: what was admitted goes on' : 'goes on'}.`
      say(undo ? said : `${said} That was undone.`, undo ? () => void set(batch, !paused, false) : undefined)
    } catch (error) {
      failed(error)
    }
  }
  return {
    refusal,
    toggle: (batch: Batch) => {
      if (refusal === undefined && batch.completedAt === undefined) void set(batch, !isPaused(batch), true)
      else if (refusal !== undefined) say(refusal)
    },
    askCancel: (batch: Batch) => {
      if (refusal === undefined && batch.completedAt === undefined) setCanceling(batch)
      else if (refusal !== undefined) say(refusal)
    },
    dialog: (
      <CancelDialog
        batch={canceling}
        close={() => setCanceling(undefined)}
        cancel={async (batch) => {
          setCanceling(undefined)
          try {
            const { detail, batch: after } = await api.batches.cancel(batch.id)
            note(after)
            say(detail)
          } catch (error) {
            failed(error)
          }
        }}
      />
    ),
  }
}

function CancelDialog({
  batch,
  close,
  cancel,
}: {
  batch: Batch | undefined
  close: () => void
  cancel: (batch: Batch) => Promise<void>
}) {
  const nameOf = useBatchName()
  return (
    <Modal
      open={batch !== undefined}
      title={`Cancel ${batch === undefined ? '' : nameOf(batch)}?`}
      close={close}
    >
      {batch === undefined ? null : (
        <>
          <p>
            {counted(waiting(batch), 'queued edit')} will end and cost nothing.{' '}
            {counted(underWay(batch), 'edit')} under way cannot be taken back: at most{' '}
            {money(batch.cost.reservedMicros, batch.cost.currency)} is still to be paid for{' '}
            {underWay(batch) === 1 ? 'it' : 'them'}, and what comes of it is stored.
          </p>
          <p>
            {money(batch.cost.micros, batch.cost.currency)} was spent so far. A cancel cannot be undone: what
            is missing can be sent as another batch.
          </p>
          <div className="modal-foot">
            <button type="button" onClick={close}>
              Keep it
            </button>
            <button type="button" className="danger" onClick={() => void cancel(batch)}>
              Cancel the batch
            </button>
          </div>
        </>
      )}
    </Modal>
  )
}
