import { findModel, models } from '@restyle/dashscope/models'
import { Budget } from '@restyle/shared/contract/money'
import { Priority } from '@restyle/shared/contract/priority'
import { Window } from '@restyle/shared/contract/window'
import { outlookOf } from '@restyle/shared/forecast/outlook'
import type { Forecasts, NewPart } from '@restyle/shared/forecasts'
import type { Log } from '@restyle/shared/log'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { ForecastAnswer, notReadable } from '../http/forecast-answer.ts'
import { refusals } from '../http/openapi.ts'
import { Problem } from '../http/problem.ts'
import { foretell } from '../intake/foretell.ts'

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
    budget: Budget.optional().describe('What they may cost together'),
    finishBy: z.iso.datetime({ offset: true }).optional().describe('When it should be done'),
  })
  .meta({
    id: 'ForecastRequest',
    examples: [{ rows: [{ model: 'wan2.5-i2i-preview', class: 'standard', rows: 480, images: 480 }] }],
  })

/** What rows would cost and when they would be done, before anything is enqueued. */
export function forecastRoutes(app: Api, { forecasts, log }: { forecasts: Forecasts; log: Log }): void {
  app.post(
    '/v1/forecasts',
    {
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'forecast',
        summary: 'What rows would cost, and when they would be done',
        description:
          'Nothing is enqueued. The forecast plays the queue as it stands, with what others wait for.',
        tags: ['batches'],
        body: ForecastBody,
        response: { 200: ForecastAnswer, ...refusals },
      },
    },
    async ({ body, producer }) => {
      const { priority, window, finishBy, budget } = body
      body.rows.forEach(({ model }, i) => {
        if (findModel(model) === undefined) throw noSuchModel(model, i)
      })
      const parts: NewPart[] = body.rows.map((part) => ({ ...part, images: part.images ?? part.rows }))
      const foretold = await foretell(
        forecasts,
        {
          producer,
          parts,
          ...(priority === undefined ? {} : { priority }),
          ...(window === undefined ? {} : { window }),
          ...(budget === undefined ? {} : { budget }),
        },
        Date.now(),
      ).catch((error: unknown) => {
        throw notReadable(error, log)
      })
      if (finishBy === undefined) return foretold.answer
      const at = new Date(finishBy)
      const outlook = outlookOf(foretold.told, at.getTime())
      return { ...foretold.answer, finishBy: { at: at.toISOString(), outlook } }
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
