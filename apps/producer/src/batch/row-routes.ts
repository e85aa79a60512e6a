import { Readable } from 'node:stream'
import { viewOfBatch } from '@restyle/shared/contract/batch'
import { limits } from '@restyle/shared/contract/limits'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { IntakeHeaders, traceOf, unfinished } from '../http/intake-headers.ts'
import { boundLargeBodies } from '../http/large-bodies.ts'
import { refusals } from '../http/openapi.ts'
import { noSuchBatch, readOwnBatch } from '../http/own.ts'
import { openPage, paging, textual, withLink } from '../http/page.ts'
import { jsonReader } from '../http/parse-json.ts'
import { piecesOf, pictureRoomOf } from '../http/picture-bodies.ts'
import type { Enter } from '../http/places.ts'
import { Problem, type RequestFault } from '../http/problem.ts'
import { BatchAnswer, CloseBody, RejectsPage, RowsAnswer } from '../http/schemas.ts'
import { linesExample } from '../http/stream-examples.ts'
import { bodyUnchecked, faultInBody } from '../http/validate.ts'
import { appendRows, type Appended } from '../intake/append-rows.ts'
import { openBodyPictures } from '../intake/body-pictures.ts'
import { closeBatch } from '../intake/close-batch.ts'
import type { RowFault } from '../intake/outcome.ts'
import { pageOfRejects } from '../intake/rejects.ts'
import type { IntakeTools } from '../intake/tools.ts'
import { readRows } from './read-rows.ts'

const BatchPath = z.object({ id: z.string() })
const RowsPath = z.object({
  id: z.string(),
  first: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, { error: 'must be the number of a row, counted from 1' })
    .transform(Number)
    .describe('The number of the first row of the body, counted from 1'),
})

type RowNeeds = { intake: IntakeTools; bodies: Enter; pictureRoom: Enter }

/** Sends the rows of an open batch in chunks. A plugin of its own: its JSON lines are read as they arrive. */
export function rowRoutes(app: Api, { intake, bodies, pictureRoom }: RowNeeds): void {
  boundLargeBodies(app, bodies)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/x-ndjson', async (_request: FastifyRequest, body: Readable) => body)
  putRows(app, intake, pictureRoom)
}

