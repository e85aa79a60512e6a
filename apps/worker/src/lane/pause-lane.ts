import type { HandContext } from '../step.ts'
import type { Lane } from './lane.ts'

/** After this a single edit tries again, so that a lane goes on by itself once the account is in order. */
const pauseMs = 60_000

/** Pauses a lane whose account or key was refused: a person must look, and no edit fails for it. */
export async function pauseLane(
  lane: Lane,
  { code, message }: { code: string; message: string },
  { ledger, log }: HandContext,
): Promise<void> {
  const paused = await ledger.lanes.pause(lane.name, { code, message, since: Date.now() }, pauseMs)
  if (paused === 'paused')
    log.error({ lane: lane.name, code, message }, 'lane paused for a minute: the account needs a person')
}
