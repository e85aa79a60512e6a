import { createHash } from 'node:crypto'
import type { Edit } from '@restyle/shared/contract/edit'
import { limits } from '@restyle/shared/contract/limits'
import { lookAt } from '@restyle/shared/picture/small-picture'
import { type ThumbnailSide, thumbnailSides } from '@restyle/shared/picture/thumbnail'
import type { ReadTools } from '@restyle/shared/rows/read-edits'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { isKnown, ReadConditions } from '../http/conditions.ts'
import { refusals } from '../http/openapi.ts'
import { readOwnEdit } from '../http/own.ts'
import type { Enter } from '../http/places.ts'
import { Problem } from '../http/problem.ts'
import { varyByWhoAsks } from '../http/vary.ts'
import { dispositionOf } from './disposition.ts'
import { imageOf, indexOfPicture } from './image-routes.ts'
import type { PictureRead, Pictures, Shown, SourceShown } from './pictures.ts'

type Needs = ReadTools & {
  pictures: Pictures
  /** Places for pictures that are held while they are sent, in bytes. */
  enter: Enter
}

const sides = { '320': thumbnailSides[0], '960': thumbnailSides[1] } as const
const sideNames = ['320', '960'] as const
const sideText = 'How long its longer side may be, in pixels; a picture that is smaller stays as it is'

const headers = ['ETag', 'Cache-Control'] as const
const known = { description: 'It is what the caller has', headers }

/** Made once and kept: the address of a small picture never shows another one. */
const forEver = 'private, max-age=31536000, immutable'
/** Whoever owns the server of a source may put another picture at its address. */
const forAWhile = 'private, max-age=3600'

/** A reader that takes nothing for so long is cut off: its picture is held in memory. */
const silentMs = 30_000

/** Small pictures of images and sources, and sources as they are: what a page shows of an edit. */
export function pictureRoutes(app: Api, needs: Needs): void {
  smallImages(app, needs)
  sources(app, needs)
  sourceFacts(app, needs)
}

function smallImages(app: Api, needs: Needs): void {
  app.get(
    '/v1/edits/:id/images/:index/:side',
    {
      handlerTimeout: 60_000,
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'readSmallImage',
        summary: 'A small picture of one image of an edit',
        description:
          'WebP. It never changes, and may be kept for ever: each take of a row is an edit of its own. Made when it is first asked for, where the worker has not made it.',
        tags: ['edits'],
        params: z.object({
          id: z.string(),
          index: indexOfPicture.describe('Its `index` in the edit, counted from 0'),
          side: z.enum(sideNames).describe(sideText),
        }),
        headers: ReadConditions,
        response: { ...refusals },
        'x-answers': { 200: { description: 'The picture', headers, bytes: ['image/webp'] }, 304: known },
        'x-problems': ['not-found', 'image-pending', 'image-gone'],
      },
    },
    async (request, reply) => {
      const { id, index, side } = request.params
      const edit = await readOwnEdit(id, request.producer, needs)
      const { key, sha256, bytes } = imageOf(edit, index)
      const image = { editId: edit.id, producer: edit.producer, index, key, sha256, bytes }
      return sendSmall({ what: 'image', ...image }, sides[side], request, reply, needs)
    },
  )
}

function sources(app: Api, needs: Needs): void {
  app.get(
    '/v1/edits/:id/sources/:index/:side',
    {
      handlerTimeout: 60_000,
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'readSourcePicture',
        summary: 'A source picture of an edit, small or as it is',
        description:
          'Small ones are WebP and never change. `full` is the bytes of the source as they are now: a JPEG, PNG, WebP or BMP, whatever it is called. A source that cannot be read is answered with 404, and `detail` says why: `oss://` always is.',
        tags: ['edits'],
        params: z.object({
          id: z.string(),
          index: indexOfPicture.describe('Which of the pictures of the edit, counted from 0'),
          side: z.enum([...sideNames, 'full']).describe(`${sideText}. \`full\`: the bytes as they are`),
        }),
        headers: ReadConditions,
        response: { ...refusals },
        'x-answers': {
          200: {
            description: 'The picture',
            headers: [...headers, 'Content-Disposition'],
            bytes: ['image/webp', 'image/png', 'image/jpeg', 'image/bmp'],
          },
          304: known,
        },
        'x-problems': ['not-found'],
      },
    },
    async (request, reply) => {
      const { id, index, side } = request.params
      const edit = await readOwnEdit(id, request.producer, needs)
      const source = sourceOf(edit, index)
      return side === 'full'
        ? sendFull(source, request, reply, needs)
        : sendSmall(source, sides[side], request, reply, needs)
    },
  )
}

