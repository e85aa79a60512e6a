import type { ForecastView } from '../contract/forecast.ts'
import type { Forecast, UnknownReason } from './forecast.ts'
import { enoughSeen } from './slot-times.ts'

/** Why nobody knows, and what to do about it. */
const why: Readonly<Record<UnknownReason, string>> = {
  'no-lane': 'No worker has a lane for the model.',
  'lane-paused': 'Every lane of the model is paused: nobody knows until one is resumed.',
  'producer-paused': 'The producer stands still: nobody knows until what stops it has ended.',
  'batch-paused': 'The batch stands still: nobody knows until what stops it has ended.',
  'nothing-ends': 'Tasks run, and none has ended for a long time: nobody knows until one does.',
  'too-far': 'It is more than a year away.',
}

/** A forecast with its sentence; times as ISO text. */
export function viewOfForecast(told: Forecast): ForecastView {
  switch (told.kind) {
    case 'range': {
      const { begin, end, tasks, imagesPerHour } = told
      return {
        kind: 'range',
        begin: { from: iso(begin.from), to: iso(begin.to) },
        end: { from: iso(end.from), to: iso(end.to) },
        tasksSeen: tasks,
        imagesPerHour,
        detail:
          tasks === 0
            ? 'No task was seen yet: reckoned from the one to two minutes that a task takes as a rule.'
            : `Reckoned from ${tasks === 1 ? 'one task' : `${tasks} tasks`}${tasks < enoughSeen ? ', which are few' : ''}.`,
      }
    }
    case 'stops':
      return {
        kind: 'stops',
        afterRows: told.rows,
        detail: `It stops after ${told.rows} rows: what is left of the budget pays for no more.`,
      }
    case 'unknown':
      return { kind: 'unknown', reason: told.reason, detail: why[told.reason] }
  }
}

const iso = (epoch: number): string => new Date(epoch).toISOString()
