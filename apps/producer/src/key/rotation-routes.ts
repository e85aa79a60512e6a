import type { FastifyReply } from 'fastify'
import type { z } from 'zod'
import type { Api } from '../http/api.ts'
import { ReadConditions, sendTagged, withTag } from '../http/conditions.ts'
import { refusals } from '../http/openapi.ts'
import { Problem } from '../http/problem.ts'
import { type Rotated, rotateKey } from './change-keys.ts'
import { type KeyRouteTools, noSuchKey, secret, showKey, shownOnce, tooManyKeys } from './key-answers.ts'
import { aboutRotation, KeyPath, overlap, rotation } from './key-bodies.ts'
import { KeyView, MadeKeyView, viewOfKey } from './key-view.ts'

/** Rotates keys: any, for those with the scope `admin`, and for each itself. */
export function rotationRoutes(app: Api, tools: KeyRouteTools): void {
  rotateOne(app, tools)
  ownKey(app, tools)
}

function rotateOne(app: Api, tools: KeyRouteTools): void {
  app.post(
    '/v1/keys/:id/rotate',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'rotateKey',
        summary: 'Give a key a successor',
        description: aboutRotation,
        tags: ['keys'],
        params: KeyPath,
        body: rotation(0),
        'x-problems': ['not-found', 'key-ended', 'key-rotated', 'too-many-keys'],
        'x-answers': shownOnce,
        response: { 200: MadeKeyView, ...refusals },
      },
    },
    async ({ params: { id }, body, keyId }, reply) => {
      return rotated(await rotateKey(id, body.overlapSeconds * 1_000, tools), { id, keyId, reply }, tools)
    },
  )
}

function ownKey(app: Api, tools: KeyRouteTools): void {
  app.get(
    '/v1/key',
    {
      config: { scope: 'any' },
      schema: {
        operationId: 'readOwnKey',
        summary: 'The key that this request came with',
        description: 'What it may do, and when it ends. Its `ETag` does not stand for `lastUsedAt`.',
        tags: ['keys'],
        headers: ReadConditions,
        'x-problems': ['not-found'],
        'x-answers': withTag,
        response: { 200: KeyView, ...refusals },
      },
    },
    async (request, reply) => {
      const key = await showKey(request.keyId, tools)
      // this request is its last use
      return sendTagged(request, reply, key, { tagged: { ...key, lastUsedAt: undefined } })
    },
  )
  app.post(
    '/v1/key/rotate',
    {
      config: { scope: 'any' },
      schema: {
        operationId: 'rotateOwnKey',
        summary: 'Give the key that this request came with a successor',
        description: aboutRotation,
        tags: ['keys'],
        body: rotation(overlap.leastOfItself),
        'x-problems': ['key-ended', 'key-rotated', 'too-many-keys'],
        'x-answers': shownOnce,
        response: { 200: MadeKeyView, ...refusals },
      },
    },
    async ({ body, keyId }, reply) => {
      const id = keyId
      return rotated(await rotateKey(id, body.overlapSeconds * 1_000, tools), { id, keyId, reply }, tools)
    },
  )
}

/** Answers a rotation. Throws a `Problem` where there was none. */
function rotated(
  outcome: Rotated,
  { id, keyId, reply }: { id: string; keyId: string; reply: FastifyReply },
  tools: KeyRouteTools,
): z.infer<typeof MadeKeyView> {
  switch (outcome.kind) {
    case 'none':
      throw noSuchKey()
    case 'ended':
      throw new Problem('key-ended', 'This key has expired or is revoked: an admin can make another.')
    case 'in-use':
      throw new Problem(
        'key-rotated',
        'This key was rotated, and its successor is in use: rotate that one. If that was not you, have both revoked.',
      )
    case 'full':
      throw tooManyKeys('This producer')
    case 'rotated': {
      const { key, record } = outcome
      const facts = { producer: record.producer, rotatedKeyId: id, madeKeyId: record.id, keyId }
      tools.log.info(facts, 'key rotated')
      void secret(reply).header('location', `/v1/keys/${record.id}`)
      return { key, ...viewOfKey(record, undefined, tools.now()) }
    }
  }
}
