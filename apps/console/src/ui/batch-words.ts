import type { Batch } from '@restyle/client/types'
import { moment } from '../app/format.ts'

/**
 * How a batch is called: its name, else its id. A run of a schedule is named after the schedule and the tick in ISO 8601: the tick is
 * said as people read it. `now`: epoch ms; `zone`: as `moment` takes it.
 */
export const batchName = (
  { id, name, schedule }: Pick<Batch, 'id' | 'name' | 'schedule'>,
  now: number,
  zone: string,
): string =>
  schedule !== undefined && name === `${schedule.name} ${schedule.tick}`
    ? `${schedule.name}, ${moment(schedule.tick, now, zone)}`
    : (name ?? id)
