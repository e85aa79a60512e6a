import { viewOf } from '@restyle/shared/contract/edit'
import { limits } from '@restyle/shared/contract/limits'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { ReadTools } from '@restyle/shared/rows/read-edits'
import type { FastifyRequest } from 'fastify'
import type { Readable } from 'node:stream'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { ReadConditions, sendTagged, withTag } from '../http/conditions.ts'
import { IntakeHeaders, keyOf, notePromise, traceOf, withPlace } from '../http/intake-headers.ts'
import { refusals } from '../http/openapi.ts'
import { readOwnEdit, withVerdict } from '../http/own.ts'
import { type KeyNames, nameVerdicts } from '../http/name-verdicts.ts'
import { jsonReader } from '../http/parse-json.ts'
import { pictureRoomOf } from '../http/picture-bodies.ts'
import type { Enter } from '../http/places.ts'
import { AcceptedEdit, EditAnswer, SingleEditBody } from '../http/schemas.ts'
import { sendEdit } from '../http/send-edit.ts'
import { bodyUnchecked } from '../http/validate.ts'
import { acceptEdit } from '../intake/accept-edit.ts'
import { openBodyPictures } from '../intake/body-pictures.ts'
import type { IntakeTools } from '../intake/tools.ts'
import { readEdit } from './read-edit.ts'

type Reading = KeyNames & ReadTools & { ledger: ReadTools['ledger'] & Pick<Ledger, 'verdictOf'> }
type Needs = Reading & { intake: IntakeTools; pictureRoom: Enter }

/** Ask for one edit, and look at one. A plugin of its own: its JSON bodies are read as they arrive. */
export function editRoutes(app: Api, { intake, pictureRoom, ...reading }: Needs): void {
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser('application/json', async (_request: FastifyRequest, body: Readable) => body)
  createEdit(app, intake, pictureRoom)
  showEdit(app, reading)
}

function createEdit(app: Api, intake: IntakeTools, pictureRoom: Enter): void {
  const parse = jsonReader(app)
  app.post(
    '/v1/edits',
    {
      config: { scope: 'edits:write' },
      bodyLimit: limits.pictureBodyBytes,
      handlerTimeout: 120_000,
      validatorCompiler: bodyUnchecked,
      schema: {
        operationId: 'createEdit',
        summary: 'Enqueue one edit',
        description:
          'It is checked against its model: what DashScope would refuse, cut or ignore is refused here, before it costs anything. 202: it is new. 200: the same request came before under this Idempotency-Key, and this is its edit as it stands. An event tells how it ended.',
        tags: ['edits'],
        headers: IntakeHeaders,
        body: SingleEditBody,
        'x-problems': ['idempotency-conflict', 'too-many-open'],
        'x-answers': withPlace,
        response: { 200: EditAnswer, 202: AcceptedEdit, ...refusals },
      },
    },
    async (request, reply) => {
      const { producer, headers } = request
      const idempotencyKey = keyOf(headers)
      const pictures = openBodyPictures(pictureRoomOf(request, reply, pictureRoom))
      const outcome = await acceptEdit(intake, {
        producer,
        edit: await readEdit(request.body, lengthOf(request), { parse, pictures }),
        pictures,
        idempotencyKey,
        isFirst: headers['idempotency-key'] === undefined,
        ...traceOf(headers.traceparent),
        onPromise: (id) => notePromise(request, reply, { kind: 'edit', id, idempotencyKey }),
      })
      return sendEdit(reply, outcome)
    },
  )
}

/** Of a body that comes in chunks nobody knows it before. */
function lengthOf({ headers }: FastifyRequest): number | undefined {
  const length = headers['content-length']
  return length === undefined ? undefined : Number(length)
}

function showEdit(app: Api, reading: Reading): void {
  app.get(
    '/v1/edits/:id',
    {
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'readEdit',
        summary: 'Where an edit stands',
        description:
          'Its state, its images, what it cost and what was asked for. The image itself: `GET /v1/edits/{id}/images/{index}`.',
        tags: ['edits'],
        params: z.object({ id: z.string() }),
        headers: ReadConditions,
        'x-problems': ['not-found'],
        'x-answers': withTag,
        response: { 200: EditAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const edit = await readOwnEdit(request.params.id, request.producer, reading)
      const [view] = await nameVerdicts([viewOf(await withVerdict(edit, reading))], reading)
      return sendTagged(request, reply, view)
    },
  )
}
