import { type ResultView, resultOf } from '@restyle/shared/contract/result'
import { limits } from '@restyle/shared/contract/limits'
import { VerdictName } from '@restyle/shared/contract/verdict'
import type { RowOutcome } from '@restyle/shared/rows/read-outcomes'
import type { Store } from '@restyle/shared/store/store'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { refusals } from '../http/openapi.ts'
import { counted, NextCursor, openPage, pagingOrWhole, usualLimit, withLink } from '../http/page.ts'
import { readOwnBatch, readOwnEdit } from '../http/own.ts'
import { openPlaces } from '../http/places.ts'
import { Problem } from '../http/problem.ts'
import { imageExample, ResultAnswer, signedExample } from '../http/schemas.ts'
import { csvExample, jsonLinesExample } from '../http/stream-examples.ts'
import { type ExportTools, exportResults, openExports } from './export-results.ts'
import { fileRoutes } from './file-routes.ts'
import { imageRoutes } from './image-routes.ts'
import { pictureRoutes } from './picture-routes.ts'
import type { Pictures } from './pictures.ts'
import { endStates, readResults } from './read-results.ts'
import { linkSeconds, signImages } from './sign-images.ts'

type Needs = ExportTools & { store: Pick<Store, 'get' | 'list' | 'presignGet'>; pictures: Pictures }

const seconds = z.coerce.number().int().min(linkSeconds.least).max(linkSeconds.most)

const ResultPage = z.object({
  results: z.array(ResultAnswer),
  unreadable: z
    .array(
      z.object({
        id: z.string(),
        row: z.int().describe('Counted from 0'),
        key: z.string().optional(),
        why: z.string(),
      }),
    )
    .optional()
    .describe('Rows whose records cannot be read: with `results` every row is there once'),
  nextCursor: NextCursor,
})

/** What a batch came to: each row with what it was made from, signed addresses of its images, and its files. */
export function resultRoutes(app: Api, needs: Needs): void {
  resultsOfBatch(app, needs)
  linksOfEdit(app, needs)
  const enter = openPlaces({ all: limits.heldImageBytes, each: limits.heldImageBytesEach })
  imageRoutes(app, { ...needs, enter })
  pictureRoutes(app, { ...needs, enter })
  fileRoutes(app, needs)
}

const ResultQuery = z.strictObject({
  ...pagingOrWhole,
  links: seconds.optional().describe('Sign an address for each image, which ends after so many seconds'),
  verdict: z
    .union([VerdictName, z.literal('none')])
    .optional()
    .describe('Only rows of which a person said this, or `none`: of which nobody said anything'),
  state: z
    .enum(endStates)
    .optional()
    .describe('Only rows whose newest edit has ended so; not together with `verdict`'),
  format: z
    .enum(['json', 'csv', 'jsonl'])
    .default('json')
    .describe('`json`: a page; `csv` and `jsonl`: a file with all rows, without `cursor` and `limit`'),
})

function resultsOfBatch(app: Api, needs: Needs): void {
  const enter = openExports()
  app.get(
    '/v1/batches/:id/results',
    {
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'listResults',
        summary: 'Every row of a batch with what it was made from, in the order of its rows',
        description:
          "The edits of the batch with their sources and the catalog's own columns; with `links` also signed addresses of the images. The header `Link` has the next page. With `format` all rows are one file, which is sent while it is read, compressed for whoever accepts gzip: `csv` is the table that is stored when a batch ends (UTF-8 with a byte order mark, cells that a spreadsheet would run begin with an apostrophe), and has the columns `verdict` and `verdict_note` where `verdict` narrows it; `jsonl` has a result on each line. A row whose record cannot be read is there with the state `unreadable`. A file that breaks off ends without the end of its answer: a reader sees a download that failed.",
        tags: ['batches'],
        params: z.object({ id: z.string() }),
        querystring: ResultQuery,
        'x-problems': ['not-found'],
        'x-answers': { 200: { headers: [...withLink[200].headers, 'Cache-Control', 'Content-Disposition'] } },
        response: {
          200: {
            description: 'A page of results, or all of them as a file',
            content: {
              'application/json': { schema: ResultPage },
              'text/csv': { schema: z.string().meta({ examples: [csvExample] }) },
              'application/x-ndjson': { schema: z.string().meta({ examples: [jsonLinesExample] }) },
            },
          },
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const { params, producer, routeOptions } = request
      const { format, cursor, limit, ...asked } = request.query
      const { verdict, state, links } = asked
      if (verdict !== undefined && state !== undefined) throw bothAsked()
      if (format !== 'json') {
        refusePaging({ cursor, limit }, format)
        const batch = await readOwnBatch(params.id, producer, needs)
        return exportResults(batch, { format, verdict, state, links }, { request, reply, enter }, needs)
      }
      const size = limit ?? usualLimit
      const query = { ...asked, limit: size, ...(cursor === undefined ? {} : { cursor }) }
      const { after: from = 0, goOn } = openPage({ params, query, routeOptions }, reply, counted)
      const batch = await readOwnBatch(params.id, producer, needs)
      const { outcomes, next } = await readResults(batch, from, size, { verdict, state, links }, needs)
      return { ...pageOf(outcomes), ...goOn(next) }
    },
  )
}

const bothAsked = (): Problem =>
  Problem.ofFaults('invalid-parameter', [
    { parameter: 'state', detail: 'state does not go with verdict: ask for one of both' },
  ])

/** Whoever follows pages and gets a file would take it for the first of many. Throws a `Problem` (invalid-parameter). */
function refusePaging(paging: Readonly<Record<string, unknown>>, format: string): void {
  const given = Object.keys(paging).filter((name) => paging[name] !== undefined)
  if (given.length === 0) return
  throw Problem.ofFaults(
    'invalid-parameter',
    given.map((parameter) => ({
      parameter,
      detail: `${parameter} does not go with format=${format}, which has all rows: leave it out`,
    })),
  )
}

function pageOf(outcomes: readonly RowOutcome[]): Omit<z.infer<typeof ResultPage>, 'nextCursor'> {
  const results: ResultView[] = []
  const unreadable: z.infer<typeof ResultPage>['unreadable'] = []
  for (const outcome of outcomes) {
    if (outcome.kind === 'result') {
      results.push(outcome.result)
      continue
    }
    const { id, row, key, why } = outcome
    unreadable.push({ id, row, why, ...(key === undefined ? {} : { key }) })
  }
  return { results, ...(unreadable.length === 0 ? {} : { unreadable }) }
}

const Links = z.object({ images: ResultAnswer.shape.images }).meta({
  examples: [{ images: [{ ...imageExample, url: signedExample, urlExpiresAt: '2026-03-02T22:00:00.000Z' }] }],
})

function linksOfEdit(app: Api, needs: Needs): void {
  app.get(
    '/v1/edits/:id/links',
    {
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'linkImages',
        summary: 'Signed addresses of the images of an edit',
        description:
          'Whoever has such an address can open the image, without a key, until it ends. Nothing is asked of the bucket.',
        tags: ['edits'],
        params: z.object({ id: z.string() }),
        querystring: z.strictObject({
          seconds: seconds.default(3600).describe('After how long the addresses end'),
        }),
        'x-problems': ['not-found'],
        response: { 200: Links, ...refusals },
      },
    },
    async ({ params, query, producer }) => {
      const { images } = resultOf(await readOwnEdit(params.id, producer, needs), undefined)
      return { images: await signImages(images, query.seconds, { store: needs.store, now: Date.now }) }
    },
  )
}
