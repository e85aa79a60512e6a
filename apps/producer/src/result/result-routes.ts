import { type Batch, rowsOfBatch } from '@restyle/shared/contract/batch'
import type { Verdict } from '@restyle/shared/contract/planes'
import { type ResultView, resultOf } from '@restyle/shared/contract/result'
import { limits } from '@restyle/shared/contract/limits'
import { VerdictName } from '@restyle/shared/contract/verdict'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import {
  forgotten,
  readOutcomes,
  readOutcomesOf,
  type RowOutcome,
  withVerdicts,
} from '@restyle/shared/rows/read-outcomes'
import type { ReadTools } from '@restyle/shared/rows/read-edits'
import type { Store } from '@restyle/shared/store/store'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { refusals } from '../http/openapi.ts'
import { counted, NextCursor, openPage, paging, withLink } from '../http/page.ts'
import { readOwnBatch, readOwnEdit } from '../http/own.ts'
import { openPlaces } from '../http/places.ts'
import { leftOut } from '../http/readable.ts'
import { imageExample, ResultAnswer, signedExample } from '../http/schemas.ts'
import { fileRoutes } from './file-routes.ts'
import { imageRoutes } from './image-routes.ts'
import { pictureRoutes } from './picture-routes.ts'
import type { Pictures } from './pictures.ts'
import { linkSeconds, signImages } from './sign-images.ts'

type Needs = ReadTools & {
  ledger: ReadTools['ledger'] & Pick<Ledger, 'rowsJudged' | 'turn' | 'verdictsOfRows'>
  store: Pick<Store, 'get' | 'presignGet'>
  pictures: Pictures
  log: Log
}

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

function resultsOfBatch(app: Api, needs: Needs): void {
  const signing = { store: needs.store, now: Date.now }
  app.get(
    '/v1/batches/:id/results',
    {
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'listResults',
        summary: 'Every row of a batch with what it was made from, in the order of its rows',
        description:
          "The edits of the batch with their sources and the catalog's own columns; with `links` also signed addresses of the images. The header `Link` has the next page.",
        tags: ['batches'],
        params: z.object({ id: z.string() }),
        querystring: z.strictObject({
          ...paging,
          links: seconds
            .optional()
            .describe('Sign an address for each image, which ends after so many seconds'),
          verdict: z
            .union([VerdictName, z.literal('none')])
            .optional()
            .describe('Only rows of which a person said this, or `none`: of which nobody said anything'),
        }),
        'x-problems': ['not-found'],
        'x-answers': withLink,
        response: { 200: ResultPage, ...refusals },
      },
    },
    async (request, reply) => {
      const { params, query, producer } = request
      const { after: from = 0, goOn } = openPage(request, reply, counted)
      const batch = await readOwnBatch(params.id, producer, needs)
      const { outcomes, next } = await readPage(batch, from, query, needs)
      const results: ResultView[] = []
      for (const outcome of outcomes) {
        if (outcome.kind !== 'result') continue
        const { result } = outcome
        const { links } = query
        results.push(
          links === undefined
            ? result
            : { ...result, images: await signImages(result.images, links, signing) },
        )
      }
      return {
        results,
        ...(await unreadableOf(outcomes, needs)),
        ...goOn(next),
      }
    },
  )
}

type PageQuery = { limit: number; verdict?: Verdict | 'none' | undefined }

/** The rows of a page, and where the next one begins; undefined for the last. */
async function readPage(
  batch: Batch,
  from: number,
  { limit, verdict }: PageQuery,
  needs: Needs,
): Promise<{ outcomes: RowOutcome[]; next: number | undefined }> {
  const to = rowsOfBatch(batch)
  if (verdict === undefined) {
    const end = Math.min(from + limit, to)
    const outcomes = await withVerdicts(batch, await readOutcomes(batch, from, end, needs), needs)
    return { outcomes, next: end < to ? end : undefined }
  }
  // one more, to see whether any is left
  const rows = await needs.ledger.rowsJudged(batch.id, verdict, { from, to, limit: limit + 1 })
  const found = await readOutcomesOf(batch, rows.slice(0, limit), needs)
  return { outcomes: await withVerdicts(batch, found, needs), next: rows[limit] }
}

async function unreadableOf(outcomes: readonly RowOutcome[], { ledger, log }: Needs) {
  const bad = outcomes.flatMap((outcome) => {
    if (outcome.kind !== 'unreadable') return []
    const { id, row, key, why } = outcome
    return [{ id, row, why, ...(key === undefined ? {} : { key }) }]
  })
  // nobody has to look at what was forgotten in its time
  await leftOut(
    bad.filter(({ why }) => why !== forgotten),
    ledger,
    log,
  )
  return bad.length === 0 ? {} : { unreadable: bad }
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
