import type { Region } from '@restyle/dashscope/model'
import { findModel } from '@restyle/dashscope/models'
import { timesMoney } from '@restyle/dashscope/money'
import type { Budget } from '@restyle/shared/contract/money'

/** What images cost, in micros of one currency: which lane takes an edit is not known before. */
export type Price = { currency: string; leastMicros: number; mostMicros: number }

/** A lane with its own price of an image; an older worker does not say it. */
type Lane = { region: string; price?: Budget | undefined }

/** What all images cost on the lanes that take their models, a sum for each currency. Of a model without a lane nothing is known. */
export async function pricesOf(
  parts: readonly { model: string; images: number }[],
  lanesOf: (model: string) => Promise<readonly Lane[]>,
): Promise<Price[]> {
  const sums = new Map<string, Price>()
  for (const { model, images } of parts)
    for (const price of pricesOfModel(model, images, await lanesOf(model))) {
      const { leastMicros, mostMicros } = sums.get(price.currency) ?? { leastMicros: 0, mostMicros: 0 }
      sums.set(price.currency, {
        currency: price.currency,
        leastMicros: leastMicros + price.leastMicros,
        mostMicros: mostMicros + price.mostMicros,
      })
    }
  return [...sums.values()].toSorted((a, b) => (a.currency < b.currency ? -1 : 1))
}

function pricesOfModel(id: string, images: number, lanes: readonly Lane[]): Price[] {
  const found = lanes.flatMap(({ region, price: own }) => {
    const price = own ?? findModel(id)?.price[region as Region]?.output
    return price === undefined ? [] : [timesMoney(price, images)]
  })
  const currencies = [...new Set(found.map(({ currency }) => currency))]
  return currencies.map((currency) => {
    const micros = found.filter((price) => price.currency === currency).map((price) => price.micros)
    // another lane may take all of it for another currency
    const leastMicros = currencies.length > 1 ? 0 : Math.min(...micros)
    return { currency, leastMicros, mostMicros: Math.max(...micros) }
  })
}
