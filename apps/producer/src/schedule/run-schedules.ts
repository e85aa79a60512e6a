import type { LiveRun } from '@restyle/shared/contract/schedule'
import type { ScheduleId } from '@restyle/shared/ledger/schedules'
import { RestyleError } from '@restyle/shared/errors'
import { outageOf } from '@restyle/shared/redis/outage'
import { sleep } from '@restyle/shared/sleep'
import { StoreError } from '@restyle/shared/store/store-error'
import { planRun, type PlanTools } from './plan-run.ts'
import { tend } from './tend.ts'
import { watchSchedules } from './watch-schedules.ts'

/** How often to look whether a schedule is due, and whether one has stopped (ms). */
export type SchedulePace = { everyMs: number; watchMs: number }

/** One that cannot be looked after keeps no other from its turn. */
const againMs = 10_000

/** Schedules that are looked at in one go, and runs that one process plans at a time. */
const [atOnce, plansAtOnce] = [50, 2]

/**
 * Looks at schedules when it is time for them. Any number of processes do so: what one saves, the others find. Stops with the
 * signal; what was being planned then, another begins anew.
 */
export async function runSchedules(
  tools: PlanTools & Parameters<typeof watchSchedules>[0],
  { everyMs, watchMs }: SchedulePace,
  stopping: AbortSignal,
): Promise<void> {
  const planning = new Set<Promise<void>>()
  const plan = (id: ScheduleId, run: LiveRun): void => {
    const planned = planRun(id, run, tools, stopping)
      .catch((error: unknown) => tell(error, id))
      .finally(() => planning.delete(planned))
    planning.add(planned)
  }
  const tell = (error: unknown, { producer, name }: ScheduleId): void => {
    // whose own watch tells that they are away
    if (stopping.aborted || isAway(error)) return
    tools.log.warn(
      { producer, schedule: name, err: error },
      'schedule could not be looked after, and is tried again',
    )
  }
  const look = async (): Promise<void> => {
    const { ledger } = tools
    const now = await ledger.now()
    for (const id of await ledger.schedules.overdue(now, atOnce)) {
      if (stopping.aborted) return
      const mine = await tend(id, tools, plansAtOnce - planning.size).catch(async (error: unknown) => {
        tell(error, id)
        await ledger.schedules.postpone(id, now + againMs)
        return []
      })
      for (const run of mine) plan(id, run)
    }
  }
  const watching = watchSchedules(tools, watchMs, stopping)
  while (!stopping.aborted) {
    await look().catch((error: unknown) => tell(error, { producer: '', name: '' }))
    await sleep(everyMs, stopping)
  }
  await Promise.all([watching, ...planning])
}

/** Redis, or the bucket, or the room that the producer has: it may be there in a moment. */
const isAway = (error: unknown): boolean =>
  outageOf(error) !== undefined ||
  error instanceof StoreError ||
  (error instanceof RestyleError && (error.code === 'BucketClosed' || error.code === 'TooManyOpen'))
