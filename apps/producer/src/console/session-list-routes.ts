import type { KeySession } from '@restyle/shared/ledger/key-sessions'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { refusals } from '../http/openapi.ts'
import { Problem } from '../http/problem.ts'
import { lastsMs } from '../http/sessions.ts'

/** Of more sessions only the last used ones are listed. */
const mostListed = 200

const OpenSession = z
  .object({
    id: z.string().describe('Names it, and opens nothing'),
    keyId: z.string().describe('The key that it was opened with'),
    keyName: z.string().optional(),
    openedAt: z.iso.datetime().optional().describe('Absent where an older version has opened it'),
    lastUsedAt: z.iso.datetime().describe('To about five minutes'),
    expiresAt: z.iso.datetime().describe('When it ends, unless it is used before'),
    isOwn: z.literal(true).optional().describe('The request came by it'),
  })
  .meta({
    id: 'OpenSession',
    examples: [
      {
        id: '5f0c2a9be1d34a77-3b1f9c0d2e4a5b6c',
        keyId: '5f0c2a9be1d34a77',
        keyName: 'Ana',
        openedAt: '2026-03-01T08:00:00.000Z',
        lastUsedAt: '2026-03-01T09:40:00.000Z',
        expiresAt: '2026-03-01T21:40:00.000Z',
        isOwn: true as const,
      },
    ],
  })

type Needs = { ledger: Pick<Ledger, 'apiKeys'>; now: () => number }

/** Who is signed in by a browser: of the own key, and with the scope `admin` of all keys of the producer. */
export function sessionListRoutes(app: Api, needs: Needs): void {
  listSessions(app, needs)
  endOne(app, needs)
}

const whose =
  'Sessions of the key that asks; for a key with the scope `admin` those of all keys of its producer.'

function listSessions(app: Api, needs: Needs): void {
  app.get(
    '/v1/console/sessions',
    {
      config: { scope: 'any' },
      schema: {
        operationId: 'listSessions',
        summary: 'Who is signed in by a browser, the last used first',
        description: `${whose} What opens them is shown nowhere. At most ${mostListed} are listed; \`more\` says how many are left out.`,
        tags: ['console'],
        'x-answers': { 200: { headers: ['Cache-Control'] } },
        response: {
          200: z.object({ sessions: z.array(OpenSession), more: z.int().optional() }),
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const sessions = await sessionsFor(request, needs)
      void reply.header('cache-control', 'no-store')
      const left = sessions.length - mostListed
      return {
        sessions: sessions.slice(0, mostListed).map((session) => viewOf(session, request)),
        ...(left > 0 ? { more: left } : {}),
      }
    },
  )
}

function endOne(app: Api, needs: Needs): void {
  app.delete(
    '/v1/console/sessions/:id',
    {
      config: { scope: 'any' },
      schema: {
        operationId: 'endSessionOf',
        summary: 'End a session of a browser',
        description: `Its cookie opens nothing any more; the key that opened it stays as it is. ${whose}`,
        tags: ['console'],
        params: z.object({ id: z.string() }),
        'x-problems': ['not-found'],
        'x-answers': { 200: { headers: ['Cache-Control'] } },
        response: { 200: OpenSession, ...refusals },
      },
    },
    async (request, reply) => {
      const found = (await sessionsFor(request, needs)).find((each) => idOf(each) === request.params.id)
      if (found === undefined) throw new Problem('not-found', 'There is no such session.')
      await needs.ledger.apiKeys.sessions.end(found.keyId, found.hash)
      void reply.header('cache-control', 'no-store')
      return viewOf(found, request)
    },
  )
}

type Asker = Pick<FastifyRequest, 'keyId' | 'producer' | 'scopes' | 'sessionHash'>
type Listed = KeySession & { keyName: string | undefined }

/** Live sessions that the asker may see, the last used first. */
async function sessionsFor(
  { keyId, producer, scopes = [] }: Asker,
  { ledger: { apiKeys }, now }: Needs,
): Promise<Listed[]> {
  const at = now()
  const own = await apiKeys.read(keyId)
  const keys = scopes.includes('admin') ? await apiKeys.liveOf(producer, at) : own === undefined ? [] : [own]
  const names = new Map(keys.map(({ id, name }) => [id, name]))
  const sessions = await apiKeys.sessions.list([...names.keys()])
  return sessions
    .filter(({ until }) => until > at)
    .map((session) => ({ ...session, keyName: names.get(session.keyId) }))
    .toSorted((a, b) => b.until - a.until)
}

/** A part of the hash of its secret: enough to name it among a hundred. */
const idOf = ({ keyId, hash }: KeySession): string => `${keyId}-${hash.slice(0, 16)}`

function viewOf(session: Listed, { sessionHash }: Asker): z.infer<typeof OpenSession> {
  const { keyId, keyName, hash, until, openedAt } = session
  // a request with a key is by the key, whatever cookie it has
  const isOwn = sessionHash === hash
  return {
    id: idOf(session),
    keyId,
    ...(keyName === undefined ? {} : { keyName }),
    ...(openedAt === undefined ? {} : { openedAt: iso(openedAt) }),
    lastUsedAt: iso(until - lastsMs),
    expiresAt: iso(until),
    ...(isOwn ? { isOwn } : {}),
  }
}

const iso = (at: number): string => new Date(at).toISOString()
