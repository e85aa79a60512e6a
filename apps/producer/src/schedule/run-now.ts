import { hash } from 'node:crypto'
import type { ScheduleRun } from '@restyle/shared/contract/schedule'
import type { ScheduleId } from '@restyle/shared/ledger/schedules'
import { decide, type TendTools, update } from './tend.ts'

/**
 * Runs a schedule now, through the same gate as its ticks: it may be skipped or wait. The same key is the same run. Undefined
 * where there is no such schedule.
 */
export async function runNow(
  id: ScheduleId,
  key: string,
  tools: Pick<TendTools, 'ledger' | 'store' | 'failpoint'>,
): Promise<ScheduleRun | undefined> {
  const run = `run-${hash('sha256', key).slice(0, 24)}`
  const { schedules } = tools.ledger
  const known = await schedules.run(id, run)
  if (known !== undefined) return known
  await update(id, tools, async (schedule, now) => {
    // somebody sends the same at this moment
    if ((await schedules.run(id, run)) !== undefined) return undefined
    return decide({ schedule, entries: [] }, { id: run, tick: now, asked: true }, now, tools)
  })
  return schedules.run(id, run)
}
