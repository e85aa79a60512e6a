import { findModel, models } from '@restyle/dashscope/models'
import { ForecastView } from '@restyle/shared/contract/forecast'
import { Budget } from '@restyle/shared/contract/money'
import { Priority } from '@restyle/shared/contract/priority'
import { Window } from '@restyle/shared/contract/window'
import { RestyleError } from '@restyle/shared/errors'
import { viewOfForecast } from '@restyle/shared/forecast/forecast-view'
import { outlookOf } from '@restyle/shared/forecast/outlook'
import type { MoneyLeft } from '@restyle/shared/forecast/purses'
import type { Forecasts, NewPart } from '@restyle/shared/forecasts'
import type { Log } from '@restyle/shared/log'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { refusals } from '../http/openapi.ts'
import { Problem } from '../http/problem.ts'

import { pricesOf } from './prices.ts'

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

const MoneyLeftView = Budget.extend({
  of: z
    .enum(['budget', 'total', 'day'])
    .describe('`budget`: that of the request. `total`, `day`: the cap of the producer in all, or for a day'),
  freeMicros: z.int().describe('What is neither billed nor reserved'),
  aheadMicros: z
    .int()
    .describe('What the edits of the producer cost at most that wait already and go before or beside these'),
  until: z.iso.datetime().optional().describe('When the day ends; then all of it is free'),
}).meta({ id: 'MoneyLeft' })

const ForecastAnswer = z
  .object({
    rows: z.int(),
    images: z.int(),
    price: z
      .array(z.object({ currency: z.string(), leastMicros: z.int(), mostMicros: z.int() }))
      .describe(
        'What all images cost on the lanes that take them, in micro-currency. Two lanes may have two prices; one currency is never added to another',
      ),
    left: z
      .array(MoneyLeftView)
      .describe(
        'What is left of all that they would be paid from, in the currency of each; empty where nothing is set',
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
  .meta({
    id: 'ForecastAnswer',
    examples: [
      {
        rows: 480,
        images: 480,
        price: [{ currency: 'CNY', leastMicros: 96_000_000, mostMicros: 96_000_000 }],
        left: [],
        forecast: {
          kind: 'range' as const,
          begin: { from: '2026-03-02T21:00:00.000Z', to: '2026-03-02T21:01:00.000Z' },
          end: { from: '2026-03-02T21:40:00.000Z', to: '2026-03-02T21:55:00.000Z' },
          tasksSeen: 100,
          imagesPerHour: 600,
          detail: 'done between 21:40 and 21:55 in nine of ten cases',
        },
      },
    ],
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
      const { forecast: told, left } = await forecasts
        .ofRows({
          producer,
          parts,
          ...(priority === undefined ? {} : { priority }),
          ...(window === undefined ? {} : { window }),
          ...(budget === undefined ? {} : { budget }),
        })
        .catch((error: unknown) => {
          throw notReadable(error, log)
        })
      const at = finishBy === undefined ? undefined : new Date(finishBy)
      return {
        rows: parts.reduce((sum, { rows }) => sum + rows, 0),
        images: parts.reduce((sum, { images }) => sum + images, 0),
        price: await pricesOf(parts, (model) => forecasts.lanesOf(model)),
        left: left.map((each) => viewOfLeft(each, Date.now())),
        forecast: viewOfForecast(told, window),
        ...(at === undefined
          ? {}
          : { finishBy: { at: at.toISOString(), outlook: outlookOf(told, at.getTime()) } }),
      }
    },
  )
}

function viewOfLeft(left: MoneyLeft, now: number): z.infer<typeof MoneyLeftView> {
  const { of, currency, micros, freeMicros, aheadMicros } = left
  const until = left.of === 'day' ? { until: new Date(left.endOf(now)).toISOString() } : {}
  return { of, currency, micros, freeMicros, aheadMicros, ...until }
}

/** It is made of what all producers have waiting: the log has the key, and the answer does not. */
function notReadable(error: unknown, log: Log): unknown {
  const isDamaged = error instanceof RestyleError && error.code === 'Unreadable'
  if (!isDamaged && !(error instanceof Error && error.message.startsWith('WRONGTYPE'))) return error
  log.warn({ err: error }, 'forecast could not be made: a key of the ledger is not what it should be')
  return new Problem(
    'unreadable',
    'The forecast cannot be made: a record that it is made of, such as what waits or how long tasks took, is damaged. Rows can be enqueued all the same. Whoever runs this installation was told which.',
  )
}

const noSuchModel = (model: string, i: number): Problem =>
  Problem.ofFaults('invalid-request', [
    {
      pointer: `/rows/${i}/model`,
      detail: `There is no model ${model}. The models are ${Object.keys(models).join(', ')}.`,
    },
  ])
