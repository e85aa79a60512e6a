import type { Edit, ForecastAnswer, Model, RedoRequest } from '@restyle/client/types'
import { money, moment } from '../app/format.ts'
import { rangeWords, withTimes } from '../ui/outlook.ts'

/** What a person asks a redo for. `keepsSeed`: that of the take that was looked at. */
export type Wish = { prompt: string; keepsSeed: boolean; n: number }

/** What is sent: only what is different from the edit that is redone. `from`: the take that was looked at. */
export function redoRequest(own: Edit, from: Edit, { prompt, keepsSeed, n }: Wish): RedoRequest {
  const seed = keepsSeed ? (from.request.seed ?? null) : null
  return {
    ...(prompt === own.prompt ? {} : { prompt }),
    ...(seed === (own.request.seed ?? null) ? {} : { seed }),
    ...(n === own.request.n ? {} : { n }),
  }
}

/** How many images its model makes at once; as many as were asked for where the model is not known. */
export function imagesOf(models: readonly Model[] | undefined, { model, request }: Edit): [number, number] {
  const [least, most] = models?.find(({ id }) => id === model)?.accepts.n ?? [1, request.n]
  return [least, Math.max(most, request.n)]
}

/** `¥0.20`, `¥0.20 to ¥0.22` where lanes have several prices; one currency is never added to another. */
export const priceWords = (price: ForecastAnswer['price']): string =>
  price
    .map(({ currency, leastMicros, mostMicros }) => {
      const [least, most] = [money(leastMicros, currency), money(mostMicros, currency)]
      return least === most ? least : `${least} to ${most}`
    })
    .join(' or ')

const capWords = { budget: 'the budget', total: 'the cap in all', day: 'the cap for the day' } as const

/** What is left of each cap before the redo; nothing where none is set. */
export const leftWords = (left: ForecastAnswer['left']): string[] =>
  left.map(({ of, currency, micros, freeMicros, aheadMicros }) => {
    const ahead =
      aheadMicros === 0 ? '' : `, of which ${money(aheadMicros, currency)} is for what waits already`
    return `Left of ${capWords[of]}: ${money(freeMicros, currency)} of ${money(micros, currency)}${ahead}.`
  })

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
