import cors from '@fastify/cors'
import type { Api } from './api.ts'

/** What a page may send along with a request, and what of an answer it may read, besides what every page may. */
const sent = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Last-Event-ID',
  'If-Range',
  'Range',
  'Traceparent',
  'X-Request-Id',
]
const read = [
  'Accept-Ranges',
  'Allow',
  'Content-Disposition',
  'Content-Range',
  'ETag',
  'Idempotency-Key',
  'Idempotent-Replayed',
  'Link',
  'Location',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'WWW-Authenticate',
  'X-Request-Id',
  'X-Restyle-Planes',
  'X-Restyle-Rows',
  'X-Restyle-Version',
]

/** How long a browser may keep the answer to a preflight (seconds); browsers keep it for two hours at most. */
const keptSeconds = 7_200

/**
 * Lets pages of these origins call the API from a browser (`*`: of all). No cookies are involved: a page needs a key. A preflight
 * gets its headers here and its answer where all OPTIONS do.
 */
export async function allowOrigins(app: Api, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return
  await app.register(cors, {
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: sent,
    exposedHeaders: read,
    maxAge: keptSeconds,
    preflightContinue: true,
    strictPreflight: false,
  })
}
