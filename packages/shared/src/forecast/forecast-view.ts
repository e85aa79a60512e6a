import type { ForecastView } from '../contract/forecast.ts'
import type { Forecast, UnknownReason } from './forecast.ts'
import { type Hours, textOfHours } from '../zone/window.ts'
import { enoughSeen } from './slot-times.ts'
import type { MoneyPause, Purse } from './spend.ts'

/** Why nobody knows, and what to do about it. */
const why: Readonly<Record<UnknownReason, string>> = {
  'no-lane': 'No worker has a lane for the model.',
  'lane-paused': 'Every lane of the model is paused: nobody knows until one is resumed.',
  'producer-paused': 'The producer stands still: nobody knows until what stops it has ended.',
  'batch-paused': 'The batch stands still: nobody knows until what stops it has ended.',
  'nothing-ends': 'Tasks run, and none has ended for a long time: nobody knows until one does.',
  'too-far': 'It is more than a year away.',
}

/** What spends its money, and how rows go on. */
const spent: Readonly<Record<Purse['of'], string>> = {
  budget: 'the budget of the batch pays for no more. It goes on when the budget is raised.',
  total: 'the cap of the producer pays for no more. It goes on when the cap is raised.',
  day: 'the cap of the producer for a day pays for no more. It goes on when the cap is raised.',
  currency:
    'a lane bills in a currency in which nothing is set. It goes on when a cap or a budget is set in it.',
}

/** A forecast with its sentence; times as ISO text. `window`: the hours that it was made with. */
export function viewOfForecast(told: Forecast, window?: Hours): ForecastView {
  switch (told.kind) {
    case 'range': {
      const { begin, end, tasks, imagesPerHour, pause } = told
      return {
        kind: 'range',
        begin: { from: iso(begin.from), to: iso(begin.to) },
        end: { from: iso(end.from), to: iso(end.to) },
        tasksSeen: tasks,
        imagesPerHour,
        ...(pause && { pause: viewOfPause(pause) }),
        detail: [
          tasks === 0
            ? 'No task was seen yet: reckoned from the one to two minutes that a task takes as a rule.'
            : `Reckoned from ${tasks === 1 ? 'one task' : `${tasks} tasks`}${tasks < enoughSeen ? ', which are few' : ''}.`,
          ...(window === undefined ? [] : [`Rows are submitted ${textOfHours(window)} only.`]),
        ].join(' '),
      }
    }
    case 'stops': {
      const at = told.at === undefined ? undefined : iso(told.at)
      const when = at === undefined ? '' : `, at about ${at}`
      return {
        kind: 'stops',
        afterRows: told.rows,
        ofRows: told.of,
        ...(at === undefined ? {} : { at }),
        by: told.purse,
        detail: `It stops after ${told.rows} of ${told.of} rows${when}: ${spent[told.purse]}`,
      }
    }
    case 'unknown':
      return { kind: 'unknown', reason: told.reason, detail: why[told.reason] }
  }
}

function viewOfPause({ rows, of, ...pause }: MoneyPause & { of: number }) {
  const [at, until] = [iso(pause.at), iso(pause.until)]
  const detail = `It stops after ${rows} of ${of} rows, at about ${at}: the cap of the producer for a day is reached. It goes on by itself at ${until}.`
  return { afterRows: rows, ofRows: of, at, until, detail }
}

const iso = (epoch: number): string => new Date(Math.round(epoch)).toISOString()
