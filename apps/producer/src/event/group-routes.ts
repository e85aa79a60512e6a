import type { ServerResponse } from 'node:http'
import type { EventStream } from '@restyle/shared/event/event-stream'
import type { EventGroups } from '@restyle/shared/ledger/event-groups'
import type { Log } from '@restyle/shared/log'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { ReadConditions, sendTagged, withTag } from '../http/conditions.ts'
import { refusals } from '../http/openapi.ts'
import { openPage, textual, withLink } from '../http/page.ts'
import { Problem } from '../http/problem.ts'
import { limits } from '@restyle/shared/contract/limits'
import type { WaitTools } from './followers.ts'
import {
  DeadAnswer,
  DeadQuery,
  GroupBody,
  GroupPath,
  GroupView,
  PullAnswer,
  PullBody,
  receiptOf,
  ReviveBody,
  SettledAnswer,
  viewOfDead,
  viewOfGroup,
  viewOfPulled,
} from './group-schemas.ts'
import { openUnreadableLog } from './log-unreadable.ts'
import { noSuchGroup, pullEvents } from './pull-events.ts'
import { settleRoutes } from './settle-routes.ts'

type Tools = WaitTools & {
  streamOf: (producer: string) => EventStream
  ledger: { eventGroups: EventGroups }
  log: Log
}

const config = { scope: 'events' } as const
const tags = ['events']

/** Consumers that share a producer's events and acknowledge them. */
export function groupRoutes(app: Api, tools: Tools): void {
  setGroup(app, tools)
  readGroups(app, tools)
  removeGroup(app, tools)
  pull(app, tools)
  settleRoutes(app, tools)
  listDead(app, tools)
  revive(app, tools, 'retry')
  revive(app, tools, 'drop')
}

function setGroup(app: Api, { ledger, streamOf, log }: Tools): void {
  app.put(
    '/v1/event-groups/:name',
    {
      config,
      schema: {
        operationId: 'setEventGroup',
        summary: 'Make a group of consumers, or set it otherwise',
        description:
          'Consumers of a group share the events: each goes to one of them, at least once. The same again changes nothing. Events are kept for 30 days, and for another 30 while a group has not acknowledged them.',
        tags,
        params: GroupPath,
        body: GroupBody,
        'x-problems': ['too-many-groups'],
        'x-answers': { 200: { description: 'It was there' }, 201: { description: 'It is new' } },
        response: { 200: GroupView, 201: GroupView, ...refusals },
      },
    },
    async ({ params: { name }, body, producer, keyId }, reply) => {
      const { from = '0', visibilitySeconds, attempts } = body
      const stream = streamOf(producer)
      const at = from === 'now' ? await stream.end() : from === '0' ? await stream.start() : whole(from)
      const set = await ledger.eventGroups.set({ producer, name }, at, {
        ...(visibilitySeconds === undefined ? {} : { visibleMs: visibilitySeconds * 1_000 }),
        ...(attempts === undefined ? {} : { tries: attempts }),
      })
      if (set === 'full')
        throw new Problem(
          'too-many-groups',
          `A producer has ${limits.eventGroups} groups at most. Remove one with DELETE /v1/event-groups/{name}.`,
        )
      log.info({ producer, group: name, keyId }, 'group of consumers set')
      return reply.code(set === 'made' ? 201 : 200).send(await viewNow({ producer, name }, ledger))
    },
  )
}

/** A cursor may be a time alone; a group's place has both numbers. */
const whole = (cursor: string): string => (cursor.includes('-') ? cursor : `${cursor}-0`)

async function viewNow(id: { producer: string; name: string }, { eventGroups }: Tools['ledger']) {
  const group = await eventGroups.read(id)
  if (group === undefined) throw noSuchGroup()
  return viewOfGroup(id, group)
}

function readGroups(app: Api, { ledger }: Tools): void {
  app.get(
    '/v1/event-groups',
    {
      config,
      schema: {
        operationId: 'listEventGroups',
        summary: 'All groups of consumers',
        tags,
        response: { 200: z.object({ groups: z.array(GroupView) }), ...refusals },
      },
    },
    async ({ producer }) => {
      const names = await ledger.eventGroups.list(producer)
      const read = await Promise.all(names.map((name) => ledger.eventGroups.read({ producer, name })))
      return {
        groups: names.flatMap((name, i) => {
          const group = read[i]
          return group === undefined ? [] : [viewOfGroup({ name }, group)]
        }),
      }
    },
  )
  app.get(
    '/v1/event-groups/:name',
    {
      config,
      schema: {
        operationId: 'readEventGroup',
        summary: 'A group of consumers, and how far it is',
        tags,
        params: GroupPath,
        headers: ReadConditions,
        'x-problems': ['not-found'],
        'x-answers': withTag,
        response: { 200: GroupView, ...refusals },
      },
    },
    async (request, reply) => {
      const { params, producer } = request
      return sendTagged(request, reply, await viewNow({ producer, name: params.name }, ledger))
    },
  )
}

