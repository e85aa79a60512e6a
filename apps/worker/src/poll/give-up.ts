import { urlLivesMs } from '@restyle/dashscope/lifetimes'
import type { Edit, Failure } from '@restyle/shared/contract/edit'
import { endEdit } from '@restyle/shared/end-edit'
import { moveOrReread } from '@restyle/shared/move-or-reread'
import { StoreError } from '@restyle/shared/store/store-error'
import { imagesFound, ownImages, type OwnImage } from '../hand/own-images.ts'
import type { HandContext, Step } from '../hand/step.ts'
import { pauseBucket } from '../lane/pause.ts'

/** How long to wait for a bucket that could not be asked. */
const bucketAgainMs = 60_000

/**
 * Gives up an edit whose task can tell no more. The bucket is asked first: a ledger that went back in time, or met the
 * receipts of an edit it had forgotten, does not know that the images were stored long ago.
 */
export async function giveUp(
  edit: Edit,
  failure: Failure,
  tools: HandContext & { keyTemplate: string },
): Promise<Step> {
  const { ledger, log } = tools
  const facts = { editId: edit.id, taskId: edit.taskId, lane: edit.lane, code: failure.code }
  let found: OwnImage[]
  try {
    found = await ownImages(tools, edit)
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    await pauseBucket(error, tools)
    log.warn({ ...facts, err: error }, 'bucket could not be asked, so the edit is not given up yet')
    return { edit, inMs: bucketAgainMs }
  }
  if (found.length === 0) {
    const ended = await endEdit(edit, { state: 'failed', failure }, tools)
    if (ended.kind === 'moved' && failure.code === 'TaskExpired')
      log.error({ ...facts, said: failure.message }, 'task was given up: what it made is lost')
    return ended
  }
  log.warn({ ...facts, images: found.length }, 'task can tell no more, and its images are in the bucket')
  const billedMicros = Math.max(0, Math.max(...found.map(({ costMicros }) => costMicros)) - edit.billed)
  const now = Date.now()
  const set = { images: imagesFound(found, edit.request.n, failure), renderedAt: now }
  const change = {
    to: 'rendered',
    set,
    stored: found.length,
    billedMicros,
    expiresAt: now + urlLivesMs,
  } as const
  return moveOrReread(edit, change, ledger)
}
