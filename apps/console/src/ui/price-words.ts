import type { ForecastAnswer } from '@restyle/client/types'
import { money } from '../app/format.ts'

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
