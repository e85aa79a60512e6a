import { viewOfForecast } from '@restyle/shared/forecast/forecast-view'
import type { MoneyLeft } from '@restyle/shared/forecast/purses'
import type { Forecasts } from '@restyle/shared/forecasts'
import { pricesOf } from './prices.ts'

type Asked = Parameters<Forecasts['ofRows']>[0]

/** What rows would cost, what is left to pay it from, and when they would be done. `now`: epoch ms. */
export async function foretell(forecasts: Forecasts, asked: Asked, now: number) {
  const { parts } = asked
  const { forecast: told, left } = await forecasts.ofRows(asked)
  const answer = {
    rows: parts.reduce((sum, { rows }) => sum + rows, 0),
    images: parts.reduce((sum, { images }) => sum + images, 0),
    price: await pricesOf(parts, (model) => forecasts.lanesOf(model)),
    left: left.map((each) => viewOfLeft(each, now)),
    forecast: viewOfForecast(told, asked.window),
  }
  return { told, answer }
}

function viewOfLeft(left: MoneyLeft, now: number) {
  const { of, currency, micros, freeMicros, aheadMicros } = left
  const until = left.of === 'day' ? { until: new Date(left.endOf(now)).toISOString() } : {}
  return { of, currency, micros, freeMicros, aheadMicros, ...until }
}