const SourceFacts = z
  .object({
    type: z.string().describe('What its bytes are, whatever it is called'),
    bytes: z.int(),
    width: z.int().optional().describe('In pixels, as it is shown: turned as its EXIF says'),
    height: z.int().optional(),
  })
  .meta({
    id: 'SourceFacts',
    examples: [{ type: 'image/jpeg', bytes: 212_480, width: 1280, height: 1280 }],
  })

function sourceFacts(app: Api, needs: Needs): void {
  app.get(
    '/v1/edits/:id/sources/:index',
    {
      handlerTimeout: 60_000,
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'readSourceFacts',
        summary: 'How large a source picture of an edit is',
        description:
          'As it was when it was looked at first, as its small pictures are. A source that cannot be read is answered with 404, and `detail` says why.',
        tags: ['edits'],
        params: z.object({
          id: z.string(),
          index: indexOfPicture.describe('Which of the pictures of the edit, counted from 0'),
        }),
        'x-problems': ['not-found'],
        response: { 200: SourceFacts, ...refusals },
      },
    },
    async ({ params, producer }) => {
      const source = sourceOf(await readOwnEdit(params.id, producer, needs), params.index)
      const read = await needs.pictures.facts(source)
      if (read.kind === 'none') throw refusalOf(read, source)
      return read.facts
    },
  )
}

function sourceOf(edit: Edit, index: number): SourceShown {
  const address = edit.request.images[index]
  if (address === undefined) throw new Problem('not-found', 'The edit has no such source.')
  return { editId: edit.id, producer: edit.producer, index, what: 'source', address }
}

async function sendSmall(
  shown: Shown,
  side: ThumbnailSide,
  request: FastifyRequest,
  reply: FastifyReply,
  { pictures }: Needs,
): Promise<FastifyReply> {
  const bytes = bytesOf(await pictures.small(shown, side), shown)
  const kept = { etag: `"${digest(bytes)}"`, 'cache-control': forEver }
  varyByWhoAsks(reply)
  if (isKnown(request.headers['if-none-match'], kept.etag)) return reply.headers(kept).code(304).send()
  return reply.headers({ ...kept, 'content-type': 'image/webp' }).send(bytes)
}

async function sendFull(
  shown: SourceShown,
  request: FastifyRequest,
  reply: FastifyReply,
  { pictures, enter }: Needs,
): Promise<FastifyReply> {
  const uploaded = /^sha256:([0-9a-f]{64})$/.exec(shown.address)?.[1]
  const cacheControl = uploaded === undefined ? forAWhile : forEver
  varyByWhoAsks(reply)
  const known304 = (etag: string) => reply.headers({ etag, 'cache-control': cacheControl }).code(304).send()
  const conditions = request.headers['if-none-match']
  if (uploaded !== undefined && isKnown(conditions, `"${uploaded}"`)) return known304(`"${uploaded}"`)
  const leave = enter(request.producer, limits.sourceBytes)
  if (typeof leave === 'string')
    throw new Problem('unavailable', 'Other pictures are being sent. Ask for this one again in a moment.', {
      retryAfter: 1,
    })
  reply.raw.once('close', leave)
  const bytes = bytesOf(await pictures.full(shown), shown)
  const look = await lookAt(bytes)
  if (look.kind === 'fault') throw notShown(shown, look.detail)
  const etag = `"${uploaded ?? digest(bytes)}"`
  if (isKnown(conditions, etag)) return known304(etag)
  reply.raw.setTimeout(silentMs, () => reply.raw.destroy())
  return reply
    .headers({
      etag,
      'cache-control': cacheControl,
      'content-type': look.type,
      'content-disposition': dispositionOf(`source-${shown.index}.${look.type.slice('image/'.length)}`),
    })
    .send(bytes)
}

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

/** The bytes of a picture. Throws a `Problem` where it cannot be had. */
function bytesOf(read: PictureRead, shown: Shown): Buffer {
  if (read.kind === 'picture') return read.bytes
  throw refusalOf(read, shown)
}

const refusalOf = ({ why, passing }: { why: string; passing?: true }, shown: Shown): Problem =>
  passing ? new Problem('unavailable', sentence(shown, why), { retryAfter: 5 }) : notShown(shown, why)

/** What of an image was stored, and is not there or no picture any more, is gone. */
const notShown = (shown: Shown, why: string): Problem =>
  new Problem(shown.what === 'image' ? 'image-gone' : 'not-found', sentence(shown, why))

const sentence = ({ what, index }: Shown, why: string): string =>
  `${what === 'image' ? 'Image' : 'Source'} ${index} cannot be shown: it ${why}.`
