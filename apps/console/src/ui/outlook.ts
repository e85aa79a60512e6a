import type { Batch } from '@restyle/client/types'
import { moment } from '../app/format.ts'

/** When a batch is done, in a few words, and why. `late`: it will not be done when it should be. */
export type Outlook = { words: string; why: string; late: boolean }

/** What is known of a batch's end. `now`: epoch ms; `zone`: as `moment` takes it. */
export function outlookOf(
  { completedAt, canceledAt, forecast, waitsFor, finishBy }: Batch,
  now: number,
  zone = '',
): Outlook {
  const at = (time: string) => moment(time, now, zone)
  const end = forecast?.kind === 'range' ? forecast.end : undefined
  const due = finishBy === undefined ? '' : ` It should be done ${at(finishBy)}.`
  if (completedAt !== undefined) {
    const late = finishBy !== undefined && completedAt > finishBy
    return {
      words: `${canceledAt === undefined ? 'done' : 'canceled'} ${at(completedAt)}`,
      why: late ? due.trim() : '',
      late,
    }
  }
  const said = [forecast?.detail, waitsFor?.detail].filter((each) => each !== undefined).join(' ')
  const why = withTimes(said, at) + due
  if (forecast === undefined)
    return { words: waitsFor === undefined ? 'not known yet' : 'waits', why, late: false }
  if (forecast.kind === 'stops') return { words: 'stops before its end', why, late: true }
  if (end === undefined) return { words: 'not known', why, late: false }
  const late = finishBy !== undefined && end.to > finishBy
  return { words: rangeWords(end, at), why, late }
}

/** `about 05:40`, `04:55 to 06:30`: between two times. */
export function rangeWords(end: { from: string; to: string }, at: (time: string) => string): string {
  const [from, to] = [at(end.from), at(end.to)]
  return from === to ? `about ${from}` : `${from} to ${to}`
}

/** A text of the API, with the times in it as people read them. */
export const withTimes = (text: string, at: (time: string) => string): string =>
  text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (time) => at(time))
