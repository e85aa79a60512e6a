import { Readable } from 'node:stream'
import type { Edit } from '@restyle/shared/contract/edit'
import { isTerminal } from '@restyle/shared/contract/edit-state'
import { limits } from '@restyle/shared/contract/limits'
import type { ReadTools } from '@restyle/shared/rows/read-edits'
import type { Store } from '@restyle/shared/store/store'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { ReadConditions, isKnown } from '../http/conditions.ts'
import { refusals } from '../http/openapi.ts'
import { readOwnEdit } from '../http/own.ts'
import type { Enter } from '../http/places.ts'
import { Problem } from '../http/problem.ts'
import { varyByWhoAsks } from '../http/vary.ts'
import { dispositionOf } from './disposition.ts'
import { rangeOf } from './range.ts'

type Needs = ReadTools & { store: Pick<Store, 'get' | 'presignGet'> }

/** An image as it lies in the bucket, and what it is called where it is saved. */
type Found = { key: string; sha256: string; bytes: number; contentType: string; name: string }

/** How long a redirect leads to the image: only as long as following it takes. */
const redirectSeconds = 300

/** A reader that takes nothing for so long is cut off: its image is held in memory. */
const silentMs = 30_000

export const indexOfPicture = z
  .string()
  .regex(/^\d{1,3}$/, { error: 'must be the index of an image, counted from 0' })
  .transform(Number)

/** The bytes of an image, through this server or by a redirect to the bucket. `enter`: places in bytes. */
export function imageRoutes(app: Api, needs: Needs & { enter: Enter }): void {
  app.get(
    '/v1/edits/:id/images/:index',
    {
      handlerTimeout: 120_000,
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'readImage',
        summary: 'One image of an edit',
        description:
          'The bytes, which never change: `ETag` is their SHA-256, and parts of them can be asked for by `Range`. With `via=redirect` the answer leads to a signed address in the bucket instead, which ends after five minutes and opens without a key.',
        tags: ['edits'],
        params: z.object({
          id: z.string(),
          index: indexOfPicture.describe('Its `index` in the edit, counted from 0'),
        }),
        querystring: z.strictObject({
          via: z
            .enum(['bytes', 'redirect'])
            .default('bytes')
            .describe('Through this server, or from the bucket'),
        }),
        headers: ReadConditions.extend({
          range: z.string().optional().describe('One range of bytes; of several all bytes are sent'),
          'if-range': z.string().optional().describe('The range only where the image has this `ETag`'),
        }),
        response: { ...refusals },
        'x-answers': {
          200: { description: 'The image', headers: imageHeaders, bytes: imageTypes },
          206: {
            description: 'A part of it',
            headers: [...imageHeaders, 'Content-Range'],
            bytes: imageTypes,
          },
          302: { description: 'Where the bucket has it', headers: ['Location', 'Cache-Control'] },
          304: { description: 'It is what the caller has', headers: ['ETag', 'Cache-Control'] },
        },
        'x-problems': ['not-found', 'image-pending', 'image-gone', 'range-not-satisfiable'],
      },
    },
    async (request, reply) => {
      const { params, query, producer } = request
      const found = imageOf(await readOwnEdit(params.id, producer, needs), params.index)
      if (query.via === 'redirect') {
        const url = await needs.store.presignGet(found.key, redirectSeconds)
        return reply.header('cache-control', 'private, no-store').redirect(url, 302)
      }
      return sendImage(found, request, reply, needs)
    },
  )
}

const imageTypes = ['image/png', 'image/jpeg', 'image/webp'] as const
const imageHeaders = ['ETag', 'Cache-Control', 'Content-Disposition', 'Accept-Ranges'] as const

/** Throws a `Problem` where there is no image, or not yet, or no longer. */
export function imageOf(edit: Edit, index: number): Found {
  const { id, key: name, state, images = [], request, failure } = edit
  if (index >= request.n) throw new Problem('not-found', 'There is no such image.')
  const image = images.find((each) => each.index === index)
  if (image?.stored !== undefined) {
    const ending = image.stored.key.split('.').at(-1) ?? 'png'
    return { ...image.stored, name: `${name}-${index}.${ending}` }
  }
  const why = image?.failure ?? failure
  if (why !== undefined || isTerminal(state))
    throw new Problem(
      'image-gone',
      why === undefined
        ? `Edit ${id} is ${state}, and this image was never stored.`
        : `This image will not come: ${why.code}: ${why.message}`,
    )
  throw new Problem('image-pending', `Edit ${id} is ${state}; this image is not stored yet.`, {
    retryAfter: 5,
  })
}

async function sendImage(
  { key, sha256, bytes, contentType, name }: Found,
  { headers, method, producer }: FastifyRequest,
  reply: FastifyReply,
  tools: { enter: Enter; store: Needs['store'] },
): Promise<FastifyReply> {
  const tag = `"${sha256}"`
  const kept = { etag: tag, 'cache-control': 'private, max-age=31536000, immutable' }
  varyByWhoAsks(reply)
  if (isKnown(headers['if-none-match'], tag)) return reply.headers(kept).code(304).send()
  const mayBePart = headers['if-range'] === undefined || headers['if-range'] === tag
  const range = mayBePart ? rangeOf(headers.range, bytes) : undefined
  if (range === 'none') {
    void reply.header('content-range', `bytes */${bytes}`)
    throw new Problem('range-not-satisfiable', `The image has ${bytes} bytes.`)
  }
  // a refusal must not be kept for ever: the headers come last
  const whole = method === 'HEAD' ? undefined : await readWhole({ key, bytes }, producer, reply, tools)
  const { from, to } = range ?? { from: 0, to: bytes - 1 }
  void reply.headers({
    ...kept,
    'accept-ranges': 'bytes',
    'content-type': contentType,
    'content-length': to - from + 1,
    'content-disposition': dispositionOf(name),
    ...(range === undefined ? {} : { 'content-range': `bytes ${from}-${to}/${bytes}` }),
  })
  // a stream keeps the length that was said
  const body = whole?.subarray(from, to + 1) ?? Readable.from([])
  return reply.code(range === undefined ? 200 : 206).send(body)
}

/** All of it at once: a slow reader then holds memory, of which there is a bound, and no connection to the bucket. */
async function readWhole(
  { key, bytes }: Pick<Found, 'key' | 'bytes'>,
  producer: string,
  reply: FastifyReply,
  { enter, store }: { enter: Enter; store: Needs['store'] },
): Promise<Buffer> {
  const leave = enter(producer, Math.min(bytes, limits.heldImageBytesEach))
  if (typeof leave === 'string')
    throw new Problem('unavailable', 'Other images are being sent. Ask for this one again in a moment.', {
      retryAfter: 1,
    })
  reply.raw.once('close', leave)
  const whole = await store.get(key)
  if (whole?.length !== bytes)
    throw new Problem('image-gone', 'The bucket does not have this image any more.')
  reply.raw.setTimeout(silentMs, () => reply.raw.destroy())
  return whole
}
