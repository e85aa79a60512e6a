import type { ServerResponse } from 'node:http'
import { isCursor } from '@restyle/shared/event/cursor'
import type { RestyleEvent } from '@restyle/shared/contract/event'
import type { EventStream, Gap, Page } from '@restyle/shared/event/event-stream'
import type { Log } from '@restyle/shared/log'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { noLiveKey } from '../http/authenticate.ts'
import { type Caller, enter } from '../http/enter.ts'
import { refusals } from '../http/openapi.ts'
import { linkTo, withLink } from '../http/page.ts'
import { EventPage } from '../http/schemas.ts'
import { eventStreamExample } from '../http/stream-examples.ts'
import { openStream, type Patience, sendFrames } from '../http/send-frames.ts'
import { sparingLog } from '../http/sparing-log.ts'
import { headersOnly } from '../http/take-over.ts'
import type { WaitTools } from './followers.ts'
import { openUnreadableLog } from './log-unreadable.ts'
import { type Follow, sseFrames } from './sse-frames.ts'

const Cursor = z.string().refine((text) => text === 'now' || isCursor(text), {
  error: 'must be a cursor of an earlier answer, or now',
})

const EventQuery = z.strictObject({
  cursor: Cursor.optional().describe(
    'Where to go on: from an earlier answer, or `now`, which a page answers at once with the cursor to go on from. Without it: the oldest',
  ),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  wait: z.coerce.number().min(0).max(30).default(0).describe('Seconds to wait when there is nothing yet'),
})

type Needs = WaitTools & {
  streamOf: (producer: string) => EventStream
  log: Log
  /** How long a stream waits for its reader; a test has less time. */
  patience?: Patience | undefined
}

/** How every edit ended: in pages, or as a stream without end. */
export function eventRoutes(app: Api, needs: Needs): void {
  const { streamOf, followers, log } = needs
  const tellUnreadable = openUnreadableLog(log)
  const warn = sparingLog(log)
  app.get(
    '/v1/events',
    {
      config: { scope: 'events' },
      // longer than the 30 s that a request may wait
      handlerTimeout: 45_000,
      schema: {
        operationId: 'readEvents',
        summary: 'Events after a cursor, oldest first',
        description:
          'CloudEvents 1.0, each at least once. With `Accept: text/event-stream` the answer goes on for ever: `id` is the cursor, the first block holds it alone, and `Last-Event-ID` resumes. A comment comes after 15 seconds without an event. It ends within 3 seconds once its key is revoked, and when its reader takes nothing for 30 seconds. Events are kept for 30 days: whoever asks from before the first one gets `gap`, as an event of that name in a stream.',
        tags: ['events'],
        headers: z.looseObject({
          'last-event-id': Cursor.optional().describe('Only for `text/event-stream`; goes before `cursor`'),
        }),
        querystring: EventQuery,
        'x-problems': ['too-many-followers'],
        'x-answers': withLink,
        response: {
          200: {
            description: 'A page of events, or a stream of them',
            content: {
              'application/json': { schema: EventPage },
              'text/event-stream': { schema: z.string().meta({ examples: [eventStreamExample] }) },
            },
          },
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const { producer, headers, query } = request
      const stream = streamOf(producer)
      if (!/\btext\/event-stream\b/.test(headers.accept ?? ''))
        return sendPage(reply, query, await nextPage({ stream, tellUnreadable }, request, query, needs))

      if (request.method === 'HEAD') return headersOnly(reply, 'text/event-stream')
      const { revoked, leave } = await enter(request, needs)
      try {
        const cursor = await place(stream, headers['last-event-id'] ?? query.cursor)
        const follow = { stream, followers, producer, cursor, warn, tellUnreadable }
        await sendEvents(openStream(reply), follow, revoked, needs)
      } finally {
        leave()
      }
      return reply
    },
  )
}

/** Sends events until the reader leaves or takes nothing for too long, its key is revoked or the server stops. */
async function sendEvents(
  response: ServerResponse,
  follow: Omit<Follow, 'signal'>,
  revoked: AbortSignal,
  { log, patience }: Needs,
): Promise<void> {
  const { producer, followers } = follow
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const over = AbortSignal.any([revoked, followers.stopping])
  const signal = AbortSignal.any([gone.signal, over])
  try {
    const how = await sendFrames(response, sseFrames({ ...follow, signal }), over, patience)
    if (how === 'slow') log.info({ producer }, 'stream of events was cut, whose reader took nothing')
  } catch (error) {
    if (!gone.signal.aborted) log.error({ error, producer }, 'stream of events broke off')
  }
}

/**
 * A page of events; if there is none, waits up to `wait` seconds for one. `now` does not wait: told only after an event,
 * the place would be lost with the connection.
 */
async function nextPage(
  { stream, tellUnreadable }: { stream: EventStream } & Pick<Follow, 'tellUnreadable'>,
  request: Caller & { signal: AbortSignal },
  { cursor: asked, limit, wait }: { cursor?: string | undefined; limit: number; wait: number },
  needs: Needs,
): Promise<EventsView> {
  const { producer } = request
  const cursor = await place(stream, asked)
  const first = await read()
  if (first.cursor !== cursor || wait === 0 || asked === 'now') return view(first)
  const { revoked, leave } = await enter(request, needs)
  try {
    await needs.followers.wait(producer, cursor, wait * 1_000, AbortSignal.any([request.signal, revoked]))
  } finally {
    leave()
  }
  if (revoked.aborted) throw noLiveKey()
  return view(await read())

  async function read(): Promise<Page> {
    const page = await stream.read(cursor, limit)
    tellUnreadable(page, producer)
    return page
  }
}

type EventsView = { events: RestyleEvent[]; cursor: string; gap?: Gap }

const view = ({ delivered, cursor, gap }: Page): EventsView => ({
  events: delivered.map(({ event }) => event),
  cursor,
  ...(gap === undefined ? {} : { gap }),
})

/** Whoever follows `next` comes to an end: an empty page has none, although later events come behind its cursor. */
function sendPage(
  reply: FastifyReply,
  { limit, wait }: { limit: number; wait: number },
  page: EventsView,
): FastifyReply {
  if (page.events.length > 0) void reply.header('link', linkTo('next', { limit, wait }, page.cursor))
  return reply.send(page)
}

/** A place that stays where it is: `now` and the oldest event that is kept are other ones in a moment. */
async function place(stream: EventStream, cursor = '0'): Promise<string> {
  if (cursor === 'now') return stream.end()
  return cursor === '0' ? stream.start() : cursor
}
