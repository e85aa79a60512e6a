import type { Batch } from '@restyle/client/types'
import { count, duration, moment } from '../app/format.ts'

type Forecast = NonNullable<Batch['forecast']>

const purses: Readonly<Record<Extract<Forecast, { kind: 'stops' }>['by'], string>> = {
  budget: 'the budget',
  total: 'the cap in all',
  day: 'the cap for the day',
  currency: 'what is set in the currency of a lane',
}

/**
 * When the money of a batch is used up at this speed, as far as its forecast tells; undefined where it is not, or where nobody knows.
 * `at`: a time as people read it.
 */
export function moneyEndOf(
  forecast: Forecast | undefined,
  at: (time: string) => string,
): { words: string; isForGood: boolean } | undefined {
  if (forecast?.kind === 'stops') {
    const { by, afterRows, ofRows, at: time } = forecast
    if (afterRows <= 0) return { words: `${purses[by]}: now`, isForGood: true }
    const rows = `after ${count(afterRows)} of ${count(ofRows)} rows`
    return {
      words: `${purses[by]}: ${time === undefined ? rows : `about ${at(time)}, ${rows}`}`,
      isForGood: true,
    }
  }
  if (forecast?.kind !== 'range' || forecast.pause === undefined) return undefined
  const { at: time, until } = forecast.pause
  return { words: `${purses.day}: about ${at(time)}; it goes on ${at(until)}`, isForGood: false }
}

/** `in 21 h, tomorrow 05:40`: when an address ends, or that it has. `zone`: as `moment` takes it. */
export function expiryWords(ends: string, now: number, zone: string): string {
  const leftMs = Date.parse(ends) - now
  const at = moment(ends, now, zone)
  return leftMs <= 0 ? `ended ${at}` : `in ${duration(leftMs)}, ${at}`
}
