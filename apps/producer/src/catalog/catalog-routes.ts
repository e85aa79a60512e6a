import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { viewOfBatch } from '@restyle/shared/contract/batch'
import { CatalogName, type CatalogRow } from '@restyle/shared/contract/catalog'
import { limits } from '@restyle/shared/contract/limits'
import type { Log } from '@restyle/shared/log'
import { openBatchesOf } from '@restyle/shared/rows/catalog-batches'
import { type CatalogTools, newestRows } from '@restyle/shared/rows/catalog-rows'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import type { KeyWatch } from '../http/live-keys.ts'
import { refusals } from '../http/openapi.ts'
import { takesGzip } from '../http/packing.ts'
import { openPlaces } from '../http/places.ts'
import { Problem } from '../http/problem.ts'
import { BatchAnswer, CatalogRowAnswer } from '../http/schemas.ts'
import { headersOnly, takeOver } from '../http/take-over.ts'

const CatalogPath = z.object({ name: CatalogName })

/** `stopping`: the server stops. */
type Needs = CatalogTools & { stopping: AbortSignal; keyWatch: KeyWatch; log: Log }

/** What became of the rows of a catalog that is run again and again. */
export function catalogRoutes(app: Api, needs: Needs): void {
  readCatalog(app, needs)
  listRows(app, needs)
}

function readCatalog(app: Api, needs: Needs): void {
  app.get(
    '/v1/catalogs/:name',
    {
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'readCatalog',
        summary: 'The batches of a catalog that may get more rows, the newest first',
        description: 'Whoever was cut off while it sent the rows of a catalog goes on with one of these.',
        tags: ['catalogs'],
        params: CatalogPath,
        response: {
          200: z.object({ name: z.string().meta({ examples: ['spring.csv'] }), open: z.array(BatchAnswer) }),
          ...refusals,
        },
      },
    },
    async ({ params: { name }, producer }) => ({
      name,
      open: (await openBatchesOf(needs, { producer, name })).map(viewOfBatch),
    }),
  )
}

function listRows(app: Api, needs: Needs): void {
  const enter = openPlaces({ all: limits.catalogReads, each: limits.catalogReadsEach })
  app.get(
    '/v1/catalogs/:name/rows',
    {
      config: { scope: 'edits:read' },
      // of a million rows the first may take a while: the batches are listed before
      handlerTimeout: 120_000,
      schema: {
        operationId: 'listRowsOfCatalog',
        summary: 'What became of each key of a catalog',
        description:
          'JSON lines, a CatalogRow for each key: its newest row of all batches that were given this `catalog`, open ones too. They come in no order, compressed for whoever accepts gzip. The last line is `{"rows":<how many>}`; without it the list broke off.',
        tags: ['catalogs'],
        params: CatalogPath,
        'x-answers': { 200: { headers: ['Cache-Control'] } },
        response: {
          200: {
            description: 'A line for each key, and one at the end',
            content: { 'application/x-ndjson': { schema: CatalogRowAnswer } },
          },
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const { params, producer, headers, signal, method } = request
      const { name } = params
      if (method === 'HEAD') return headersOnly(reply, 'application/x-ndjson')
      const leavePlace = enter(producer)
      if (typeof leavePlace === 'string')
        throw new Problem(
          'unavailable',
          'Other lists of rows of catalogs are read now. Ask again in a moment.',
          {
            retryAfter: 5,
          },
        )
      const { revoked, leave } = needs.keyWatch.watch(request)
      try {
        const lines = linesOf(newestRows(needs, { producer, name }))
        // what keeps it from beginning is an answer like any other
        const first = await lines.next()
        signal.throwIfAborted()
        const raw = takeOver(reply)
        const ends = AbortSignal.any([revoked, needs.stopping])
        const isPacked = takesGzip(headers)
        await send(raw, all(first, lines), { isPacked, ends, log: needs.log })
      } finally {
        leave()
        leavePlace()
      }
      return reply
    },
  )
}

/** Rows as lines, a piece for each chunk; the last one tells how many there were. */
async function* linesOf(chunks: AsyncIterable<readonly CatalogRow[]>): AsyncGenerator<string> {
  let rows = 0
  for await (const chunk of chunks) {
    rows += chunk.length
    yield chunk.map((row) => `${JSON.stringify(row)}\n`).join('')
  }
  yield `${JSON.stringify({ rows })}\n`
}

async function* all(first: IteratorResult<string>, rest: AsyncIterable<string>): AsyncGenerator<string> {
  if (first.done === true) return
  yield first.value
  yield* rest
}

type Sending = { isPacked: boolean; ends: AbortSignal; log: Log }

/** Sends it to its end, or until the reader leaves. What breaks off lacks its last line. */
async function send(raw: ServerResponse, lines: AsyncIterable<string>, sending: Sending): Promise<void> {
  const { isPacked, ends: signal, log } = sending
  raw.writeHead(200, {
    'content-type': 'application/x-ndjson',
    'cache-control': 'no-store',
    vary: 'accept-encoding',
    ...(isPacked ? { 'content-encoding': 'gzip' } : {}),
  })
  try {
    if (isPacked) await pipeline(Readable.from(lines), createGzip({ level: 1 }), raw, { signal })
    else await pipeline(Readable.from(lines), raw, { signal })
  } catch (error) {
    if (!raw.destroyed && !signal.aborted) log.error({ error }, 'list of the rows of a catalog broke off')
    raw.destroy()
  }
}
