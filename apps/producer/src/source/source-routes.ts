import { createHash } from 'node:crypto'
import type { Picture } from '@restyle/dashscope/accepts'
import { limits } from '@restyle/shared/contract/limits'
import { RestyleError } from '@restyle/shared/errors'
import { readPicture } from '@restyle/shared/picture/read-picture'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { ReadConditions, sendTagged, withTag } from '../http/conditions.ts'
import { boundLargeBodies } from '../http/large-bodies.ts'
import type { Enter } from '../http/places.ts'
import { refusals } from '../http/openapi.ts'
import { Problem } from '../http/problem.ts'
import { bodyUnchecked } from '../http/validate.ts'
import type { Sources } from '../intake/sources.ts'

const SourcePath = z.object({
  sha256: z.string().regex(/^[0-9a-f]{64}$/, { error: 'must be 64 hex digits in lower case' }),
})

const SourceView = z
  .object({
    /** How an edit names the picture in its `images`. */
    image: z.string(),
    format: z.string(),
    width: z.int(),
    height: z.int(),
    bytes: z.int(),
  })
  .meta({
    id: 'Source',
    examples: [
      {
        image: 'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
        format: 'jpeg',
        width: 3000,
        height: 2000,
        bytes: 1_204_882,
      },
    ],
  })

const view = (sha256: string, picture: Picture) => ({ image: `sha256:${sha256}`, ...picture })

/** Source pictures that no server offers: uploaded as bytes, named by their digest. */
export function sourceRoutes(app: Api, { sources, bodies }: { sources: Sources; bodies: Enter }): void {
  boundLargeBodies(app, bodies)
  app.removeAllContentTypeParsers()
  for (const type of ['application/octet-stream', /^image\//])
    app.addContentTypeParser(type, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  putSource(app, sources)
  readSource(app, sources)
}

function putSource(app: Api, sources: Sources): void {
  app.put(
    '/v1/sources/:sha256',
    {
      config: { scope: 'edits:write' },
      bodyLimit: limits.sourceBytes,
      handlerTimeout: 120_000,
      validatorCompiler: bodyUnchecked,
      schema: {
        operationId: 'putSource',
        summary: 'Upload a picture under the SHA-256 of its bytes',
        description: 'JPEG, PNG, WebP or BMP, at most 20 MiB, as `application/octet-stream` or `image/*`.',
        tags: ['sources'],
        consumes: ['application/octet-stream', 'image/*'],
        params: SourcePath,
        // for the document: the route is handed a buffer
        body: z.file(),
        'x-problems': ['digest-mismatch', 'not-a-picture'],
        'x-answers': { 200: { description: 'It was there' }, 201: { description: 'It is stored now' } },
        response: { 200: SourceView, 201: SourceView, ...refusals },
      },
    },
    async ({ params: { sha256 }, producer, body }, reply) => {
      const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0)
      const actual = createHash('sha256').update(bytes).digest('hex')
      if (actual !== sha256)
        throw new Problem(
          'digest-mismatch',
          `The ${bytes.length} bytes that came have the SHA-256 ${actual}.`,
        )
      const read = await readPicture(bytes)
      if (read.kind === 'fault')
        throw new Problem(
          'not-a-picture',
          `The bytes are not a whole JPEG, PNG, WebP or BMP picture: what came ${read.detail}.`,
        )
      const { picture } = read
      const put = await sources.put(producer, sha256, bytes, picture)
      if (put === 'collision')
        throw new RestyleError('SourceCollision', 'other bytes are stored under this digest', { sha256 })
      return reply.code(put === 'created' ? 201 : 200).send(view(sha256, picture))
    },
  )
}

function readSource(app: Api, sources: Sources): void {
  const find = async (producer: string, sha256: string) => {
    const picture = await sources.find(producer, sha256)
    if (picture === undefined) throw new Problem('not-found', 'There is no such picture.')
    return view(sha256, picture)
  }

  app.get(
    '/v1/sources/:sha256',
    {
      config: { scope: 'edits:read' },
      // its own is below, and in the document
      exposeHeadRoute: false,
      schema: {
        operationId: 'readSource',
        summary: 'What an uploaded picture is',
        description: 'Format and size. `image` is how an edit names it.',
        tags: ['sources'],
        params: SourcePath,
        headers: ReadConditions,
        'x-problems': ['not-found'],
        'x-answers': withTag,
        response: { 200: SourceView, ...refusals },
      },
    },
    async (request, reply) => sendTagged(request, reply, await find(request.producer, request.params.sha256)),
  )

  app.head(
    '/v1/sources/:sha256',
    {
      config: { scope: 'edits:read', swagger: { exposeHeadRoute: true } },
      schema: {
        operationId: 'hasSource',
        summary: 'Whether a picture was uploaded, before uploading it',
        description: 'The same without a body: 200 or 404.',
        tags: ['sources'],
        params: SourcePath,
        headers: ReadConditions,
        'x-problems': ['not-found'],
        'x-answers': withTag,
        response: { 200: SourceView, ...refusals },
      },
    },
    async (request, reply) => sendTagged(request, reply, await find(request.producer, request.params.sha256)),
  )
}
