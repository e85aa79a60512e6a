import type { Producer } from '@restyle/client/types'
import { counted, moment, money } from '../app/format.ts'
import { dayAfter, dayIn, dayOf, daysApart } from './days.ts'
import type { Row } from './spend.ts'

export type Cap = NonNullable<Producer['caps']>[number]

/** What is known: the days of this producer alone, `now` (epoch ms), and the zone at whose midnight its days begin. */
export type SpendFacts = { rows: readonly Row[]; zone: string; now: number }

/** How fast money goes (micro-currency an hour), and over what that was seen. `days`: today is one of them. */
export type Rate = { perHour: number } & (
  | { over: 'today' }
  | { over: 'yesterday' }
  | { over: 'days'; days: number }
)

/** When a cap is reached, if money goes on as it did. Times in epoch ms, money in micro-currency. */
type CapOutlook =
  | { kind: 'reached'; until?: number }
  /** There is nothing yet that a rate could be taken of. */
  | { kind: 'unknown' }
  /** Nothing was spent: at this rate it is never reached. */
  | { kind: 'idle'; rate: Rate }
  | { kind: 'at'; at: number; rate: Rate }
  /** The day ends before that, with so much spent. */
  | { kind: 'not-today'; spent: number; rate: Rate }
  | { kind: 'far'; rate: Rate }

const hourMs = 3_600_000
/** So much of a day tells how the rest of it goes; without a day before, so much has to do. */
const [enoughMs, leastMs] = [hourMs, hourMs / 4]
const rateDays = 7
const farMs = 366 * 24 * hourMs

/** What may still be billed counts as spent. */
export const usedOf = ({ billedMicros, reservedMicros }: Cap): number => billedMicros + reservedMicros
const spentOf = ({ micros, reservedMicros }: Row): number => micros + reservedMicros

/** How fast money goes today; while the day has just begun, since yesterday. Undefined where there is too little of both. */
export function dayRate(cap: Cap, { rows, zone, now }: SpendFacts): Rate | undefined {
  const { startsAt } = dayOf(zone, now)
  const elapsed = now - startsAt
  const used = usedOf(cap)
  if (elapsed >= enoughMs) return { over: 'today', perHour: perHour(used, elapsed) }
  const yesterday = rows.find(
    ({ name, currency }) => currency === cap.currency && name === dayIn(zone, startsAt - 1),
  )
  if (yesterday !== undefined) {
    const since = dayOf(zone, startsAt - 1).startsAt
    return { over: 'yesterday', perHour: perHour(spentOf(yesterday) + used, now - since) }
  }
  return elapsed < leastMs ? undefined : { over: 'today', perHour: perHour(used, elapsed) }
}

/** How fast money goes in the last days, from the first of them on which some did. Undefined where that has just begun. */
export function daysRate(currency: Cap['currency'], { rows, zone, now }: SpendFacts): Rate | undefined {
  const today = dayIn(zone, now)
  const first = dayAfter(today, 1 - rateDays)
  const own = rows.filter(
    (row) => row.currency === currency && row.name >= first && row.name <= today && spentOf(row) > 0,
  )
  if (own.length === 0) return { over: 'days', days: rateDays, perHour: 0 }
  const since = own.reduce((least, { name }) => (name < least ? name : least), today)
  const before = daysApart(since, today)
  const elapsed = before * 24 * hourMs + now - dayOf(zone, now).startsAt
  if (elapsed < leastMs) return undefined
  const spent = own.reduce((sum, row) => sum + spentOf(row), 0)
  return { over: 'days', days: before + 1, perHour: perHour(spent, elapsed) }
}

const perHour = (micros: number, ms: number): number => (micros / ms) * hourMs

/** The rate that a cap is said to go by: each sentence and each line about it has this one. Undefined: nothing tells it yet. */
export const rateOf = (cap: Cap, facts: SpendFacts): Rate | undefined =>
  cap.per === 'day' ? dayRate(cap, facts) : daysRate(cap.currency, facts)

/** How the line of a rate is called: `At the rate of today`. */
export const rateName = (rate: Rate): string =>
  `At the rate ${rate.over === 'days' && rate.days > 1 ? `of the last ${counted(rate.days, 'day')}` : rate.over === 'yesterday' ? 'since yesterday' : 'of today'}`

/** When a cap is reached. A cap of a day begins anew at the producer's midnight. */
export function capOutlook(cap: Cap, facts: SpendFacts): CapOutlook {
  const { now, zone } = facts
  const isDaily = cap.per === 'day'
  const { endsAt } = dayOf(zone, now)
  if (cap.freeMicros <= 0) return { kind: 'reached', ...(isDaily ? { until: endsAt } : {}) }
  const rate = rateOf(cap, facts)
  if (rate === undefined) return { kind: 'unknown' }
  if (rate.perHour <= 0) return { kind: 'idle', rate }
  const at = now + (cap.freeMicros / rate.perHour) * hourMs
  if (isDaily && at >= endsAt)
    return { kind: 'not-today', spent: usedOf(cap) + (rate.perHour * (endsAt - now)) / hourMs, rate }
  return at > now + farMs ? { kind: 'far', rate } : { kind: 'at', at, rate }
}

/** The same in a sentence, with the times of this person's clock (`zone`, as `moment` takes it). */
export function outlookWords(
  { per, currency, micros }: Cap,
  outlook: CapOutlook,
  now: number,
  zone: string,
): string {
  const at = (time: number) => moment(time, now, zone)
  switch (outlook.kind) {
    case 'reached':
      return outlook.until === undefined
        ? 'It is reached: nothing goes until it is raised.'
        : `It is reached: nothing goes before the day ends, ${at(outlook.until)}.`
    case 'unknown':
      return per === 'day'
        ? 'Not known yet when it is reached: the day has just begun.'
        : 'Not known yet when it is reached.'
    case 'idle':
      return `Nothing was spent ${overWords(outlook.rate)}: at this rate it is not reached${per === 'day' ? ' before the day ends' : ''}.`
    case 'at': {
      const time = at(outlook.at)
      return `${rateWords(outlook.rate, currency)} it is reached about ${/^\d/.test(time) ? `${time} today` : time}.`
    }
    case 'not-today':
      return `Not before the day ends. ${rateWords(outlook.rate, currency)} the day comes to ${rounded(outlook.spent, currency)} of ${money(micros, currency)}.`
    case 'far':
      return `${rateWords(outlook.rate, currency)} it is not reached within a year.`
  }
}

/** `At this rate (¥1.20 an hour today)`. */
function rateWords(rate: Rate, currency: string): string {
  const [each, unit] = rate.over === 'days' ? [rate.perHour * 24, 'a day'] : [rate.perHour, 'an hour']
  return `At this rate (${rounded(each, currency)} ${unit} ${overWords(rate)})`
}

const overWords = (rate: Rate): string =>
  rate.over === 'days'
    ? rate.days === 1
      ? 'today'
      : `in the last ${counted(rate.days, 'day')}`
    : { today: 'today', yesterday: 'since yesterday' }[rate.over]

/** An estimate has no thousandths of a cent, unless it has nothing else. */
const rounded = (micros: number, currency: string): string =>
  money(micros >= 10_000 ? Math.round(micros / 10_000) * 10_000 : Math.round(micros), currency)