function removeGroup(app: Api, { ledger, log }: Tools): void {
  app.delete(
    '/v1/event-groups/:name',
    {
      config,
      schema: {
        operationId: 'removeEventGroup',
        summary: 'Remove a group, with what it has handed out and what is dead',
        description: 'Gives what it was. The events themselves stay.',
        tags,
        params: GroupPath,
        'x-problems': ['not-found'],
        response: { 200: GroupView, ...refusals },
      },
    },
    async ({ params: { name }, producer, keyId }) => {
      const view = await viewNow({ producer, name }, ledger)
      await ledger.eventGroups.remove({ producer, name })
      log.info({ producer, group: name, keyId }, 'group of consumers removed')
      return view
    },
  )
}

function pull(app: Api, tools: Tools): void {
  const tellUnreadable = openUnreadableLog(tools.log)
  app.post(
    '/v1/event-groups/:name/pull',
    {
      config,
      // longer than the 30 s that a request may wait
      handlerTimeout: 45_000,
      schema: {
        operationId: 'pullEvents',
        summary: 'Take events, and acknowledge earlier ones',
        description:
          'First those that were taken before and not acknowledged in time, then new ones. Whoever takes an event acknowledges or returns it by its receipt; otherwise it is handed out again after `visibilitySeconds`, and dies after so many `attempts`. Dead events are kept until they are retried or dropped. No new events are handed out while 10,000 are.',
        tags,
        params: GroupPath,
        body: PullBody,
        'x-problems': ['not-found', 'too-many-dead', 'too-many-followers'],
        response: { 200: PullAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { params, body, producer, keyId, sessionHash } = request
      const { limit, wait, ack = [], seenGap } = body
      const group = { producer, name: params.name }
      const acked = ack.map((text) => receiptOf(text).cursor)
      if (acked.length > 0) await tools.ledger.eventGroups.ack(group, acked)
      const options = { limit, waitMs: wait * 1_000, seenGap }
      const caller = { producer, keyId, sessionHash, signal: goneOf(reply.raw) }
      return viewOfPulled(await pullEvents(caller, group, options, { ...tools, tellUnreadable }))
    },
  )
}

/** Aborts when the caller has left, or was answered; the signal of the request does so once the body is read. */
function goneOf(response: ServerResponse): AbortSignal {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  return gone.signal
}

function listDead(app: Api, { ledger }: Tools): void {
  app.get(
    '/v1/event-groups/:name/dead',
    {
      config,
      schema: {
        operationId: 'listDeadEvents',
        summary: 'Events of a group that were handed out too often, the oldest first',
        tags,
        params: GroupPath,
        querystring: DeadQuery,
        'x-problems': ['not-found'],
        'x-answers': withLink,
        response: { 200: DeadAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { params, query, producer } = request
      const id = { producer, name: params.name }
      const { after = '0', goOn } = openPage(request, reply, deadPlaces)
      await viewNow(id, ledger)
      const events = (await ledger.eventGroups.dead(id, after, query.limit)).map(viewOfDead)
      return { events, ...goOn(events.length < query.limit ? undefined : events.at(-1)?.cursor) }
    },
  )
}

const deadPlaces = textual(/^\d{1,16}-\d{1,16}$/)

function revive(app: Api, { ledger, log }: Tools, verb: 'retry' | 'drop'): void {
  app.post(
    `/v1/event-groups/:name/dead/${verb}`,
    {
      config,
      schema: {
        operationId: `${verb}DeadEvents`,
        summary:
          verb === 'retry' ? 'Hand dead events out again, from the first attempt on' : 'Drop dead events',
        tags,
        params: GroupPath,
        body: ReviveBody,
        'x-problems': ['not-found'],
        response: { 200: SettledAnswer, ...refusals },
      },
    },
    async ({ params: { name }, body, producer, keyId }) => {
      const id = { producer, name }
      const settled = await ledger.eventGroups.revive(id, body.cursors ?? 'all', { drop: verb === 'drop' })
      if (settled === undefined) throw noSuchGroup()
      log.info({ producer, group: name, keyId, events: settled, verb }, 'dead events settled')
      return { settled }
    },
  )
}
