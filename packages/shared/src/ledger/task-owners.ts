import type { Edit } from '../contract/edit.ts'
import { laneOfSubmit } from '../lane-id.ts'
import { evenWhenFull } from '../redis/even-when-full.ts'
import { keptTaskSeconds } from './facts.ts'
import type { LedgerContext } from './record.ts'

/** Which edit a task belongs to. */
export type TaskOwners = {
  /** Keeps tasks for an uncertain edit, so that no other takes them for its own. */
  claimTasks(edit: Edit, taskIds: readonly string[]): Promise<void>
  /** Which edit a task belongs to, as far as the ledger knows. */
  ownerOf(lane: string, taskIds: readonly string[]): Promise<(string | undefined)[]>
}

export const openTaskOwners = ({ redis, keys }: LedgerContext): TaskOwners => ({
  claimTasks: async (edit, taskIds) => {
    for (const id of taskIds) {
      const name = keys.task(laneOfSubmit(edit), id)
      await evenWhenFull(redis, 'SET', name, edit.id, 'EX', keptTaskSeconds, 'NX')
    }
  },
  ownerOf: async (lane, taskIds) => {
    if (taskIds.length === 0) return []
    return (await redis.mget(taskIds.map((id) => keys.task(lane, id)))).map((owner) => owner ?? undefined)
  },
})
