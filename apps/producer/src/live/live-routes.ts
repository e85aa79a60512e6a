import type { ServerResponse } from 'node:http'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { enter, type StayTools } from '../http/enter.ts'
import { refusals } from '../http/openapi.ts'
import { readOwnBatch } from '../http/own.ts'
import { Problem } from '../http/problem.ts'
import { openStream, type Patience, sendFrames } from '../http/send-frames.ts'
import { liveStreamExample } from '../http/stream-examples.ts'
import { headersOnly } from '../http/take-over.ts'
import { mostChanges } from './difference.ts'
import { liveFrames } from './live-frames.ts'
import type { BatchWatch, Watched } from './watch-batches.ts'

type Needs = StayTools & {
  ledger: Pick<Ledger, 'readBatch'>
  batchWatch: BatchWatch
  followers: { stopping: AbortSignal }
  log: Log
  patience?: Patience | undefined
}

const Version = z.string().regex(/^\d{1,16}$/, { error: 'must be the version of a map' })

/** What changes while a page looks at it. */
export function liveRoutes(app: Api, needs: Needs): void {
  app.get(
    '/v1/live',
    {
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'readLive',
        summary: 'What changes in a batch, or in the batches of the producer, as a stream',
        description: `Server-Sent Events, for whoever accepts \`text/event-stream\`. With \`batch\`:\n\n- \`map\`: bytes of its map that have changed since the last one, \`{batch, version, rows, changes}\`, at most four times a second. A change is \`[row, plane, byte]\`: the row counted from 1, the plane (0 \`state\`, 1 \`verdict\`, 2 \`code\`, 3 \`redo\`; leave out any other), and the byte as a number. A row that is new rests (\`.\`) and has no verdict, no code and no redo.\n- \`map-reset\`: read \`GET /v1/batches/{id}/map\`, unless its \`X-Restyle-Version\` was \`version\` or a greater one. It comes first, after more than ${mostChanges.toLocaleString('en')} changes at once, and to whoever is too far behind. Leave out a \`map\` whose \`version\` is not greater than that of what you have.\n- \`batch\`: the batch, as \`GET /v1/batches/{id}\` shows it without \`forecast\` and \`waitsFor\`, when it has changed, at most once a second.\n- \`ping\`: after 15 seconds with nothing else; \`readAt\` is when the data was read last.\n\n\`Last-Event-ID\` is the version of what the reader has; it goes on from there where it can. Without \`batch\` there is \`batch\` alone, of the newest 100 batches of the producer, each of them at first. It ends within 3 seconds once its key is revoked, and when its reader takes nothing for 30 seconds.`,
        tags: ['batches'],
        headers: z.looseObject({
          'last-event-id': Version.optional().describe('The version of the map that the reader has'),
        }),
        querystring: z.strictObject({ batch: z.string().max(64).optional().describe('Of this batch alone') }),
        'x-problems': ['not-found', 'too-many-followers'],
        response: {
          200: {
            description: 'A stream of changes',
            content: { 'text/event-stream': { schema: z.string().meta({ examples: [liveStreamExample] }) } },
          },
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const { producer, headers, query, method } = request
      const { batch } = query
      if (batch !== undefined) await readOwnBatch(batch, producer, needs)
      if (!/\btext\/event-stream\b/.test(headers.accept ?? '')) throw noStream()
      if (method === 'HEAD') return headersOnly(reply, 'text/event-stream')
      const { revoked, leave } = await enter(request, needs)
      const { batchWatch } = needs
      const watch =
        batch === undefined ? batchWatch.enter('batches', producer) : batchWatch.enter('batch', batch)
      try {
        const last = headers['last-event-id']
        const from = { watched: watch.watched, version: last === undefined ? undefined : Number(last) }
        await sendLive(openStream(reply), { ...from, producer, revoked }, needs)
      } finally {
        watch.leave()
        leave()
      }
      return reply
    },
  )
}

const noStream = (): Problem =>
  Problem.ofFaults('invalid-parameter', [
    { parameter: 'accept', detail: 'accept must name text/event-stream: the answer goes on for ever' },
  ])

type Reader = { watched: Watched; version: number | undefined; producer: string; revoked: AbortSignal }

/** Sends until the reader leaves or takes nothing for too long, its key is revoked or the server stops. */
async function sendLive(
  response: ServerResponse,
  { revoked, producer, ...from }: Reader,
  { followers, log, patience }: Needs,
): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const over = AbortSignal.any([revoked, followers.stopping])
  const signal = AbortSignal.any([gone.signal, over])
  try {
    const how = await sendFrames(response, liveFrames({ ...from, signal }), over, patience)
    if (how === 'slow') log.info({ producer }, 'stream of changes was cut, whose reader took nothing')
  } catch (error) {
    if (!gone.signal.aborted) log.error({ error, producer }, 'stream of changes broke off')
  }
}
