import { call } from './call.ts'
import type { Connection } from './connection.ts'
import type { CallOptions } from './exchange.ts'
import { intake, type IntakeOptions } from './intake.ts'
import { itemsOf } from './pages.ts'
import type {
  Delivery,
  Webhook,
  WebhookChange,
  WebhookReplay,
  WebhookReplayed,
  WebhookRequest,
  WebhookTest,
  WebhookWithSecret,
} from './types.ts'

/** Addresses that the producer's events are sent to. */
export const webhooks = (connection: Connection) => ({
  /** Has events sent to an address. The secret is in this answer, and in none after it. */
  add: (request: WebhookRequest, options: IntakeOptions = {}): Promise<WebhookWithSecret> =>
    call(connection, 'post', '/v1/webhooks', {
      ...intake(connection, options),
      json: request,
      has: 'secret',
    }),

  list: async (options: CallOptions = {}): Promise<Webhook[]> =>
    (await call(connection, 'get', '/v1/webhooks', { ...options, has: 'webhooks' })).webhooks,

  read: (id: string, options: CallOptions = {}): Promise<Webhook> =>
    call(connection, 'get', '/v1/webhooks/{id}', { ...options, params: { id }, has: 'url' }),

  /** Sets it otherwise, stops it (`enabled: false`), or lets it go on. */
  change: (id: string, change: WebhookChange, options: CallOptions = {}): Promise<Webhook> =>
    call(connection, 'patch', '/v1/webhooks/{id}', { ...options, params: { id }, json: change, has: 'url' }),

  /** Removes it and all that waits for it. Gives what it was. */
  remove: (id: string, options: CallOptions = {}): Promise<Webhook> =>
    call(connection, 'delete', '/v1/webhooks/{id}', { ...options, params: { id }, has: 'url' }),

  /** Gives it another secret. Until `keepHours` are over the one before verifies its requests, too. */
  rotate: (
    id: string,
    { keepHours, secret, ...options }: CallOptions & { keepHours?: number; secret?: string } = {},
  ): Promise<WebhookWithSecret> =>
    call(connection, 'post', '/v1/webhooks/{id}/rotate', {
      ...options,
      params: { id },
      json: { ...(keepHours !== undefined && { keepHours }), ...(secret !== undefined && { secret }) },
      has: 'secret',
    }),

  /** Sends it an event that tests it. */
  test: (id: string, options: CallOptions = {}): Promise<WebhookTest> =>
    call(connection, 'post', '/v1/webhooks/{id}/test', { ...options, params: { id }, has: 'event' }),

  /** Its last attempts and what they were answered, the newest first. */
  deliveries: (
    id: string,
    { outcome, ...options }: CallOptions & { outcome?: Delivery['outcome'] } = {},
  ): AsyncGenerator<Delivery> =>
    itemsOf(async (cursor) => {
      const sent = { ...options, params: { id }, query: { outcome, cursor }, has: 'deliveries' } as const
      const { deliveries: items, ...rest } = await call(
        connection,
        'get',
        '/v1/webhooks/{id}/deliveries',
        sent,
      )
      return { items, ...rest }
    }),

  /** Has it sent events once more: a range, what it skipped while it was disabled, or single ones. */
  replay: (id: string, replay: WebhookReplay, options: CallOptions = {}): Promise<WebhookReplayed> =>
    call(connection, 'post', '/v1/webhooks/{id}/replay', {
      ...options,
      params: { id },
      json: replay,
      has: 'started',
    }),
})
