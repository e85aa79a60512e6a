import { promisify } from 'node:util'
import { constants, gzip, type ZlibOptions } from 'node:zlib'
import type { Batch } from '@restyle/shared/contract/batch'
import { type PlaneName, planeNames, planesText, usualPlanes } from '@restyle/shared/contract/planes'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { isKnown, ReadConditions } from '../http/conditions.ts'
import { refusals } from '../http/openapi.ts'
import { readOwnBatch } from '../http/own.ts'
import { takesGzip } from '../http/packing.ts'
import { vary } from '../http/vary.ts'

type Needs = { ledger: Pick<Ledger, 'readBatch' | 'readPlanes'> }

const planeHeaders = [
  'ETag',
  'Cache-Control',
  'X-Restyle-Planes',
  'X-Restyle-Rows',
  'X-Restyle-Version',
] as const

const pack: (bytes: Buffer, options: ZlibOptions) => Promise<Buffer> = promisify(gzip)
/** Runs are all that repeats in them: to look for nothing else makes them smaller than every level does, in a fifth of its time. */
const packing = { strategy: constants.Z_RLE }

const AskedPlanes = z
  .string()
  .max(100)
  .transform((text, context) => {
    const asked = text.split(',')
    const named = planeNames.filter((name) => asked.includes(name))
    if (named.length === asked.length) return named
    context.addIssue({ code: 'custom', message: `must name some of ${planeNames.join(',')}, each once` })
    return z.NEVER
  })
  .optional()
  .describe(`Which planes, such as \`${planeNames.join(',')}\`; default: \`${usualPlanes.join(',')}\``)

/** All rows of a batch at a glance: one byte of each and plane. */
export function mapRoutes(app: Api, { ledger }: Needs): void {
  app.get(
    '/v1/batches/:id/map',
    {
      config: { scope: 'edits:read' },
      compress: false,
      schema: {
        operationId: 'readMap',
        summary: 'The state, the verdict and the error code of every row, one byte each',
        description: `The planes that are asked for one after another, in the order \`${planeNames.join('`, `')}\`, each with a byte for every row in their order, as \`X-Restyle-Planes\` and \`X-Restyle-Rows\` say:\n\n${planesText()}\n\n\`ETag\` and \`X-Restyle-Version\` change whenever a byte does. \`GET /v1/live\` tells the changes.`,
        tags: ['batches'],
        params: z.object({ id: z.string() }),
        headers: ReadConditions,
        querystring: z.strictObject({ planes: AskedPlanes }),
        'x-problems': ['not-found'],
        'x-answers': {
          200: { description: 'The bytes', headers: planeHeaders, bytes: ['application/octet-stream'] },
          304: { description: 'It is what the caller has', headers: ['ETag', 'Cache-Control'] },
        },
        response: { ...refusals },
      },
    },
    async (request, reply) => {
      const batch = await readOwnBatch(request.params.id, request.producer, { ledger })
      return sendMap(batch, request.query.planes ?? usualPlanes, request, reply, { ledger })
    },
  )
}

async function sendMap(
  batch: Batch,
  planes: readonly PlaneName[],
  { headers }: Pick<FastifyRequest, 'headers'>,
  reply: FastifyReply,
  { ledger }: Needs,
): Promise<FastifyReply> {
  const tag = `W/"${batch.mapVersion}"`
  void reply.headers({ etag: tag, 'cache-control': 'private, no-cache' })
  if (isKnown(headers['if-none-match'], tag)) return reply.code(304).send()
  const { bytes, rows, version } = await ledger.readPlanes(batch)
  vary(reply, 'accept-encoding')
  void reply.type('application/octet-stream').headers({
    'x-restyle-planes': planes.join(','),
    'x-restyle-rows': rows,
    'x-restyle-version': version,
  })
  const whole = Buffer.concat(planes.map((name) => bytes[name]))
  if (!takesGzip(headers)) return reply.send(whole)
  return reply.header('content-encoding', 'gzip').send(await pack(whole, packing))
}
