import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { isCursor } from '@restyle/shared/event/cursor'
import type { Delivered, EventStream } from '@restyle/shared/event/event-stream'
import type { Log } from '@restyle/shared/log'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { refusals } from '../http/openapi.ts'
import { Problem } from '../http/problem.ts'
import { EventPage } from '../http/schemas.ts'
import type { Followers } from './followers.ts'
import { type Follow, sseFrames } from './sse-frames.ts'

const Cursor = z.string().refine((text) => text === 'now' || isCursor(text), {
  error: 'must be a cursor of an earlier answer, or now',
})

const EventQuery = z.strictObject({
  cursor: Cursor.optional().describe(
    'Where to go on: from an earlier answer, or `now`. Without it: the oldest',
  ),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  wait: z.coerce.number().min(0).max(30).default(0).describe('Seconds to wait when there is nothing yet'),
})

type Needs = { streamOf: (producer: string) => EventStream; followers: Followers; log: Log }

/** How every edit ended: in pages, or as a stream without end. */
export function eventRoutes(app: Api, { streamOf, followers, log }: Needs): void {
  app.get(
    '/v1/events',
    {
      // longer than the 30 s that a request may wait
      handlerTimeout: 45_000,
      schema: {
        operationId: 'readEvents',
        summary: 'Events after a cursor, oldest first',
        description:
          'CloudEvents 1.0, each at least once. With `Accept: text/event-stream` the answer goes on for ever: `id` is the cursor, and `Last-Event-ID` resumes.',
        tags: ['events'],
        headers: z.looseObject({
          'last-event-id': Cursor.optional().describe('Only for `text/event-stream`; goes before `cursor`'),
        }),
        querystring: EventQuery,
        response: {
          200: {
            description: 'A page of events, or a stream of them',
            content: {
              'application/json': { schema: EventPage },
              'text/event-stream': { schema: z.string() },
            },
          },
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const { producer, headers, query } = request
      const stream = streamOf(producer)
      if (!/\btext\/event-stream\b/.test(headers.accept ?? '')) {
        const cursor = await place(stream, query.cursor)
        const events = await nextPage({ stream, producer, cursor }, followers, query, request.signal)
        return reply.send({
          events: events.map(({ event }) => event),
          cursor: events.at(-1)?.cursor ?? cursor,
        })
      }

      const leave = enter(followers)
      try {
        const cursor = await place(stream, headers['last-event-id'] ?? query.cursor)
        reply.hijack()
        await sendFrames(reply.raw, { stream, followers, producer, cursor, log })
      } finally {
        leave()
      }
      return reply
    },
  )
}

/** Takes a place among those who wait; the answer frees it. */
function enter(followers: Followers): () => void {
  const leave = followers.enter()
  if (leave === undefined)
    throw new Problem('too-many-followers', 'All places for those who wait for events are taken.', {
      retryAfter: 5,
    })
  return leave
}

/** Sends events until the reader leaves or the server stops. */
async function sendFrames(response: ServerResponse, follow: Omit<Follow, 'signal'>): Promise<void> {
  const { producer, log } = follow
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  try {
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      // the stream ends when the server stops: the connection must not be used again
      connection: 'close',
      // a proxy that buffers the answer would hold it for ever
      'x-accel-buffering': 'no',
    })
    await pipeline(Readable.from(sseFrames({ ...follow, signal: gone.signal })), response)
  } catch (error) {
    if (!response.destroyed) log.error({ error, producer }, 'stream of events broke off')
    response.destroy()
  }
}

/** A page of events; when there is none, waits up to `wait` seconds for one. */
async function nextPage(
  { stream, producer, cursor }: Pick<Follow, 'stream' | 'producer' | 'cursor'>,
  followers: Followers,
  { limit, wait }: { limit: number; wait: number },
  signal: AbortSignal,
): Promise<Delivered[]> {
  const page = await stream.page(cursor, limit)
  if (page.length > 0 || wait === 0) return page
  const leave = enter(followers)
  try {
    await followers.wait(producer, cursor, wait * 1_000, signal)
  } finally {
    leave()
  }
  return stream.page(cursor, limit)
}

const place = async (stream: EventStream, cursor = '0'): Promise<string> =>
  cursor === 'now' ? stream.end() : cursor
