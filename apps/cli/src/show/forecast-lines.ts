import type { Forecast, ForecastAnswer } from '@restyle/client/types'
import { moneyText } from '@restyle/dashscope/money'
import { clockText, leftText } from './when-text.ts'

/** When it will be done, in a line: `done: 22:10 to 22:50, in 2h00m to 2h40m. Reckoned from 87 tasks.` `now` in epoch ms. */
export function doneLine(told: Forecast, now: number): string {
  if (told.kind !== 'range') return `done: ${told.kind === 'unknown' ? 'unknown. ' : ''}${told.detail}`
  const [from, to] = [Date.parse(told.end.from), Date.parse(told.end.to)]
  const begins = Date.parse(told.begin.from)
  const later = begins - now > 120_000 ? `, begins not before ${clockText(begins, now)}` : ''
  return `done: ${clockText(from, now)} to ${clockText(to, now)}, in ${leftText(from - now, to - now)}${later}. ${told.detail}`
}

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
export function forecastLines({ price, forecast }: ForecastAnswer, now: number): string[] {
  const cost = price.length === 0 ? [] : [`price: ${costText(price)} on the lanes that take them`]
  return [...cost, doneLine(forecast, now)]
}
