import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import type { Queues } from '@restyle/shared/queues'
import type { Store } from '@restyle/shared/store/store'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Followers } from '../event/followers.ts'
import type { Sources } from '../source/sources.ts'
import type { ApiKeys } from './api-keys.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose key the request came with; empty on routes that need none. */
    producer: string
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

/** What the routes work with. */
export type Deps = {
  ledger: Ledger
  queues: Queues
  store: Store
  sources: Sources
  followers: Followers
  apiKeys: ApiKeys
  log: Log
  allowHosts: readonly string[]
}
