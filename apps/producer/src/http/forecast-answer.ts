import { ForecastView } from '@restyle/shared/contract/forecast'
import { Budget } from '@restyle/shared/contract/money'
import { RestyleError } from '@restyle/shared/errors'
import type { Log } from '@restyle/shared/log'
import { z } from 'zod'
import { Problem } from './problem.ts'

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

/** What rows would cost and when they would be done (intake/foretell.ts). */
export const ForecastAnswer = z
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

/** It is made of what all producers have waiting: the log has the key, and the answer does not. */
export function notReadable(error: unknown, log: Log): unknown {
  if (!isDamage(error)) return error
  log.warn({ err: error }, 'forecast could not be made: a key of the ledger is not what it should be')
  return new Problem(
    'unreadable',
    'The forecast cannot be made: a record that it is made of, such as what waits or how long tasks took, is damaged. Rows can be enqueued all the same. Whoever runs this installation was told which.',
  )
}

/** Whether a forecast could not be made since a record is not what it should be. */
export const isDamage = (error: unknown): boolean =>
  error instanceof Error &&
  ((error instanceof RestyleError && error.code === 'Unreadable') || error.message.startsWith('WRONGTYPE'))
