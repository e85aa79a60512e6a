import { endStates } from '@restyle/client/edits'
import type { Batch } from '@restyle/client/types'
import { moneyText } from '@restyle/dashscope/money'
import { durationText } from '@restyle/shared/duration-text'

const BAR = { least: 10, most: 30 }

/** How many edits of a batch have ended. */
export const endedOf = (batch: Batch): number =>
  endStates.reduce((sum, state) => sum + batch.counts[state], 0)

/** The parts of the line, the most important first. `now` is epoch milliseconds. */
export function progressParts(now: number, batch: Batch): string[] {
  const { counts, total, images, cost } = batch
  const done = endedOf(batch)
  const elapsed = Date.parse(batch.completedAt ?? new Date(now).toISOString()) - Date.parse(batch.createdAt)
  const left = done > 0 && done < total ? (elapsed / done) * (total - done) : undefined
  const some = (count: number, word: string) => (count > 0 ? [`${word} ${count}`] : [])
  return [
    `${done}/${total}`,
    ...some(counts.failed, 'failed'),
    ...some(counts.canceled, 'canceled'),
    ...some(counts.review, 'held for review'),
    ...some(counts.submitting + counts.uncertain + counts.running + counts.rendered, 'running'),
    `images ${images}`,
    moneyText({ currency: 'CNY', micros: cost.micros }),
    durationText(elapsed),
    ...(left === undefined ? [] : [`about ${durationText(left)} left`]),
  ]
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
