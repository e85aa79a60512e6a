import type { Batch } from '@restyle/shared/contract/batch'
import { viewOfForecast } from '@restyle/shared/forecast/forecast-view'
import { type Outlook, outlookOf } from '@restyle/shared/forecast/outlook'
import type { Forecasts } from '@restyle/shared/forecasts'
import type { Log } from '@restyle/shared/log'
import type { RequestFault } from '../http/problem.ts'

const said: Readonly<Record<Exclude<Outlook, 'met'>, string>> = {
  open: 'It may be done only after that.',
  missed: 'It is not expected to be done by then.',
  unknown: 'Nobody knows whether it will be done by then.',
}

/** A warning where a batch that was accepted is not expected to be done in time. It is accepted all the same. */
export async function warnOfFinish(
  batch: Batch,
  { forecasts, log }: { forecasts: Pick<Forecasts, 'ofBatch'>; log: Log },
): Promise<RequestFault[]> {
  const { finishBy } = batch
  if (finishBy === undefined) return []
  try {
    const told = await forecasts.ofBatch(batch)
    if (told === undefined) return []
    const outlook = outlookOf(told, finishBy)
    if (outlook === 'met') return []
    const view = viewOfForecast(told, batch.window)
    const end =
      view.kind === 'range' ? `It is expected from ${view.end.from} to ${view.end.to}.` : view.detail
    return [{ pointer: '/finishBy', detail: `${said[outlook]} ${end}` }]
  } catch (err) {
    // it is accepted: that must not look like a failure
    log.debug({ err, batch: batch.id }, 'forecast was left out')
    return []
  }
}
