import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import { outageOf } from '@restyle/shared/redis/outage'
import { sleep } from '@restyle/shared/sleep'
import { nextTick } from './cron.ts'
import { wakeTime } from './decide.ts'

type WatchTools = { ledger: Pick<Ledger, 'listProducers' | 'now' | 'schedules' | 'turn'>; log: Log }

/** A tick without an outcome for so long is an alarm. */
export const lateMs = 5 * 60_000

/**
 * Looks again and again whether a schedule has stopped: a tick of it is over and nobody has decided it. A person is called, and it
 * is looked at again. One process does it for all.
 */
export async function watchSchedules(
  tools: WatchTools,
  everyMs: number,
  stopping: AbortSignal,
): Promise<void> {
  while (!stopping.aborted) {
    await sleep(everyMs, stopping)
    if (stopping.aborted) return
    try {
      if (await tools.ledger.turn('schedules', Math.max(10, everyMs - 50))) await watchOnce(tools, stopping)
    } catch (error) {
      if (outageOf(error) === undefined) tools.log.warn({ err: error }, 'schedules could not be watched')
    }
  }
}

/** Gives how many had stopped. */
export async function watchOnce({ ledger, log }: WatchTools, stopping?: AbortSignal): Promise<number> {
  let stopped = 0
  const now = await ledger.now()
  for (const producer of await ledger.listProducers())
    for (const name of await ledger.schedules.list(producer)) {
      if (stopping?.aborted) return stopped
      const id = { producer, name }
      const read = await ledger.schedules.read(id).catch((error: unknown) => {
        if (outageOf(error) !== undefined) throw error
        return undefined
      })
      if (read === undefined) continue
      const { schedule } = read
      const tick = nextTick(schedule.spec, schedule.last)
      if (now - tick < lateMs) {
        // one that is in no list is looked at by nobody
        await ledger.schedules.remind(id, wakeTime(schedule, now))
        continue
      }
      stopped += 1
      if (await ledger.turn(`alarm:schedule:${producer}:${name}`, 3600_000))
        log.error(
          { producer, schedule: name, tick: new Date(tick) },
          'tick of a schedule has had no outcome for minutes',
        )
      await ledger.schedules.remind(id, now)
    }
  return stopped
}
