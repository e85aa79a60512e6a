import { viewOf } from '@restyle/shared/contract/edit'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { IntakeHeaders, reusedKey, traceOf } from '../http/intake-headers.ts'
import { refusals } from '../http/openapi.ts'
import { Problem } from '../http/problem.ts'
import { EditAnswer, EditBody } from '../http/schemas.ts'
import { bodyUnchecked, faultInBody } from '../http/validate.ts'
import { acceptEdit } from '../intake/accept-edit.ts'
import type { IntakeTools } from '../intake/tools.ts'

type Needs = { ledger: Pick<Ledger, 'read'>; intake: IntakeTools }

/** Ask for one edit, and look at one. */
export function editRoutes(app: Api, { ledger, intake }: Needs): void {
  app.post(
    '/v1/edits',
    {
      validatorCompiler: bodyUnchecked,
      schema: {
        operationId: 'createEdit',
        summary: 'Enqueue one edit',
        tags: ['edits'],
        headers: IntakeHeaders,
        body: EditBody,
        response: { 200: EditAnswer, 202: EditAnswer, ...refusals },
      },
    },
    async ({ producer, headers, body }, reply) => {
      const outcome = await acceptEdit(intake, {
        producer,
        edit: body,
        idempotencyKey: headers['idempotency-key'],
        ...traceOf(headers.traceparent),
      })
      switch (outcome.kind) {
        case 'refused':
          throw Problem.ofFaults(
            'invalid-request',
            outcome.faults.map((fault) => faultInBody(fault)),
          )
        case 'conflict':
          throw reusedKey()
        case 'accepted':
          reply.code(202)
          break
        case 'replayed':
          reply.code(200).header('idempotent-replayed', 'true')
      }
      return reply.header('location', `/v1/edits/${outcome.edit.id}`).send(viewOf(outcome.edit))
    },
  )

  app.get(
    '/v1/edits/:id',
    {
      schema: {
        operationId: 'readEdit',
        summary: 'Where an edit stands',
        tags: ['edits'],
        params: z.object({ id: z.string() }),
        response: { 200: EditAnswer, ...refusals },
      },
    },
    async (request) => {
      const edit = await ledger.read(request.params.id)
      if (edit === undefined || edit.producer !== request.producer)
        throw new Problem('not-found', 'There is no such edit.')
      return viewOf(edit)
    },
  )
}
