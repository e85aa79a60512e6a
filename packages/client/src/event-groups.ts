import { call } from './call.ts'
import type { Connection } from './connection.ts'
import type { CallOptions } from './exchange.ts'
import type { AnswerOf } from './call.ts'
import type { paths } from './openapi.ts'
import { itemsOf } from './pages.ts'
import type { DeadEvent, EventGroup, EventGroupRequest } from './types.ts'

/** `wait`: seconds to wait for an event where there is none, at most 30. `ack`: receipts that are acknowledged first. */
export type PullOptions = CallOptions & { limit?: number; wait?: number; ack?: string[]; seenGap?: string }

/** Events that were handed out, and what the group has missed for good. */
export type Pulled = AnswerOf<paths['/v1/event-groups/{name}/pull']['post']>

/** How many events were still the caller's. */
type Settled = AnswerOf<paths['/v1/event-groups/{name}/ack']['post']>

const path = '/v1/event-groups/{name}'
const mostPerPage = 100

/** Groups of consumers: each event goes to one of a group, at least once. `events({ group })` does all of this. */
export const eventGroups = (connection: Connection) => ({
  ...settling(connection),

  /** Makes a group, or sets it otherwise; what is left out stays. */
  set: (name: string, request: EventGroupRequest = {}, options: CallOptions = {}): Promise<EventGroup> =>
    call(connection, 'put', path, { ...options, params: { name }, json: request, has: 'attempts' }),

  list: async (options: CallOptions = {}): Promise<EventGroup[]> =>
    (await call(connection, 'get', '/v1/event-groups', { ...options, has: 'groups' })).groups,

  read: (name: string, options: CallOptions = {}): Promise<EventGroup> =>
    call(connection, 'get', path, { ...options, params: { name }, has: 'attempts' }),

  /** Removes it, with what it has handed out and what is dead; the events stay. Gives what it was. */
  remove: (name: string, options: CallOptions = {}): Promise<EventGroup> =>
    call(connection, 'delete', path, { ...options, params: { name }, has: 'attempts' }),

  /** Takes events, and acknowledges earlier ones. */
  pull: (name: string, { limit, wait, ack, seenGap, ...options }: PullOptions = {}): Promise<Pulled> => {
    const json = {
      ...(limit === undefined ? {} : { limit }),
      ...(wait === undefined ? {} : { wait }),
      ...(ack === undefined ? {} : { ack }),
      ...(seenGap === undefined ? {} : { seenGap }),
    }
    return call(connection, 'post', `${path}/pull`, { ...options, params: { name }, json, has: 'events' })
  },

  /** Every event that was handed out too often, the oldest first. */
  dead: (name: string, options: CallOptions = {}): AsyncGenerator<DeadEvent> =>
    itemsOf(async (cursor) => {
      const query = { limit: mostPerPage, ...(cursor === undefined ? {} : { cursor }) }
      const sent = { ...options, params: { name }, query, has: 'events' } as const
      const page = await call(connection, 'get', `${path}/dead`, sent)
      return { ...page, items: page.events }
    }),

  /** Has dead events handed out again, from the first attempt on: these, or all. */
  retryDead: (name: string, cursors?: string[], options: CallOptions = {}): Promise<Settled> =>
    call(connection, 'post', `${path}/dead/retry`, {
      ...options,
      params: { name },
      json: cursors === undefined ? {} : { cursors },
      has: 'settled',
    }),

  /** Drops dead events: these, or all. */
  dropDead: (name: string, cursors?: string[], options: CallOptions = {}): Promise<Settled> =>
    call(connection, 'post', `${path}/dead/drop`, {
      ...options,
      params: { name },
      json: cursors === undefined ? {} : { cursors },
      has: 'settled',
    }),
})
export type EventGroups = ReturnType<typeof eventGroups>

/** What becomes of events that were handed out. */
const settling = (connection: Connection) => ({
  /** They are handled. */
  ack: (name: string, receipts: string[], options: CallOptions = {}): Promise<Settled> =>
    call(connection, 'post', `${path}/ack`, {
      ...options,
      params: { name },
      json: { receipts },
      has: 'settled',
    }),

  /** They are not handled: others get them, after so many seconds. `untried`: nobody has tried to. */
  giveBack: (
    name: string,
    receipts: string[],
    { afterSeconds, untried, ...options }: CallOptions & { afterSeconds?: number; untried?: boolean } = {},
  ): Promise<Settled> => {
    const json = {
      receipts,
      ...(afterSeconds === undefined ? {} : { afterSeconds }),
      ...(untried === undefined ? {} : { untried }),
    }
    return call(connection, 'post', `${path}/return`, { ...options, params: { name }, json, has: 'settled' })
  },

  /** They are still being handled: the time for them begins anew. */
  extend: (name: string, receipts: string[], options: CallOptions = {}): Promise<Settled> =>
    call(connection, 'post', `${path}/extend`, {
      ...options,
      params: { name },
      json: { receipts },
      has: 'settled',
    }),
})
