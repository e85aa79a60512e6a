import { StoreError } from '@restyle/shared/store/store-error'
import type { HandContext } from '../hand/step.ts'
import type { Lane } from './lane.ts'

/*
 * Pauses what a person must mend: a lane whose account was refused, or the bucket. A pause fails no edit. It ends by
 * itself, and then a single edit tries again, so that nobody has to resume anything.
 */

export const lanePauseMs = 60_000
const bucketPauseMs = 15_000

type PauseTools = Pick<HandContext, 'ledger' | 'log'>

/** Pauses a lane whose account or key was refused. */
export async function pauseLane(
  lane: Lane,
  { code, message }: { code: string; message: string },
  { ledger, log }: PauseTools,
): Promise<void> {
  const paused = await ledger.lanes.pause(lane.id, { code, message, since: Date.now() }, lanePauseMs)
  if (paused === 'paused')
    log.error(
      { lane: lane.name, laneId: lane.id, code, message },
      'lane paused for a minute: the account needs a person',
    )
}

/**
 * Pauses the bucket if the error says that a person must look at it (no access, no bucket, a bad key): nothing new is
 * submitted, and what is rendered waits. Any other error is left to the caller.
 */
export async function pauseBucket(error: unknown, { ledger, log }: PauseTools): Promise<void> {
  if (!(error instanceof StoreError) || error.kind !== 'bucket') return
  const { code, message } = error
  const paused = await ledger.lanes.pause('bucket', { code, message, since: Date.now() }, bucketPauseMs)
  if (paused === 'paused')
    log.error(
      { code, doing: message, said: error.said },
      'bucket paused: it refused us and a person must look',
    )
}