function putRows(app: Api, intake: IntakeTools, pictureRoom: Enter): void {
  const parse = jsonReader(app)
  app.put(
    '/v1/batches/:id/rows/:first',
    {
      config: { scope: 'edits:write' },
      bodyLimit: limits.chunkBytes,
      handlerTimeout: 120_000,
      validatorCompiler: bodyUnchecked,
      schema: {
        operationId: 'putRows',
        summary: 'Send up to 1,000 rows to an open batch',
        description:
          'JSON lines, a RowRequest each; blank lines are left out. The same rows under the same number are taken once, whenever and however often they come, and the answer is the same. Rows go in without a gap.',
        tags: ['batches'],
        consumes: ['application/x-ndjson'],
        params: RowsPath,
        headers: z.looseObject({ traceparent: IntakeHeaders.shape.traceparent }),
        // for the document: the route is handed a stream
        body: z.file().meta({ examples: [linesExample as never] }),
        querystring: z.strictObject({
          onFault: z
            .enum(['refuse', 'skip'])
            .default('refuse')
            .describe(
              'What becomes of rows with faults: all rows are refused with all faults, or the others are taken without them',
            ),
        }),
        'x-problems': ['not-found', 'rows-conflict', 'rows-missing', 'batch-closed', 'too-many-open'],
        'x-answers': { 200: { headers: ['Idempotent-Replayed'] } },
        response: { 200: RowsAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { params, query, producer, body, headers } = request
      const pictures = openBodyPictures(pictureRoomOf(request, reply, pictureRoom))
      const outcome = await appendRows(intake, {
        producer,
        batch: params.id,
        first: params.first - 1,
        rows: await readRows(pictures.takeOut(piecesOf(streamOf(body))), parse),
        pictures,
        skips: query.onFault === 'skip',
        ...traceOf(headers.traceparent),
      })
      if (outcome.kind !== 'taken') throw refusalOf(outcome, params)
      const { rows, rejects, warnings, replayed } = outcome
      if (replayed) reply.header('idempotent-replayed', 'true')
      return {
        batch: params.id,
        first: params.first,
        rows,
        nextRow: params.first + rows,
        ...(rejects.length === 0 ? {} : { rejects: [...rejects] }),
        ...(warnings.length === 0 ? {} : { warnings: warnings.map(faultOfRow) }),
      }
    },
  )
}

/** The parser above leaves a body as it came; without a content type there is none. */
function streamOf(body: unknown): Readable {
  if (body instanceof Readable) return body
  throw new Problem('malformed-request', 'The body is empty; it must be lines of JSON.')
}

function refusalOf(outcome: Exclude<Appended, { kind: 'taken' }>, { first }: { first: number }): Problem {
  switch (outcome.kind) {
    case 'unknown':
      return noSuchBatch()
    case 'refused': {
      const { first: faults, total } = outcome.faults
      return Problem.ofFaults('invalid-request', faults.map(faultOfRow), total)
    }
    case 'conflict':
      return new Problem(
        'rows-conflict',
        `Row ${first} came with other rows before; those stay. Send the same rows again, or go on with row ${outcome.next + 1}.`,
        { nextRow: outcome.next + 1 },
      )
    case 'gap':
      return new Problem(
        'rows-missing',
        `Row ${first} cannot be taken before row ${outcome.next + 1}, which is the next.`,
        { nextRow: outcome.next + 1 },
      )
    case 'over':
      return new Problem('batch-closed', `The batch was ${outcome.why}; it takes no more rows.`)
    case 'too-many':
      return new Problem('invalid-request', `A batch has at most ${limits.streamedRows} rows.`)
    case 'unfinished':
      return unfinished(outcome.lookedUp)
  }
}

/** Callers count rows from 1; the pointer begins within the row. */
const faultOfRow = ({ row, ...fault }: RowFault): RequestFault => ({ row: row + 1, ...faultInBody(fault) })

/** Ends the rows of an open batch, and lists what was left out of it. */
export function openBatchRoutes(app: Api, { intake }: { intake: IntakeTools }): void {
  closeRows(app, intake)
  listRejects(app, intake)
}

const chunkNames = textual(/^\d{9}-[0-9a-f]{32}$/)

function listRejects(app: Api, { ledger, store }: IntakeTools): void {
  app.get(
    '/v1/batches/:id/rejects',
    {
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'listRejectsOfBatch',
        summary: 'The lines that were left out of a batch (`onFault=skip`)',
        description: 'A page has those of one chunk.',
        tags: ['batches'],
        params: BatchPath,
        querystring: z.strictObject({ cursor: paging.cursor }),
        'x-problems': ['not-found'],
        'x-answers': withLink,
        response: { 200: RejectsPage, ...refusals },
      },
    },
    async (request, reply) => {
      const { params, producer } = request
      const { after, goOn } = openPage(request, reply, chunkNames)
      await readOwnBatch(params.id, producer, { ledger })
      const { rejects, next } = await pageOfRejects(store, params.id, after)
      return { rejects: [...rejects], ...goOn(next) }
    },
  )
}

function closeRows(app: Api, intake: IntakeTools): void {
  app.post(
    '/v1/batches/:id/close',
    {
      config: { scope: 'edits:write' },
      schema: {
        operationId: 'closeBatch',
        summary: 'End the rows of an open batch',
        description:
          'It ends when all of its rows have. To close it twice with the same number is to close it once.',
        tags: ['batches'],
        params: BatchPath,
        body: CloseBody,
        'x-problems': ['not-found', 'rows-missing'],
        response: { 200: BatchAnswer, ...refusals },
      },
    },
    async ({ params, body, producer }) => {
      const outcome = await closeBatch(intake, { producer, batch: params.id, total: body.total })
      switch (outcome.kind) {
        case 'closed':
          return viewOfBatch(outcome.batch)
        case 'unknown':
          throw noSuchBatch()
        case 'mismatch': {
          const { accepted, isOpen } = outcome
          const more = isOpen ? { nextRow: accepted + 1 } : {}
          throw new Problem('rows-missing', missing(body.total, accepted), more)
        }
      }
    },
  )
}

const missing = (total: number, accepted: number): string =>
  accepted < total
    ? `The batch has ${accepted} rows of ${total}: rows ${accepted + 1} to ${total} are missing.`
    : `The batch has ${accepted} rows, which are more than ${total}.`
