import { viewOf } from '@restyle/shared/contract/edit'
import { idFromKey, newId } from '@restyle/shared/ids'
import type { NewEdit } from '@restyle/shared/ledger/accept'
import { writeAcceptance } from '@restyle/shared/receipt/acceptance'
import { z } from 'zod'
import type { Api, Deps } from '../http/api.ts'
import { refusals } from '../http/openapi.ts'
import { Problem } from '../http/problem.ts'
import { EditAnswer, EditBody, IntakeHeaders, traceOf } from '../http/schemas.ts'
import { bodyUnchecked } from '../http/validate.ts'
import { enqueue } from './enqueue.ts'
import { lookAround } from './look-around.ts'
import { alone, faultsOfRows, readEdits } from './read-edits.ts'

/** Ask for one edit, and look at one. */
export function editRoutes(app: Api, deps: Deps): void {
  const { ledger } = deps

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
    async (request, reply) => {
      const { producer, headers } = request
      const key = headers['idempotency-key']
      const rows = await readEdits([request.body], alone)
      const [row] = rows
      if (row?.request === undefined) throw Problem.ofFaults('invalid-request', row?.faults ?? [])
      const edit: NewEdit = {
        id: key === undefined ? newId('edit') : idFromKey('edit', producer, key),
        producer,
        batch: '',
        row: 0,
        // alone, it is the first row of itself
        key: row.request.key ?? '1',
        request: row.request,
        bodyHash: row.bodyHash,
        ...traceOf(headers.traceparent),
      }

      // a repeat is answered as before, even if the same would be refused by now
      const known = key === undefined ? undefined : await ledger.read(edit.id)
      if (known === undefined) {
        const faults = await faultsOfRows(rows, await lookAround(deps, producer, rows), alone)
        if (faults.length > 0) throw Problem.ofFaults('invalid-request', faults)
      }
      if (
        known === undefined &&
        (await writeAcceptance(deps.store, edit.id, { v: 1, edits: [edit] }, Date.now())) === 'conflict'
      )
        throw reusedKey()
      const [accepted] = await enqueue(deps, [edit])
      if (accepted === 'conflict') throw reusedKey()
      const stored = await ledger.read(edit.id)
      if (stored === undefined) throw new Error(`accepted edit ${edit.id} is gone`)
      const replayed = accepted === 'same'
      if (replayed) reply.header('idempotent-replayed', 'true')
      return reply
        .code(replayed ? 200 : 202)
        .header('location', `/v1/edits/${edit.id}`)
        .send(viewOf(stored))
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

/** The same Idempotency-Key came with another body. */
export const reusedKey = (): Problem =>
  new Problem(
    'idempotency-conflict',
    'This Idempotency-Key came with another body before. Send the same body, or another key.',
  )
