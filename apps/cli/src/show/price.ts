import { findModel } from '@restyle/dashscope/models'
import { moneyText, timesMoney, type Money } from '@restyle/dashscope/money'

/** How many images are asked for, of each model; and what they cost at most in each region that offers all of them. */
export function priceOf(counts: ReadonlyMap<string, number>): {
  images: number
  byRegion: Map<string, Money>
} {
  const sums = new Map<string, { money: Money; models: number }>()
  for (const [id, count] of counts)
    for (const [region, { output }] of Object.entries(findModel(id)?.price ?? {})) {
      const { money, models } = sums.get(region) ?? { money: timesMoney(output, 0), models: 0 }
      const micros = money.micros + timesMoney(output, count).micros
      sums.set(region, { money: { ...output, micros }, models: models + 1 })
    }
  const everywhere = [...sums].filter(([, { models }]) => models === counts.size)
  return {
    images: [...counts.values()].reduce((sum, count) => sum + count, 0),
    byRegion: new Map(everywhere.map(([region, { money }]) => [region, money])),
  }
}

/** `CNY 0.40 (beijing), CNY 0.440354 (singapore)`; regions with the same price are listed together. */
export function priceText(byRegion: ReadonlyMap<string, Money>): string {
  const regions = new Map<string, string[]>()
  for (const [region, money] of byRegion) {
    const text = moneyText(money)
    regions.set(text, [...(regions.get(text) ?? []), region])
  }
  return [...regions].map(([text, names]) => `${text} (${names.join(', ')})`).join(', ')
}
