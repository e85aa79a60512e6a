import type { Edit, ForecastRequest } from '@restyle/client/types'

type Part = ForecastRequest['rows'][number]
type Seen = Pick<Edit, 'model'> & { request: Pick<Edit['request'], 'class' | 'n'> }

/**
 * What so many rows are to the forecast: of each model and class how many, with their images. Where only some of them were looked
 * at, the others are taken to be like them. `isExact`: all of them were looked at.
 */
export function pricedParts(seen: readonly Seen[], rows: number): { parts: Part[]; isExact: boolean } {
  const groups = Map.groupBy(seen, ({ model, request }) => `${request.class ?? 'standard'} ${model}`)
  const parts = [...groups.values()].map((alike): Part => {
    const [{ model, request } = { model: '', request: { n: 1 } }] = alike
    const images = alike.reduce((sum, { request: { n } }) => sum + n, 0)
    const share = rows / seen.length
    return {
      model,
      ...(request.class === undefined ? {} : { class: request.class }),
      rows: Math.max(1, Math.round(alike.length * share)),
      images: Math.max(1, Math.round(images * share)),
    }
  })
  return { parts, isExact: seen.length === rows }
}
