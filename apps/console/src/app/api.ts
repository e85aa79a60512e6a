import { ApiError } from '@restyle/client/api-error'
import { createClient } from '@restyle/client/client'
import { QueryCache, QueryClient } from '@tanstack/react-query'
import { waitFor } from './waiting.ts'

/** Of the console: two repeats, then the page says what is wrong and offers another. */
const waits = [400, 1_200]
/** Where the producer asks to wait for longer the page says so instead (ms). */
const longestWaitMs = 5_000

/** Another one for each wish. A page that came over plain http has no `randomUUID`. */
export const newKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')

/** The API with the browser's session in place of a key. Every call throws `ApiError`. */
export const api = createClient({
  url: location.origin,
  session: true,
  newKey,
  retry: (error, attempt) => {
    const [ms, asked] = [waits[attempt], error.retryAfterMs]
    if (asked !== undefined) waitFor(asked)
    return ms !== undefined && error.transient && (asked ?? 0) < longestWaitMs
      ? Math.max(ms, asked ?? 0)
      : undefined
  },
})

/** Names of what is kept; a page that changes something invalidates by the shortest name that holds it. */
export const names = {
  session: ['session'] as const,
  batches: (filter: object = {}) => ['batches', filter] as const,
  batch: (id: string) => ['batch', id] as const,
  map: (id: string) => ['batch', id, 'map'] as const,
  failures: (filter: object = {}) => ['failures', filter] as const,
  edit: (id: string) => ['edit', id] as const,
  history: (id: string) => ['edit', id, 'history'] as const,
  editForecast: (id: string) => ['edit', id, 'forecast'] as const,
  sourceFacts: (id: string) => ['edit', id, 'source'] as const,
  takes: (id: string) => ['edit', id, 'takes'] as const,
  models: ['models'] as const,
  search: (q: string) => ['search', q] as const,
  lanes: ['lanes'] as const,
  producer: ['producer'] as const,
  usage: (query: object = {}) => ['usage', query] as const,
  schedules: ['schedules'] as const,
  schedule: (name: string) => ['schedules', name] as const,
  webhooks: ['webhooks'] as const,
  webhook: (id: string) => ['webhooks', id] as const,
  deliveries: (id: string, outcome: string) => ['webhooks', id, 'deliveries', outcome] as const,
  uncertain: ['uncertain'] as const,
  apiKeys: ['api-keys'] as const,
  sessions: ['sessions'] as const,
}

/** What was read, for all pages. The end of the session shows once, wherever it was noticed. */
export function openQueries(): QueryClient {
  const queries: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, { queryKey }) => {
        if (error instanceof ApiError && error.status === 401 && queryKey[0] !== 'session')
          void queries.invalidateQueries({ queryKey: names.session })
      },
    }),
    defaultOptions: {
      // the client repeats already; while live updates are paused nothing may change by itself (else the line reads anew)
      queries: { retry: false, staleTime: 5_000, refetchOnWindowFocus: false, refetchOnReconnect: false },
      mutations: { retry: false },
    },
  })
  return queries
}
