import type { Edit, ForecastAnswer, Model, RedoRequest } from '@restyle/client/types'
import { moment } from '../app/format.ts'
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
