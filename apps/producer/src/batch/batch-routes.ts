import type { Readable } from 'node:stream'
import { type Batch, rowsOfBatch, viewOfBatch, wasJudged } from '@restyle/shared/contract/batch'
import { viewOf } from '@restyle/shared/contract/edit'
import { limits } from '@restyle/shared/contract/limits'
import { viewOfForecast } from '@restyle/shared/forecast/forecast-view'
import type { Forecasts } from '@restyle/shared/forecasts'
import { editIdOfRow } from '@restyle/shared/ledger/batches'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { EditRecord } from '@restyle/shared/ledger/record'
import type { Log } from '@restyle/shared/log'
import { readEdits, readRows, type ReadTools } from '@restyle/shared/rows/read-edits'
import { waitsOf, type WaitTools } from '@restyle/shared/waits-of-batch'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { ReadConditions, sendTagged, withTag } from '../http/conditions.ts'
import {
  IntakeHeaders,
  keyOf,
  notePromise,
  reusedKey,
  traceOf,
  unfinished,
  withPlace,
} from '../http/intake-headers.ts'
import { boundLargeBodies } from '../http/large-bodies.ts'
import { type KeyNames, nameVerdicts } from '../http/name-verdicts.ts'
import { piecesOf, pictureRoomOf } from '../http/picture-bodies.ts'
import type { Enter } from '../http/places.ts'
import { refusals } from '../http/openapi.ts'
import { counted, openPage, paging, withLink } from '../http/page.ts'
import { readOwnBatch } from '../http/own.ts'
import { jsonReader } from '../http/parse-json.ts'
import { Problem, type RequestFault } from '../http/problem.ts'
import { readable } from '../http/readable.ts'
import { AcceptedBatch, BatchAnswer, BatchBody, EditPage, OpenBatchBody } from '../http/schemas.ts'
import { bodyUnchecked, faultInBody } from '../http/validate.ts'
import { acceptBatch } from '../intake/accept-batch.ts'
import { openBodyPictures } from '../intake/body-pictures.ts'
import { openBatch } from '../intake/open-batch.ts'
import type { FaultList, RowFault } from '../intake/outcome.ts'
import type { IntakeTools } from '../intake/tools.ts'
import { AskedRows } from './asked-rows.ts'
import { setOfBatch } from './change-batch.ts'
import { readBatch as readBody } from './read-batch.ts'
import { warnOfFinish } from './warn-of-finish.ts'

const BatchPath = z.object({ id: z.string() })

type BatchLedger = ReadTools['ledger'] &
  Pick<Ledger, 'firstExpiry' | 'turn' | 'verdictsOfRows'> &
  WaitTools['ledger']
type Needs = KeyNames &
  ReadTools & {
    ledger: BatchLedger
    forecasts: Pick<Forecasts, 'ofBatch' | 'lanesOf' | 'loadOf'>
    log: Log
  }

/** Ask for many edits at once, and look at them. A plugin of its own: its JSON bodies are read as they arrive. */
export function batchRoutes(
  app: Api,
  {
    intake,
    bodies,
    pictureRoom,
    ...needs
  }: Needs & { intake: IntakeTools; bodies: Enter; pictureRoom: Enter },
): void {
  boundLargeBodies(app, bodies)
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser('application/json', async (_request: FastifyRequest, body: Readable) => body)
  createBatch(app, { intake, pictureRoom }, needs)
  readBatch(app, needs)
  listEdits(app, needs)
}

/** The parser above leaves it as it came. */
const bodyOf = ({ body }: { body: unknown }) => piecesOf(body as Readable, limits.batchBodyBytes)

type Intake = { intake: IntakeTools; pictureRoom: Enter }

function createBatch(app: Api, { intake, pictureRoom }: Intake, needs: Needs): void {
  const parse = jsonReader(app)
  app.post(
    '/v1/batches',
    {
      config: { scope: 'edits:write' },
      bodyLimit: limits.batchBodyBytes,
      handlerTimeout: 300_000,
      validatorCompiler: bodyUnchecked,
      schema: {
        operationId: 'createBatch',
        summary: 'Enqueue up to 100,000 edits, all or none, or open a batch for up to 1,000,000',
        description:
          'With `edits` all rows are taken or none; a refusal lists the faults of all of them. With `open` the batch has no rows yet: they follow in chunks (`PUT /v1/batches/{id}/rows/{first}`) until it is closed. 202: it is new. 200: the same request came before under this Idempotency-Key, and this is its batch as it stands.',
        tags: ['batches'],
        headers: IntakeHeaders,
        body: z.union([BatchBody, OpenBatchBody]),
        'x-problems': ['idempotency-conflict', 'too-many-open'],
        'x-answers': withPlace,
        response: { 200: BatchAnswer, 202: AcceptedBatch, ...refusals },
      },
    },
    async (request, reply) => {
      const { producer, headers } = request
      const idempotencyKey = keyOf(headers)
      const pictures = openBodyPictures(pictureRoomOf(request, reply, pictureRoom))
      const read = await readBody(pictures.takeOut(bodyOf(request)), parse)
      const asked = {
        producer,
        idempotencyKey,
        onPromise: (id: string) => notePromise(request, reply, { kind: 'batch', id, idempotencyKey }),
      }
      const outcome =
        read.kind === 'open'
          ? await openBatch(intake, { ...asked, ...read })
          : await acceptBatch(intake, { ...asked, ...read, pictures, ...traceOf(headers.traceparent) })
      switch (outcome.kind) {
        case 'refused':
          throw refusalOf(outcome.faults)
        case 'conflict':
          throw reusedKey(outcome.id)
        case 'unfinished':
          throw unfinished(outcome.lookedUp)
        case 'accepted':
          return reply
            .code(202)
            .header('location', `/v1/batches/${outcome.batch.id}`)
            .send(await viewOfAccepted(outcome.batch, outcome.warnings, needs))
        case 'replayed':
          return reply
            .header('idempotent-replayed', 'true')
            .header('location', `/v1/batches/${outcome.batch.id}`)
            .send(viewOfBatch(outcome.batch))
      }
    },
  )
}

