import { findModel, models } from '@restyle/dashscope/models'
import { ForecastView } from '@restyle/shared/contract/forecast'
import { Priority } from '@restyle/shared/contract/priority'
import { viewOfForecast } from '@restyle/shared/forecast/forecast-view'
import { openHours } from '@restyle/shared/forecast/open-hours'
import { outlookOf } from '@restyle/shared/forecast/outlook'
import type { Forecasts, NewPart } from '@restyle/shared/forecasts'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { refusals } from '../http/openapi.ts'
import { Problem } from '../http/problem.ts'

import { pricesOf } from './prices.ts'

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time of day such as 22:00' })

const Window = z
  .strictObject({ from: time, to: time, timeZone: z.string().max(64) })
  .refine(({ from, to }) => from !== to, { error: 'is empty: from and to are the same' })
  .describe('Hours of each day, on the clocks of a zone, in which rows would be submitted')

const most = { rows: 1_000_000, parts: 20 }

export const ForecastBody = z
  .strictObject({
    rows: z
      .array(
        z.strictObject({
          model: z.string().max(100),
          class: z.enum(['interactive', 'standard', 'bulk']).default('standard'),
          rows: z.int().min(1).max(most.rows),
          images: z
            .int()
            .min(1)
            .max(most.rows * 4)
            .optional()
            .describe('Images of all of them together (default: one each)'),
        }),
      )
      .min(1)
      .max(most.parts)
      .describe('How many rows, of each model and class'),
    priority: Priority.optional(),
    window: Window.optional(),
    finishBy: z.iso.datetime({ offset: true }).optional().describe('When it should be done'),
  })
  .meta({
    id: 'ForecastRequest',
    examples: [{ rows: [{ model: 'wan2.5-i2i-preview', class: 'standard', rows: 480, images: 480 }] }],
  })

const ForecastAnswer = z
  .object({
    rows: z.int(),
    images: z.int(),
    price: z
      .array(z.object({ currency: z.string(), leastMicros: z.int(), mostMicros: z.int() }))
      .describe(
        'What all images cost on the lanes that take them, in micro-currency. Two lanes may have two prices; one currency is never added to another',
      ),
    forecast: ForecastView,
    finishBy: z
      .object({
        at: z.iso.datetime(),
        outlook: z
          .enum(['met', 'open', 'missed', 'unknown'])
          .describe('`open`: the end may be before it or after it'),
      })
      .optional(),
  })
  .meta({ id: 'ForecastAnswer' })

/** What rows would cost and when they would be done, before anything is enqueued. */
export function forecastRoutes(app: Api, { forecasts }: { forecasts: Forecasts }): void {
  app.post(
    '/v1/forecasts',
    {
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'forecast',
        summary: 'What rows would cost, and when they would be done',
        tags: ['batches'],
        body: ForecastBody,
        response: { 200: ForecastAnswer, ...refusals },
      },
    },
    async ({ body, producer }) => {
      const { priority, window, finishBy } = body
      body.rows.forEach(({ model }, i) => {
        if (findModel(model) === undefined) throw noSuchModel(model, i)
      })
      const parts: NewPart[] = body.rows.map((part) => ({ ...part, images: part.images ?? part.rows }))
      const hours = window === undefined ? {} : { hours: hoursOf(window) }
      const told = await forecasts.ofRows({
        producer,
        parts,
        ...(priority === undefined ? {} : { priority }),
        ...hours,
      })
      const at = finishBy === undefined ? undefined : new Date(finishBy)
      return {
        rows: parts.reduce((sum, { rows }) => sum + rows, 0),
        images: parts.reduce((sum, { images }) => sum + images, 0),
        price: await pricesOf(parts, (model) => forecasts.lanesOf(model)),
        forecast: viewOfForecast(told),
        ...(at === undefined
          ? {}
          : { finishBy: { at: at.toISOString(), outlook: outlookOf(told, at.getTime()) } }),
      }
    },
  )
}

const noSuchModel = (model: string, i: number): Problem =>
  Problem.ofFaults('invalid-request', [
    {
      pointer: `/rows/${i}/model`,
      detail: `There is no model ${model}. The models are ${Object.keys(models).join(', ')}.`,
    },
  ])

function hoursOf(window: z.infer<typeof Window>) {
  try {
    return openHours(window)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw Problem.ofFaults('invalid-request', [
      {
        pointer: '/window/timeZone',
        detail: `${window.timeZone} is no time zone: use a name such as Europe/Berlin.`,
      },
    ])
  }
}
