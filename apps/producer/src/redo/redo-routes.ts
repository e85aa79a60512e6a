import { limits } from '@restyle/shared/contract/limits'
import { text } from '@restyle/shared/contract/text'
import type { Forecasts } from '@restyle/shared/forecasts'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import type { ReadTools } from '@restyle/shared/rows/read-edits'
import type { Store } from '@restyle/shared/store/store'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { ForecastAnswer, notReadable } from '../http/forecast-answer.ts'
import { IntakeHeaders, keyOf, notePromise, traceOf, withPlace } from '../http/intake-headers.ts'
import { refusals } from '../http/openapi.ts'
import { readOwnEdit } from '../http/own.ts'
import { AcceptedEdit, EditAnswer } from '../http/schemas.ts'
import { sendEdit } from '../http/send-edit.ts'
import { acceptEdit } from '../intake/accept-edit.ts'
import type { IntakeTools } from '../intake/tools.ts'
import { checkRedo, foretellRedo, markRedone, requestOfRedo } from './redo-edit.ts'

type Tools = ReadTools & {
  ledger: ReadTools['ledger'] & Pick<Ledger, 'judge'>
  store: Store
  forecasts: Forecasts
  intake: IntakeTools
  log: Log
}

const RedoBody = z
  .strictObject({
    prompt: text(limits.prompt, { lines: true }).optional(),
    negativePrompt: text(limits.prompt, { lines: true }).optional(),
    seed: z.int().nullable().optional().describe('null: none, so that another picture comes'),
    n: z.int().min(1).optional().describe('Result pictures, each one billed'),
    size: text(limits.size).optional(),
  })
  .describe('What is different this time; all else is as it was')
  .meta({ id: 'RedoRequest', examples: [{ prompt: 'The same lamp on a walnut table', seed: null }] })

const params = z.object({ id: z.string() })

/** Makes the picture of an edit once more, and says before what that costs. */
export function redoRoutes(app: Api, tools: Tools): void {
  redo(app, tools)
  app.post(
    '/v1/edits/:id/redo/forecast',
    {
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'forecastRedo',
        summary: 'What a redo would cost, and when it would be done',
        description: 'Nothing is enqueued.',
        tags: ['edits'],
        params,
        body: RedoBody,
        'x-problems': ['not-found'],
        response: { 200: ForecastAnswer, ...refusals },
      },
    },
    async ({ params: { id }, producer, body }) => {
      const edit = await readOwnEdit(id, producer, tools)
      return foretellRedo(edit, body, tools.forecasts).catch((error: unknown) => {
        throw notReadable(error, tools.log)
      })
    },
  )
}

function redo(app: Api, tools: Tools): void {
  app.post(
    '/v1/edits/:id/redo',
    {
      config: { scope: 'edits:write' },
      schema: {
        operationId: 'redoEdit',
        summary: 'Make the picture of an edit once more, asked otherwise',
        description:
          'Enqueues an edit of its own, with the key, the pictures and the metadata of this one, of the class `interactive`; its `redoOf` names this edit, or the one that this edit is a redo of. It is billed like any other, and refused where a cap has no money left for it. The batch counts its rows as before. The verdict of the edit becomes `redo`. A redo that is good is chosen by `PUT /v1/edits/{id}/verdict` with `redo`.',
        tags: ['edits'],
        params,
        headers: IntakeHeaders,
        body: RedoBody,
        'x-problems': ['not-found', 'not-redone', 'idempotency-conflict', 'too-many-open'],
        'x-answers': withPlace,
        response: { 200: EditAnswer, 202: AcceptedEdit, ...refusals },
      },
    },
    async (request, reply) => {
      const { params: of, producer, headers, body, keyId } = request
      const edit = await readOwnEdit(of.id, producer, tools)
      const idempotencyKey = keyOf(headers)
      const outcome = await acceptEdit(tools.intake, {
        producer,
        edit: requestOfRedo(edit, body),
        redoOf: edit,
        idempotencyKey,
        isFirst: headers['idempotency-key'] === undefined,
        ...traceOf(headers.traceparent),
        check: () => checkRedo(edit, body, tools),
        onPromise: (id) => notePromise(request, reply, { kind: 'edit', id, idempotencyKey }),
      })
      if (outcome.kind === 'accepted') await markRedone(edit, outcome.edit.id, keyId, tools)
      return sendEdit(reply, outcome)
    },
  )
}
