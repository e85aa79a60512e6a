import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { refusals } from '../http/openapi.ts'
import { type Scope, scopes } from '../http/scopes.ts'
import { setCookie, type Sessions } from '../http/sessions.ts'

const path = '/v1/console/session'

const SessionView = z
  .object({
    producer: z.string(),
    keyId: z.string().describe('The key that it was opened with'),
    scopes: z.array(z.enum(scopes)).describe('What the key may do'),
    expiresAt: z.iso
      .datetime()
      .optional()
      .describe('When the session ends, unless it is used before; absent for a request with a key'),
  })
  .meta({
    id: 'Session',
    examples: [
      {
        producer: 'catalog',
        keyId: '5f0c2a9be1d34a77',
        scopes: ['edits:write', 'edits:read'],
        expiresAt: '2026-03-01T20:00:00.000Z',
      },
    ],
  })

type Asker = { producer: string; keyId: string; scopes: readonly Scope[] | undefined }

const viewOf = ({ producer, keyId, scopes: may = [] }: Asker, until: number | undefined) => ({
  producer,
  keyId,
  scopes: [...may],
  ...(until === undefined ? {} : { expiresAt: new Date(until).toISOString() }),
})

type Needs = { sessions: Sessions }

/** The session of a browser: opened by a key, whose rights and life it has. */
export function sessionRoutes(app: Api, needs: Needs): void {
  openSession(app, needs)
  readSession(app)
  endSession(app, needs)
}

function openSession(app: Api, { sessions }: Needs): void {
  app.post(
    path,
    {
      config: { scope: 'any' },
      schema: {
        operationId: 'openSession',
        summary: 'Open a session for a browser',
        description:
          'The cookie of the answer stands for the key, in every call: for 12 hours after its last use, until it is ended, and while the key is live. A browser that is closed forgets it. Streams that it has opened end with it. A call by cookie that changes something needs the header `X-Restyle-Console: 1` and the `Origin` of this installation. A request with a key is by the key, whatever cookie it has.',
        tags: ['console'],
        'x-answers': { 200: { headers: ['Cache-Control', 'Set-Cookie'] } },
        response: { 200: SessionView, ...refusals },
      },
    },
    async (request, reply) => {
      const { value, until } = await sessions.open(request.keyId)
      void reply
        .header('set-cookie', setCookie(value, request.protocol === 'https'))
        .header('cache-control', 'no-store')
      return viewOf(request, until)
    },
  )
}

function readSession(app: Api): void {
  app.get(
    path,
    {
      config: { scope: 'any' },
      schema: {
        operationId: 'readSession',
        summary: 'Whose session this is',
        description: 'The producer, the scopes of the key that opened it, and when it ends.',
        tags: ['console'],
        'x-answers': { 200: { headers: ['Cache-Control'] } },
        response: { 200: SessionView, ...refusals },
      },
    },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store')
      return viewOf(request, request.sessionUntil)
    },
  )
}

function endSession(app: Api, { sessions }: Needs): void {
  app.delete(
    path,
    {
      config: { scope: 'any' },
      schema: {
        operationId: 'endSession',
        summary: 'End the session of this browser',
        description: 'Its cookie opens nothing any more. The key that opened it stays as it is.',
        tags: ['console'],
        'x-answers': { 200: { headers: ['Cache-Control', 'Set-Cookie'] } },
        response: { 200: SessionView, ...refusals },
      },
    },
    async (request, reply) => {
      await sessions.end(request.headers.cookie)
      void reply
        .header('set-cookie', setCookie(undefined, request.protocol === 'https'))
        .header('cache-control', 'no-store')
      return viewOf(request, undefined)
    },
  )
}
