import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { isCursor } from '@restyle/shared/event/cursor'
import type { RestyleEvent } from '@restyle/shared/contract/event'
import type { EventStream, Page } from '@restyle/shared/event/event-stream'
import type { Log } from '@restyle/shared/log'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { noLiveKey } from '../http/authenticate.ts'
import type { KeyWatch } from '../http/live-keys.ts'
import { refusals } from '../http/openapi.ts'
import { Problem } from '../http/problem.ts'
import { EventPage } from '../http/schemas.ts'
import { sparingLog } from '../http/sparing-log.ts'
import { headersOnly, takeOver } from '../http/take-over.ts'
import type { Followers } from './followers.ts'
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

type Needs = {
  streamOf: (producer: string) => EventStream
  followers: Followers
  keyWatch: KeyWatch
  log: Log
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
          'CloudEvents 1.0, each at least once. With `Accept: text/event-stream` the answer goes on for ever: `id` is the cursor, the first block holds it alone, and `Last-Event-ID` resumes. It ends within 3 seconds once its key is revoked.',
        tags: ['events'],
        headers: z.looseObject({
          'last-event-id': Cursor.optional().describe('Only for `text/event-stream`; goes before `cursor`'),
        }),
        querystring: EventQuery,
        'x-problems': ['too-many-followers'],
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
      if (!/\btext\/event-stream\b/.test(headers.accept ?? ''))
        return reply.send(await nextPage({ stream, tellUnreadable }, request, query, needs))

      if (request.method === 'HEAD') return headersOnly(reply, 'text/event-stream')
      const { revoked, leave } = enter(request, needs)
      try {
        const cursor = await place(stream, headers['last-event-id'] ?? query.cursor)
        await sendFrames(
          takeOver(reply),
          { stream, followers, producer, cursor, log, warn, tellUnreadable },
          revoked,
        )
      } finally {
        leave()
      }
      return reply
    },
  )
}

type Caller = { producer: string; keyId: string }

/** Takes a place among those who wait, for as long as the key is live. */
function enter({ producer, keyId }: Caller, { followers, keyWatch }: Needs): Stay {
  const leavePlace = followers.enter(producer)
  if (typeof leavePlace === 'string')
    throw new Problem(
      'too-many-followers',
      leavePlace === 'each'
        ? 'All places of this producer for those who wait for events are taken.'
        : 'All places for those who wait for events are taken.',
      { retryAfter: 5 },
    )
  const { revoked, leave } = keyWatch.watch(keyId)
  return {
    revoked,
    leave: () => {
      leave()
      leavePlace()
    },
  }
}

/** A place that is taken: `revoked` aborts when the key is no longer live. */
type Stay = { revoked: AbortSignal; leave: () => void }

/** How long a reader that reads nothing may take to let its stream end. */
const endGraceMs = 500

/** Sends events until the reader leaves, its key is revoked or the server stops. */
async function sendFrames(
  response: ServerResponse,
  follow: Omit<Follow, 'signal'> & { log: Log },
  revoked: AbortSignal,
): Promise<void> {
  const { producer, log } = follow
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  let grace: NodeJS.Timeout | undefined
  const cut = () => {
    gone.abort()
    grace = setTimeout(() => response.destroy(), endGraceMs)
  }
  if (revoked.aborted) cut()
  revoked.addEventListener('abort', cut, { once: true })
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
  } finally {
    clearTimeout(grace)
    revoked.removeEventListener('abort', cut)
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
): Promise<{ events: RestyleEvent[]; cursor: string }> {
  const { producer } = request
  const cursor = await place(stream, asked)
  const first = await read()
  if (first.cursor !== cursor || wait === 0 || asked === 'now') return view(first)
  const { revoked, leave } = enter(request, needs)
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

const view = ({ delivered, cursor }: Page) => ({ events: delivered.map(({ event }) => event), cursor })

const place = async (stream: EventStream, cursor = '0'): Promise<string> =>
  cursor === 'now' ? stream.end() : cursor
