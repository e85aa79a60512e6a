import { outageOf } from '@restyle/shared/redis/outage'
import { sleep } from '@restyle/shared/sleep'
import type { HandContext } from './hand/step.ts'

/** Something that is done again and again besides the edits. `limitMs`: what takes longer is worth a line. */
export type Duty = { name: string; everyMs: number; limitMs?: number; work: () => Promise<unknown> }

/**
 * Does a duty until the worker stops. Each has a loop of its own: one that fails, or hangs on a bucket that does not
 * answer, keeps no other from its turn.
 */
export async function runDuty(duty: Duty, { log, stopping }: HandContext): Promise<void> {
  const { name, everyMs, limitMs = 60_000, work } = duty
  while (!stopping.aborted) {
    const late = setTimeout(
      () => log.warn({ duty: name, limitMs }, 'duty takes long, the others go on'),
      limitMs,
    )
    try {
      await work()
    } catch (error) {
      // what a stop interrupts, another worker starts again; the connection itself logs once that Redis is away
      if (!stopping.aborted && outageOf(error) === undefined)
        log.warn({ duty: name, err: error }, 'duty failed and will be tried again')
    } finally {
      clearTimeout(late)
    }
    await sleep(everyMs, stopping)
  }
}
