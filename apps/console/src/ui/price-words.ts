import type { Batch, ForecastAnswer } from '@restyle/client/types'
import { money, moment } from '../app/format.ts'
import { rangeWords, withTimes } from './outlook.ts'

/** `¥0.20`, `¥0.20 to ¥0.22` where lanes have several prices; one currency is never added to another. */
export const priceWords = (price: ForecastAnswer['price']): string =>
  price
    .map(({ currency, leastMicros, mostMicros }) => {
      const [least, most] = [money(leastMicros, currency), money(mostMicros, currency)]
      return least === most ? least : `${least} to ${most}`
    })
    .join(' or ')

const capWords = { budget: 'the budget', total: 'the cap in all', day: 'the cap for the day' } as const

/** What is left of each cap before the order; nothing where none is set. */
export const leftWords = (left: ForecastAnswer['left']): string[] =>
  left.map(({ of, currency, micros, freeMicros, aheadMicros }) => {
    const ahead =
      aheadMicros === 0 ? '' : `, of which ${money(aheadMicros, currency)} is for what waits already`
    return `Left of ${capWords[of]}: ${money(freeMicros, currency)} of ${money(micros, currency)}${ahead}.`
  })

/** What is left of the budget of a batch, as forecasts tell what is left of caps; nothing where it has none. */
export const budgetLeft = ({ budget }: Pick<Batch, 'budget'>): ForecastAnswer['left'] =>
  budget === undefined ? [] : [{ ...budget, of: 'budget', aheadMicros: 0 }]

/** Whether it may cost more than is left of something. */
export const isShort = ({ price, left }: Pick<ForecastAnswer, 'price' | 'left'>): boolean =>
  price.some(({ currency, mostMicros }) =>
    left.some((each) => each.currency === currency && each.freeMicros - each.aheadMicros < mostMicros),
  )

/** When it will be done, or why that is not known. `isBad`: it will not be, as things are. */
export function endWords(
  forecast: ForecastAnswer['forecast'],
  now: number,
  zone: string,
): { words: string; isBad: boolean } {
  const at = (time: string) => moment(time, now, zone)
  if (forecast.kind !== 'range') return { words: sentence(withTimes(forecast.detail, at)), isBad: true }
  return { words: `Done ${rangeWords(forecast.end, at)}.`, isBad: false }
}

const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.?$/, '.')}`
