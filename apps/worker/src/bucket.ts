import { StoreError } from '@restyle/shared/store/store-error'
import type { Edit } from '@restyle/shared/contract/edit'
import { type Ended, writeEnded } from '@restyle/shared/receipt/receipt'
import type { Store } from '@restyle/shared/store/store'
import type { HandContext } from './step.ts'

/** How long a bucket that refused us is left alone before one edit tries again. */
const pauseMs = 15_000

/**
 * Pauses the bucket if the error says that a person must look (no access, no bucket, a bad key): no edit fails for it,
 * nothing new is submitted, and what is rendered waits. Returns whether it did.
 */
export async function pauseBucket(error: unknown, { ledger, log }: HandContext): Promise<boolean> {
  if (!(error instanceof StoreError) || error.kind !== 'bucket') return false
  const paused = await ledger.lanes.pause(
    'bucket',
    { code: error.code, message: error.message, since: Date.now() },
    pauseMs,
  )
  if (paused === 'paused')
    log.error(
      { code: error.code, doing: error.message, said: error.said },
      'bucket paused: it refused us and a person must look',
    )
  return true
}

/** Remembers in the bucket how an edit ended that left nothing else there. Only a rebuild reads it: the end does not wait for it. */
export async function noteEnded(
  { store, log }: Pick<HandContext, 'log'> & { store: Store },
  edit: Edit,
  ended: Ended,
): Promise<void> {
  await writeEnded(store, edit, ended).catch((error: unknown) =>
    log.debug({ editId: edit.id, err: error }, 'end could not be written to the bucket'),
  )
}
