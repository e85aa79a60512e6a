import { outageOf } from '@restyle/shared/redis/outage'
import { sleep } from '@restyle/shared/sleep'
import type { Pulse } from './hand/pulse.ts'
import type { HandContext } from './hand/step.ts'

/** Something that is done again and again besides the edits. `limitMs`: for how long it may show no progress. */
export type Duty = {
  name: string
  everyMs: number
  limitMs?: number
  work: (pulse: Pulse) => Promise<unknown>
}

/**
 * Does a duty until the worker stops. Each has a loop of its own: one that fails keeps no other from its turn. One that
 * hangs, on a bucket or a Redis that does not answer, is given up at its limit and begun anew; a person hears of it
 * once, until it ends well again.
 */
export async function runDuty(duty: Duty, context: Pick<HandContext, 'log' | 'stopping'>): Promise<void> {
  const { log, stopping } = context
  const { name, everyMs, limitMs = 60_000 } = duty
  let hangs = false
  while (!stopping.aborted) {
    const outcome = await takeTurn(duty, limitMs, context)
    if (outcome === 'late' && !hangs)
      log.error({ duty: name, limitMs }, 'duty hangs: it was given up and is begun anew')
    if (outcome === 'done' && hangs) log.info({ duty: name }, 'duty ends again')
    if (outcome !== 'failed') hangs = outcome === 'late'
    await sleep(everyMs, stopping)
  }
}

/** Once; `late` where it showed no progress for `limitMs`. What it does afterwards is not heard. */
async function takeTurn(
  { name, work }: Duty,
  limitMs: number,
  { log, stopping }: Pick<HandContext, 'log' | 'stopping'>,
): Promise<'done' | 'failed' | 'late'> {
  const over = new AbortController()
  const late = Promise.withResolvers<'late'>()
  const giveUp = (): void => {
    over.abort()
    late.resolve('late')
  }
  let timer = setTimeout(giveUp, limitMs)
  const beat = (): void => {
    clearTimeout(timer)
    if (!over.signal.aborted) timer = setTimeout(giveUp, limitMs)
  }
  const stop = (): void => over.abort()
  stopping.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([work({ signal: over.signal, beat }).then(() => 'done' as const), late.promise])
  } catch (error) {
    // what a stop interrupts, another worker starts again; the connection itself logs once that Redis is away
    if (!stopping.aborted && outageOf(error) === undefined)
      log.warn({ duty: name, err: error }, 'duty failed and will be tried again')
    return 'failed'
  } finally {
    over.abort()
    clearTimeout(timer)
    stopping.removeEventListener('abort', stop)
  }
}
