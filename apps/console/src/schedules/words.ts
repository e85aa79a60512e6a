import type { Schedule, ScheduleRun } from '@restyle/client/types'
import { counted } from '../app/format.ts'

/** What a schedule does now, in one phrase. */
export function stateOf({ pausedAt, running, queued, skipsInRow }: Schedule): string {
  if (pausedAt !== undefined) return 'paused'
  if (running.length > 0) return queued === undefined ? 'runs' : 'runs, and a tick waits'
  return skipsInRow > 1 ? `waits; ${counted(skipsInRow, 'tick')} skipped in a row` : 'waits for its next tick'
}

const reasons = {
  missed: 'nobody was there',
  paused: 'it was paused',
  edited: 'it was changed',
  overlap: 'the run before it went on',
  'queue-full': 'another tick waited already',
} as const

/** What became of a tick. */
export function outcomeOf({ outcome, reason, detail, ticks, rows }: ScheduleRun): string {
  if (outcome === 'skipped') {
    const why = reason === undefined ? '' : `: ${reasons[reason]}`
    return `${ticks === undefined || ticks === 1 ? 'skipped' : `${ticks} ticks skipped`}${why}`
  }
  if (outcome === 'failed') return `failed: ${detail ?? 'no reason was kept'}`
  if (outcome === 'queued') return 'waits for the run before it'
  if (outcome === 'planning') return 'reads its catalog'
  if (rows === undefined) return 'ran'
  const made = rows.new + rows.changed + rows.failed + (rows.again ?? 0)
  return `ran: ${counted(made, 'row')} enqueued, ${rows.unchanged} unchanged${detail === undefined ? '' : `; ${detail}`}`
}
