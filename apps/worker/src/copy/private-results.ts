import type { Edit } from '@restyle/shared/contract/edit'
import { laneOfSubmit } from '@restyle/shared/lane-id'
import type { HandContext } from '../hand/step.ts'

/*
 * A resolver or a proxy that gives inner addresses for every name makes our own rule refuse every image of a lane, while
 * its API works: all of them would be paid for and lost. A few such edits in a row pause the lane, until an image comes.
 * One edit does not, however many images it has: they are refused until their addresses die, and would stop all others.
 */

/** What this process has seen of each lane's result addresses. */
export type PrivateResults = {
  /** An image was refused for its private address, as `said`; `hint` says what to change. */
  refused(edit: Edit, said: string, hint: string | undefined, tools: PauseTools): Promise<void>
  /** An image came. */
  came(edit: Edit, tools: PauseTools): Promise<void>
}

type PauseTools = Pick<HandContext, 'ledger' | 'log'>

const editsToPause = 3
const code = 'PrivateAddress'

/** Longer than an image waits for its next try, so that the pause lasts as long as its reason. */
const pauseMs = 120_000
const hourMs = 3600_000

export function openPrivateResults(): PrivateResults {
  const refusedOf = new Map<string, Set<string>>()
  return {
    refused: async (edit, said, hint, { ledger, log }) => {
      const lane = laneOfSubmit(edit)
      const edits = refusedOf.get(lane) ?? new Set<string>()
      refusedOf.set(lane, edits)
      if (edits.size < editsToPause) edits.add(edit.id)
      if (edits.size < editsToPause) return
      await ledger.lanes.keepPaused(lane, { code, message: hint ?? said, since: Date.now() }, pauseMs)
      if (await ledger.turn(`alarm:private:${lane}`, hourMs))
        log.error(
          { lane, said, hint },
          'lane paused: its result addresses are private, and every image would be lost',
        )
    },
    came: async (edit, { ledger, log }) => {
      const lane = laneOfSubmit(edit)
      const edits = refusedOf.get(lane)
      refusedOf.delete(lane)
      if ((edits?.size ?? 0) < editsToPause || (await ledger.lanes.pausedBy(lane))?.code !== code) return
      await ledger.lanes.resume(lane)
      log.info({ lane }, 'result addresses of the lane are public again, it goes on')
    },
  }
}
