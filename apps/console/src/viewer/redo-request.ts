import type { Edit, Model, RedoRequest } from '@restyle/client/types'

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
