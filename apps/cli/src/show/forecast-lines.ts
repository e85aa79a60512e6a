import type { Forecast, ForecastAnswer } from '@restyle/client/types'
import { moneyText } from '@restyle/dashscope/money'
import { countText } from './count-text.ts'
import { clockText, leftText } from './when-text.ts'

/** When it will be done, in a line: `done: 22:10 to 22:50, in 2h00m to 2h40m. Reckoned from 87 tasks.` `now` in epoch ms. */
export function doneLine(told: Forecast, now: number): string {
  if (told.kind === 'unknown') return `done: unknown. ${told.detail}`
  if (paysForNone(told)) return 'done: never. The budget does not even pay for one edit'
  if (told.kind === 'stops') return `done: ${stopText(told, now)}. ${goesOn[told.by]}`
  const [from, to] = [Date.parse(told.end.from), Date.parse(told.end.to)]
  const begins = Date.parse(told.begin.from)
  const later = begins - now > 120_000 ? `, begins not before ${clockText(begins, now)}` : ''
  return `done: ${clockText(from, now)} to ${clockText(to, now)}, in ${leftText(from - now, to - now)}${later}. ${told.detail}`
}

/** Whether the whole budget of a batch is less than one edit costs: no raise can be waited for, it is refused at once. */
export const paysForNone = (told: Forecast): boolean =>
  told.kind === 'stops' && told.by === 'budget' && told.afterRows === 0

const stopText = (told: { afterRows: number; ofRows: number; at?: string }, now: number): string =>
  `stops after ${told.afterRows} of ${countText(told.ofRows, 'edit')}${told.at === undefined ? '' : `, at about ${clockText(Date.parse(told.at), now)}`}`

const goesOn: Readonly<Record<Extract<Forecast, { kind: 'stops' }>['by'], string>> = {
  budget: 'The budget pays for no more; it goes on when that is raised: restyle budget <batch> <amount>',
  total: 'The cap of the producer pays for no more; it goes on when an admin raises that',
  day: 'The cap of the producer for a day does not even pay for one; it goes on when an admin raises that',
  currency: 'A lane bills in a currency in which no cap or budget is set; it goes on when one is',
}

/** Where the cap for a day is reached first. */
function pauseLines(told: Forecast, now: number): string[] {
  if (told.kind !== 'range' || told.pause === undefined) return []
  const until = clockText(Date.parse(told.pause.until), now)
  return [`cap for the day: ${stopText(told.pause, now)}; goes on by itself at ${until}`]
}

/** What is left of a budget or a cap, each in its currency. */
export function leftLine(
  { of, currency, micros, freeMicros, aheadMicros, until }: Left,
  now: number,
): string {
  const text = (amount: number) => moneyText({ currency, micros: amount })
  if (of === 'budget') return `budget: ${text(micros)}`
  const span = until === undefined ? 'in all' : `for today, until ${clockText(Date.parse(until), now)}`
  const ahead = aheadMicros === 0 ? '' : `; edits that wait already cost up to ${text(aheadMicros)}`
  return `cap: ${text(freeMicros)} of ${text(micros)} left ${span}${ahead}`
}
type Left = ForecastAnswer['left'][number]

/** What all images cost on the lanes that take them: `CNY 96.00`, or `CNY 96.00 to 105.68` where two lanes differ. */
export const costText = (price: ForecastAnswer['price']): string =>
  price
    .map(({ currency, leastMicros, mostMicros }) => {
      const text = (micros: number) => moneyText({ currency: 'CNY', micros }).replace('CNY', currency)
      const most = text(mostMicros)
      return leastMicros === mostMicros ? most : `${text(leastMicros)} to ${most.slice(currency.length + 1)}`
    })
    .join(' and ')

/** What a dry run shows of what the producer said. */
export function forecastLines({ price, left, forecast }: ForecastAnswer, now: number): string[] {
  const cost = price.length === 0 ? [] : [`price: ${costText(price)} on the lanes that take them`]
  return [
    ...cost,
    // a producer of an older version
    ...(left ?? []).map((each) => leftLine(each, now)),
    doneLine(forecast, now),
    ...pauseLines(forecast, now),
  ]
}