const refusalOf = ({ first, total }: FaultList): Problem =>
  Problem.ofFaults('invalid-request', first.map(faultOfRow), total)

async function viewOfAccepted(batch: Batch, found: readonly RowFault[], needs: Needs) {
  const warnings = [...found.map(faultOfRow), ...(await warnOfFinish(batch, needs))]
  return { ...viewOfBatch(batch), ...(warnings.length === 0 ? {} : { warnings }) }
}

function readBatch(app: Api, { ledger, forecasts, log }: Needs): void {
  app.get(
    '/v1/batches/:id',
    {
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'readBatch',
        summary: 'How far a batch is, and what it cost',
        description:
          'The counts of its rows by state, its money and, while it goes on, a forecast of its end. `ETag` stands for none of `forecast`, `waitsFor` and `firstExpiry`, which may change by the second.',
        tags: ['batches'],
        params: BatchPath,
        headers: ReadConditions,
        'x-problems': ['not-found'],
        'x-answers': withTag,
        response: { 200: BatchAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { params, producer } = request
      const batch = await readOwnBatch(params.id, producer, { ledger })
      // how far it is must not depend on when it ends, or on why it waits
      const leftOut = (err: unknown) => {
        log.debug({ err, batch: batch.id }, 'forecast was left out')
        return undefined
      }
      const [told, waitsFor, expiry] = await Promise.all([
        forecasts.ofBatch(batch).catch(leftOut),
        waitsOf(batch, { ledger, forecasts, now: Date.now }).catch(leftOut),
        batch.rendered === 0 ? undefined : ledger.firstExpiry(batch.id).catch(leftOut),
      ])
      const view = viewOfBatch(batch)
      const shown = {
        ...view,
        ...(told === undefined ? {} : { forecast: viewOfForecast(told, batch.window) }),
        ...(waitsFor === undefined ? {} : { waitsFor }),
        ...(expiry === undefined ? {} : { firstExpiry: new Date(expiry).toISOString() }),
      }
      // these may change by the second
      return sendTagged(request, reply, shown, { tagged: view, settings: setOfBatch(batch) })
    },
  )
}

function listEdits(app: Api, needs: Needs): void {
  const { ledger } = needs
  app.get(
    '/v1/batches/:id/edits',
    {
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'listEditsOfBatch',
        summary: 'The edits of a batch, in the order of its rows',
        description:
          'Of a row that was retried the newest edit is listed. With `rows` the answer has the edits of these rows, as far as the batch has them, and is no page: neither `cursor` nor `limit` counts then. An edit says in `row` which one it is, counted from 0.',
        tags: ['batches'],
        params: BatchPath,
        querystring: z.strictObject({ ...paging, rows: AskedRows.optional() }),
        'x-problems': ['not-found'],
        'x-answers': withLink,
        response: { 200: EditPage, ...refusals },
      },
    },
    async (request, reply) => {
      const { params, query, producer } = request
      const { after: from = 0, goOn } = openPage(request, reply, counted)
      const batch = await readOwnBatch(params.id, producer, { ledger })
      const total = rowsOfBatch(batch)
      if (query.rows !== undefined) {
        const rows = query.rows.filter((row) => row < total)
        return viewsOf(batch, rows, await readRows(batch, rows, needs), needs)
      }
      const end = Math.min(from + query.limit, total)
      const records = await readEdits(batch, from, end, needs)
      const rows = records.map((_, i) => from + i)
      return { ...(await viewsOf(batch, rows, records, needs)), ...goOn(end < total ? end : undefined) }
    },
  )
}

/** The views of the edits of these rows, and what is said of those that cannot be read. */
async function viewsOf(
  batch: Batch,
  rows: readonly number[],
  records: readonly EditRecord[],
  { ledger, log }: Pick<Needs, 'ledger' | 'log'>,
) {
  const ids = rows.map((row) => editIdOfRow(batch.id, row))
  const { edits, left } = await readable(ids, records, ledger, log)
  const verdicts = wasJudged(batch) ? await ledger.verdictsOfRows(batch.id, rows) : undefined
  const views = edits.flatMap((edit) =>
    edit === undefined ? [] : [viewOf({ ...edit, verdict: verdicts?.get(edit.row) })],
  )
  return { edits: await nameVerdicts(views, { ledger }), ...left }
}

/** Callers count rows from 1. */
const faultOfRow = ({ row, ...fault }: RowFault): RequestFault => ({
  row: row + 1,
  ...faultInBody(fault, ['edits', row]),
})
