import { viewOfBatch } from '@restyle/shared/contract/batch'
import { viewOf } from '@restyle/shared/contract/edit'
import { EditState } from '@restyle/shared/contract/edit-state'
import { limits } from '@restyle/shared/contract/limits'
import { text } from '@restyle/shared/contract/text'
import { VerdictName } from '@restyle/shared/contract/verdict'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import type { ReadTools } from '@restyle/shared/rows/read-edits'
import type { Store } from '@restyle/shared/store/store'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { refusals } from '../http/openapi.ts'
import { NextCursor, openPage, paging, withLink } from '../http/page.ts'
import { type KeyNames, nameVerdicts } from '../http/name-verdicts.ts'
import { readOwnBatch, withVerdicts } from '../http/own.ts'
import { leftOut } from '../http/readable.ts'
import { BatchAnswer, EditPage, unreadable } from '../http/schemas.ts'
import { batchStates, listBatches } from './list-batches.ts'
import { listEdits, type ListTools } from './list-edits.ts'
import { failureRoutes } from './failure-routes.ts'
import { places } from './place.ts'
import { rowSearchRoutes } from './row-search-routes.ts'
import { searchRoutes } from './search-routes.ts'

type Needs = KeyNames &
  ReadTools & {
    ledger: ListTools['ledger'] & Pick<Ledger, 'now' | 'readBatch' | 'turn' | 'verdictOf' | 'verdictsOfRows'>
    store: Pick<Store, 'list'>
    log: Log
  }

const BatchPage = z.object({
  batches: z.array(BatchAnswer),
  unreadable,
  nextCursor: NextCursor,
})

const bounded =
  'A page may have fewer items than `limit`, or none, and still a `nextCursor`: what one request looks at is bounded. The header `Link` has the same as an address, relative to that of the request.'

const time = (what: string) =>
  z.iso
    .datetime({ offset: true, error: 'must be a time such as 2026-03-02T21:00:00Z' })
    .optional()
    .describe(what)

const errorCode = text(200).min(1).optional()

/** Lists what a producer has asked for. */
export function listRoutes(app: Api, needs: Needs): void {
  batchList(app, needs)
  editList(app, needs)
  const tools = { ...needs, monotonic: () => performance.now() }
  failureRoutes(app, tools)
  searchRoutes(app, tools)
  rowSearchRoutes(app, tools)
}

function batchList(app: Api, { ledger, log }: Needs): void {
  app.get(
    '/v1/batches',
    {
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'listBatches',
        summary: 'The batches of the producer, the newest first',
        description: `A batch is listed until 30 days after its last row has ended. ${bounded}`,
        tags: ['batches'],
        querystring: z.strictObject({
          name: text(limits.batchName).min(1).optional().describe('A part of the name, in capitals or not'),
          state: z
            .enum(batchStates)
            .optional()
            .describe(
              '`open`: takes more rows; `active`: not all rows have ended; `paused`: by a person, its budget or its window; `canceled`; `failed`: rows of it have failed; `completed`: all rows have ended; `to-review`: some of its rows have pictures and no verdict',
            ),
          errorCode: errorCode.describe('Rows of it failed with this code'),
          from: time('Opened then or later'),
          to: time('Opened before then'),
          ...paging,
        }),
        'x-answers': withLink,
        response: { 200: BatchPage, ...refusals },
      },
    },
    async (request, reply) => {
      const { producer, query } = request
      const { name, state, errorCode: code, limit } = query
      const { after, goOn } = openPage(request, reply, places)
      const filter = { name, state, errorCode: code, ...spanOf(query) }
      const { batches, unreadable: bad, next } = await listBatches(producer, filter, after, limit, { ledger })
      return { batches: batches.map(viewOfBatch), ...(await leftOut(bad, ledger, log)), ...goOn(next) }
    },
  )
}

const States = z
  .string()
  .max(200)
  .refine((states) => states.split(',').every((state) => EditState.safeParse(state).success), {
    error: `must be one of ${EditState.options.join(', ')}, or several with commas between them`,
  })

function editList(app: Api, needs: Needs): void {
  const { ledger, log } = needs
  const tools = { ...needs, monotonic: () => performance.now() }
  app.get(
    '/v1/edits',
    {
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'listEdits',
        summary: 'The edits of the producer: the newest batch or single edit first, rows in their order',
        description: `Of a row that was retried the newest edit is listed. ${bounded}`,
        tags: ['edits'],
        querystring: z.strictObject({
          batch: text(64).min(1).optional().describe('Of this batch alone'),
          name: text(limits.batchName)
            .min(1)
            .optional()
            .describe('Of batches with this in their names, in capitals or not'),
          state: States.optional().describe('One state, or several with commas between them'),
          verdict: z
            .union([VerdictName, z.literal('none')])
            .optional()
            .describe('A person said this of it, or `none`: it has succeeded, and nobody said anything'),
          keyPrefix: text(limits.key)
            .min(1)
            .optional()
            .describe('The beginning of the key, as it is written'),
          errorCode: errorCode.describe('It failed with this code'),
          from: time('Enqueued then or later; a row counts as enqueued when its batch was opened'),
          to: time('Enqueued before then'),
          ...paging,
        }),
        'x-problems': ['not-found'],
        'x-answers': withLink,
        response: { 200: EditPage, ...refusals },
      },
    },
    async (request, reply) => {
      const { producer, query } = request
      const { batch: id, name, state, verdict, keyPrefix, errorCode: code, limit } = query
      const { after, goOn } = openPage(request, reply, places)
      const batch = id === undefined ? undefined : await readOwnBatch(id, producer, needs)
      const states = (state?.split(',') ?? []).map((each) => EditState.parse(each))
      const isCode = code === undefined ? undefined : (each: string) => each === code
      const filter = { batch, name, states, verdict, keyPrefix, isCode, ...spanOf(query) }
      const { edits, unreadable: bad, next } = await listEdits(producer, filter, after, limit, tools)
      const shown = (await withVerdicts(edits, needs)).map(viewOf)
      return { edits: await nameVerdicts(shown, needs), ...(await leftOut(bad, ledger, log)), ...goOn(next) }
    },
  )
}

const spanOf = ({ from, to }: { from?: string | undefined; to?: string | undefined }) => ({
  from: from === undefined ? undefined : Date.parse(from),
  to: to === undefined ? undefined : Date.parse(to),
})
