import { outlookOf } from '@restyle/shared/forecast/outlook'
import { openForecasts } from '@restyle/shared/forecasts'
import type { HandContext } from './hand/step.ts'
import type { Pulse } from './hand/pulse.ts'
import { turnMs } from './sweep.ts'

/** So many at a time: a forecast costs some 20 ms. The next turn goes on with the others. */
const slice = 200

/**
 * Looks, once a minute as a rule, whether batches will be done by the time that was asked for, and tells of those that are expected later.
 * One whose end nobody knows is late when its time is over.
 */
export function finishWatch({ ledger, log }: HandContext, everyMs = 60_000) {
  const forecasts = openForecasts({ ledger, now: Date.now })
  let passed = 0
  return async ({ signal, beat }: Pulse): Promise<void> => {
    if (!(await ledger.turn('finish', turnMs(everyMs)))) return
    const ids = await ledger.withFinishBy(passed, slice)
    for (const id of ids) {
      if (signal.aborted) return
      beat()
      if ((await look(id)) !== 'over') passed += 1
    }
    if (ids.length < slice) passed = 0
  }

  async function look(id: string): Promise<'told' | 'same' | 'over'> {
    const batch = await ledger.readBatch(id)
    const now = Date.now()
    const { finishBy } = batch ?? {}
    if (batch === undefined || finishBy === undefined)
      return ledger.tellLate(id, false, { from: now, to: now })
    const told = await forecasts.ofBatch(batch)
    const end = told?.kind === 'range' ? told.end : { from: now, to: now }
    const outlook = told === undefined ? 'unknown' : outlookOf(told, finishBy)
    const isOver = now > finishBy
    // between the two it stays as it was
    if (outlook === 'open' && !isOver) return 'same'
    const late = outlook === 'missed' || isOver
    if (!late && outlook === 'unknown') return 'same'
    const answer = await ledger.tellLate(id, late, end)
    if (answer === 'told')
      log.warn({ batch: id, finishBy, end }, 'batch is expected later than it should be done')
    return answer
  }
}
