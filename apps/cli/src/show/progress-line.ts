import { endStates } from '@restyle/client/edits'
import type { Batch, Forecast } from '@restyle/client/types'
import { moneyText } from '@restyle/dashscope/money'
import { durationText } from '@restyle/shared/duration-text'
import { leftText } from './when-text.ts'

const BAR = { least: 10, most: 30 }

/** How many edits of a batch have ended. */
export const endedOf = (batch: Pick<Batch, 'counts'>): number =>
  endStates.reduce((sum, state) => sum + batch.counts[state], 0)

/** The parts of the line, the most important first. `now` is epoch milliseconds. */
export function progressParts(now: number, batch: Batch): string[] {
  const { counts, total, images, cost } = batch
  const done = endedOf(batch)
  const elapsed = Date.parse(batch.completedAt ?? new Date(now).toISOString()) - Date.parse(batch.createdAt)
  const some = (count: number, word: string) => (count > 0 ? [`${word} ${count}`] : [])
  return [
    `${done}/${total}`,
    ...some(counts.failed, 'failed'),
    ...some(counts.canceled, 'canceled'),
    ...some(counts.review, 'held for review'),
    ...leftParts(now, batch, elapsed),
    ...some(counts.submitting + counts.uncertain + counts.running + counts.rendered, 'running'),
    `images ${images}`,
    moneyText({ currency: 'CNY', micros: cost.micros }),
    durationText(elapsed),
  ]
}

/** Why nobody knows when it ends, in few words. */
const stopped: Readonly<Record<Extract<Forecast, { kind: 'unknown' }>['reason'], string>> = {
  'no-lane': 'no lane takes it',
  'lane-paused': 'its lane is paused',
  'producer-paused': 'the producer is paused',
  'batch-paused': 'paused',
  'nothing-ends': 'tasks do not end',
  'too-far': 'more than a year left',
}

/** It waits for these and goes on by itself: a forecast counts them in. */
const goesOn: readonly string[] = ['own-edits', 'slots', 'lookup', 'review', 'rows', 'stopped']

/** How long it goes on, as the producer says; where that one is older and says nothing, by the rate so far. */
function leftParts(
  now: number,
  { forecast, total, completedAt, waitsFor, ...batch }: Batch,
  elapsed: number,
): string[] {
  const done = endedOf(batch)
  if (completedAt !== undefined || done >= total) return []
  // whatever was reckoned: nothing of it goes before this has ended
  if (waitsFor !== undefined && forecast?.kind !== 'unknown' && !goesOn.includes(waitsFor.code))
    return ['stands still']
  if (forecast === undefined)
    return done === 0 ? [] : [`about ${durationText((elapsed / done) * (total - done))} left`]
  switch (forecast.kind) {
    case 'range':
      return [`${leftText(Date.parse(forecast.end.from) - now, Date.parse(forecast.end.to) - now)} left`]
    case 'stops':
      return [forecast.afterRows === 0 ? 'stopped: its money is spent' : `stops after ${forecast.afterRows}`]
    case 'unknown':
      return [`stopped: ${stopped[forecast.reason]}`]
  }
}

/** One line no wider than `width`: parts that do not fit are left out from the end, and the bar takes the rest of the width. */
export function progressLine(now: number, batch: Batch, width: number): string {
  let text = ''
  for (const part of progressParts(now, batch)) {
    const longer = text === '' ? part : `${text}  ${part}`
    if (longer.length > width) break
    text = longer
  }
  const room = Math.min(BAR.most, width - text.length - 1)
  if (room < BAR.least) return text
  const filled = batch.total === 0 ? room : Math.floor((endedOf(batch) / batch.total) * room)
  return `${'█'.repeat(filled)}${'░'.repeat(room - filled)} ${text}`
}
