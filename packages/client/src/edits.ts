import { call } from './call.ts'
import type { Connection } from './connection.ts'
import type { CallOptions } from './exchange.ts'
import { intake, type IntakeOptions } from './intake.ts'
import type { operations } from './openapi.ts'
import { listed, type ListOptions } from './pages.ts'
import { readUntil, type WaitOptions } from './read-until.ts'
import type {
  CanceledEdit,
  Edit,
  EditForecast,
  EditHistory,
  EditState,
  ForecastAnswer,
  RedoRequest,
  Result,
  SingleEditRequest,
} from './types.ts'

/** What edits are listed by; see `GET /v1/edits`. */
export type EditFilter = NonNullable<operations['listEdits']['parameters']['query']>

const mostPerPage = 500

/** Ask for single edits, and look at them. */
export const edits = (connection: Connection) => ({
  ...editControl(connection),

  /**
   * The edit as soon as it has ended: succeeded, failed or canceled. Without a deadline (`signal: AbortSignal.timeout(ms)`) it
   * waits for as long as that takes, also while the producer is away or a person has to decide. `onRead` hears of each look.
   */
  wait: (id: string, options: WaitOptions<Edit> = {}): Promise<Edit> =>
    readUntil(
      connection,
      (rest) => call(connection, 'get', '/v1/edits/{id}', { ...rest, params: { id }, has: 'id' }),
      ({ state }) => hasEnded(state),
      { longestMs: 5_000, ...options },
    ),

  /** Enqueues one edit. */
  create: (request: SingleEditRequest, options: IntakeOptions = {}): Promise<Edit> =>
    call(connection, 'post', '/v1/edits', { ...intake(connection, options), json: request, has: 'id' }),

  read: (id: string, options: CallOptions = {}): Promise<Edit> =>
    call(connection, 'get', '/v1/edits/{id}', { ...options, params: { id }, has: 'id' }),

  /** The edits of the producer, the newest batch or single edit first; `unreadable` hears of those that cannot be read. */
  list: (filter: Omit<EditFilter, 'cursor'> = {}, options: ListOptions = {}): AsyncGenerator<Edit> =>
    listed(options, async (cursor, rest) => {
      const query = { limit: mostPerPage, ...filter, ...(cursor === undefined ? {} : { cursor }) }
      const page = await call(connection, 'get', '/v1/edits', { ...rest, query, has: 'edits' })
      return { ...page, items: page.edits }
    }),

  /** Its submits, tasks, money and events, as far as the ledger and the receipts know. */
  history: (id: string, options: CallOptions = {}): Promise<EditHistory> =>
    call(connection, 'get', '/v1/edits/{id}/history', { ...options, params: { id }, has: 'steps' }),

  /** Makes its picture once more, asked otherwise: an edit of its own, billed like any other. Its `redoOf` names this one. */
  redo: (id: string, changes: RedoRequest = {}, options: IntakeOptions = {}): Promise<Edit> =>
    call(connection, 'post', '/v1/edits/{id}/redo', {
      ...intake(connection, options),
      params: { id },
      json: changes,
      has: 'id',
    }),

  /** What a redo would cost, and when it would be done; nothing is enqueued. */
  forecastRedo: (id: string, changes: RedoRequest = {}, options: CallOptions = {}): Promise<ForecastAnswer> =>
    call(connection, 'post', '/v1/edits/{id}/redo/forecast', {
      ...options,
      params: { id },
      json: changes,
      has: 'forecast',
    }),

  /** Where it is in line, and when it is done. */
  forecast: (id: string, options: CallOptions = {}): Promise<EditForecast> =>
    call(connection, 'get', '/v1/edits/{id}/forecast', { ...options, params: { id }, has: 'state' }),

  /** All edits that a row had, the oldest first, and then its redos. */
  takes: async (id: string, options: CallOptions = {}): Promise<Edit[]> => {
    const sent = { ...options, params: { id }, has: 'edits' } as const
    return (await call(connection, 'get', '/v1/edits/{id}/takes', sent)).edits
  },

  /** Addresses at which its images can be opened, for so many seconds (60 to 604,800; default an hour). */
  links: async (
    id: string,
    { seconds, ...options }: CallOptions & { seconds?: number } = {},
  ): Promise<Result['images']> => {
    const sent = { ...options, params: { id }, query: { seconds }, has: 'images' } as const
    return (await call(connection, 'get', '/v1/edits/{id}/links', sent)).images
  },
})

/** Orders about an edit. */
const editControl = (connection: Connection) => ({
  /** Ends a queued edit. One that was admitted is not submitted again; `detail` says what follows. */
  cancel: (id: string, options: CallOptions = {}): Promise<CanceledEdit> =>
    call(connection, 'post', '/v1/edits/{id}/cancel', { ...options, params: { id }, has: 'outcome' }),

  /** Holds a queued edit back until it is resumed. */
  pause: (id: string, options: CallOptions = {}): Promise<Edit> =>
    call(connection, 'post', '/v1/edits/{id}/pause', { ...options, params: { id }, has: 'id' }),

  resume: (id: string, options: CallOptions = {}): Promise<Edit> =>
    call(connection, 'post', '/v1/edits/{id}/resume', { ...options, params: { id }, has: 'id' }),
})

const ended: Readonly<Record<EditState, boolean>> = {
  queued: false,
  submitting: false,
  uncertain: false,
  review: false,
  running: false,
  rendered: false,
  succeeded: true,
  failed: true,
  canceled: true,
}

/** The states that an edit does not leave. */
export const endStates = (Object.keys(ended) as EditState[]).filter((state) => ended[state])

/** Whether an edit in that state has ended. */
export const hasEnded = (state: EditState): boolean => ended[state]
