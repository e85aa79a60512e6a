import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Promised } from './problem.ts'
import type { NeededScope, Scope } from './scopes.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the key must be allowed to do; every route that needs a key says it. */
    scope?: NeededScope
  }
  interface FastifyRequest {
    /** Whose key the request came with; empty on routes that need none. */
    producer: string
    /** The id of that key. */
    keyId: string
    /** What that key may do; undefined on routes that need none. */
    scopes: readonly Scope[] | undefined
    /** When (epoch ms) the session ends that it came by; undefined where it came by a key. */
    sessionUntil: number | undefined
    /** The hash of the secret of that session; undefined where it came by a key. */
    sessionHash: string | undefined
    /** What this request has already promised in the bucket, if anything: an error must not hide it. */
    promised: Promised | undefined
  }
}

/** The server, its routes typed by their zod schemas. */
export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>
