import type { Edit } from '@restyle/shared/contract/edit'
import { EditState, mapByte, restingByte, retryByte } from '@restyle/shared/contract/edit-state'
import { ForecastView } from '@restyle/shared/contract/forecast'
import type { InBatch } from '@restyle/shared/edit-forecast'
import { viewOfForecast } from '@restyle/shared/forecast/forecast-view'
import type { Forecasts } from '@restyle/shared/forecasts'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import type { ReadTools } from '@restyle/shared/rows/read-edits'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { notReadable } from '../http/forecast-answer.ts'
import { refusals } from '../http/openapi.ts'
import { readOwnEdit } from '../http/own.ts'

type Needs = ReadTools & {
  ledger: ReadTools['ledger'] & Pick<Ledger, 'readMap'>
  forecasts: Forecasts
  log: Log
}

const EditForecastAnswer = z
  .object({
    state: EditState,
    place: z
      .object({
        ahead: z
          .int()
          .describe(
            'How many edits of the producer, of this model and class, wait and go before it, at most',
          ),
        inBatch: z.int().optional().describe('How many rows of its batch wait and come before it'),
      })
      .optional()
      .describe('Where it is in line, while it is `queued`'),
    forecast: ForecastView.optional().describe(
      'When it is done. Absent where it has ended, is copied into the bucket, or waits for a person',
    ),
  })
  .meta({
    id: 'EditForecast',
    examples: [
      {
        state: 'queued',
        place: { ahead: 812, inBatch: 790 },
        forecast: {
          kind: 'range' as const,
          begin: { from: '2026-03-02T21:38:00.000Z', to: '2026-03-02T21:53:00.000Z' },
          end: { from: '2026-03-02T21:39:00.000Z', to: '2026-03-02T21:55:00.000Z' },
          tasksSeen: 100,
          imagesPerHour: 600,
          detail: 'Reckoned from 100 tasks.',
        },
      },
    ],
  })

/** When one edit is done. */
export function editForecastRoutes(app: Api, needs: Needs): void {
  app.get(
    '/v1/edits/:id/forecast',
    {
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'forecastEdit',
        summary: 'Where an edit is in line, and when it is done',
        description:
          'The forecast plays the queue as it stands. What goes before the edit is counted from what the ledger knew some seconds ago; of edits that came alone it is taken to be the last.',
        tags: ['edits'],
        params: z.object({ id: z.string() }),
        'x-problems': ['not-found'],
        response: { 200: EditForecastAnswer, ...refusals },
      },
    },
    async ({ params, producer }) => {
      const edit = await readOwnEdit(params.id, producer, needs)
      const inBatch = await inBatchOf(edit, needs)
      const { place, forecast } = await needs.forecasts.ofEdit(edit, inBatch).catch((error: unknown) => {
        throw notReadable(error, needs.log)
      })
      return {
        state: edit.state,
        ...(place === undefined ? {} : { place }),
        ...(forecast === undefined ? {} : { forecast: viewOfForecast(forecast, inBatch?.batch.window) }),
      }
    },
  )
}

const waitingBytes = [mapByte.queued, restingByte, retryByte]

/** Counts the rows that wait before an edit that does: one read of the batch's map, a byte for each row. */
async function inBatchOf({ batch: id, row, state }: Edit, { ledger }: Needs): Promise<InBatch | undefined> {
  if (id === '' || state !== 'queued') return undefined
  const [batch, map] = await Promise.all([ledger.readBatch(id), ledger.readMap(id, 0, row)])
  if (batch === undefined) return undefined
  let ahead = 0
  for (const byte of map) if (waitingBytes.includes(byte)) ahead += 1
  return { batch, ahead }
}
