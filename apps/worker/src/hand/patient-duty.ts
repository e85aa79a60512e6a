import { backoffMs } from '@restyle/shared/queues'
import { outageOf } from '@restyle/shared/redis/outage'
import type { Log } from '@restyle/shared/log'
import type { Pulse } from './pulse.ts'

/** What a duty does at each of its turns. While the bucket is away it asks less and less often, and says so once. */
export function patientDuty(
  work: (pulse: Pulse) => Promise<unknown>,
  { log, says }: { log: Log; says: string },
  now: () => number = performance.now.bind(performance),
): (pulse: Pulse) => Promise<void> {
  let failures = 0
  let notBefore = 0
  return async (pulse) => {
    if (now() < notBefore) return
    try {
      await work(pulse)
      failures = 0
    } catch (error) {
      failures += 1
      notBefore = now() + 10 * backoffMs(failures)
      if (outageOf(error) !== undefined) throw error
      if (failures === 1) log.warn({ err: error }, says)
    }
  }
}
