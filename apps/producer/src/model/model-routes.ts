import type { Model } from '@restyle/dashscope/model'
import { defaultModel, models } from '@restyle/dashscope/models'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { refusals } from '../http/openapi.ts'

const Range = z.tuple([z.number(), z.number()])

/** A model's limits (ranges are inclusive) and what one image costs in micro-currency. */
const ModelView = z
  .object({
    id: z.string(),
    default: z.boolean(),
    accepts: z.object({
      parameters: z.array(z.string()),
      images: Range,
      picture: z.object({
        formats: z.array(z.string()),
        side: Range,
        bytes: z.int(),
        ratio: z.number().optional(),
      }),
      prompt: Range,
      negativePrompt: Range,
      n: Range,
      seed: Range,
      size: z.object({
        classes: z.array(z.string()),
        area: Range,
        ratio: z.number(),
        default: z.string().nullable(),
      }),
    }),
    price: z.record(z.string(), z.object({ currency: z.string(), micros: z.int() })),
    retiresAt: z.string().optional(),
  })
  .meta({ id: 'Model', examples: [viewOfModel(defaultModel)] })

/** The table of models, so that a caller can check and price before it asks. */
export function modelRoutes(app: Api): void {
  app.get(
    '/v1/models',
    {
      config: { scope: 'any' },
      schema: {
        operationId: 'listModels',
        summary: 'The models, their limits and prices',
        description:
          'What each model accepts (both ends of a range are counted in), and what one image costs in each region. What does not fit is refused before it costs anything.',
        tags: ['models'],
        response: { 200: z.object({ models: z.array(ModelView) }), ...refusals },
      },
    },
    async () => ({ models: Object.values(models).map(viewOfModel) }),
  )
}

function viewOfModel({ id, accepts, price, retiresAt }: Model) {
  const { parameters, images, picture, prompt, negativePrompt, n, seed, size } = accepts
  return {
    id,
    default: id === defaultModel.id,
    accepts: {
      parameters: [...parameters],
      images: pair(images),
      picture: { ...picture, formats: [...picture.formats], side: pair(picture.side) },
      prompt: pair(prompt),
      negativePrompt: pair(negativePrompt),
      n: pair(n),
      seed: pair(seed),
      size: { ...size, classes: [...size.classes], area: pair(size.area) },
    },
    price: Object.fromEntries(Object.entries(price).map(([region, { output }]) => [region, output])),
    ...(retiresAt === undefined ? {} : { retiresAt }),
  }
}

function pair([min, max]: readonly [number, number]): [number, number] {
  return [min, max]
}
