import type { ServerResponse } from 'node:http'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { enter, type StayTools } from '../http/enter.ts'
import { refusals } from '../http/openapi.ts'
import { noSuchBatch } from '../http/own.ts'
import { Problem } from '../http/problem.ts'
import { openStream, type Patience, sendFrames } from '../http/send-frames.ts'
import { liveStreamExample } from '../http/stream-examples.ts'
import { headersOnly } from '../http/take-over.ts'
import { type AskedBatch, askedBatches, Batches, mostBatches } from './asked-batches.ts'
import { mostChanges } from './difference.ts'
import { type Followed, liveFrames } from './live-frames.ts'
import type { BatchWatch, Watched } from './watch-batches.ts'

type Needs = StayTools & {
  ledger: Pick<Ledger, 'readBatch'>
  batchWatch: BatchWatch
  followers: { stopping: AbortSignal }
  log: Log
  patience?: Patience | undefined
}

const Version = z.string().regex(/^\d{1,16}$/, { error: 'must be the version of a map' })

const description = `Server-Sent Events, for whoever accepts \`text/event-stream\`. With \`batch\`, of each batch:

- \`map\`: bytes of its map that have changed since the last one, \`{batch, version, rows, changes}\`, at most four times a second. A change is \`[row, plane, byte]\`: the row counted from 1, the plane (0 \`state\`, 1 \`verdict\`, 2 \`code\`, 3 \`redo\`; leave out any other), and the byte as a number. A row that is new rests (\`.\`) and has no verdict, no code and no redo.
- \`map-reset\`: read \`GET /v1/batches/{id}/map\`, unless its \`X-Restyle-Version\` was \`version\` or a greater one. It comes first, after more than ${mostChanges.toLocaleString('en')} changes at once, and to whoever is too far behind. Leave out a \`map\` whose \`version\` is not greater than that of what you have.
- \`batch\`: the batch, as \`GET /v1/batches/{id}\` shows it without \`forecast\` and \`waitsFor\`, when it has changed, at most once a second.
- \`gone\`: \`{batch}\`; the batch is not there, or is there no longer. Nothing more is told of it. The stream ends when it has nothing left to tell of.
- \`ping\`: after 15 seconds with nothing else, and after one second where there is no first word; \`readAt\` is when the data was read last.

\`batch\` names up to ${mostBatches} batches, with commas between them. Behind an id and a colon may stand the version of the map that the reader has (\`batch=batch_1:41,batch_2\`): it goes on from there where it can. For one batch \`Last-Event-ID\` says the same. Without \`batch\`, or with \`newest=true\`, there is \`batch\` of the newest 100 batches of the producer too, of each of them at first. It ends within 3 seconds once its key is revoked or its session ends, and when its reader takes nothing for 30 seconds.`

/** What changes while a page looks at it. */
export function liveRoutes(app: Api, needs: Needs): void {
  app.get(
    '/v1/live',
    {
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'readLive',
        summary: 'What changes in batches, or in the newest ones of the producer, as a stream',
        description,
        tags: ['batches'],
        headers: z.looseObject({
          'last-event-id': Version.optional().describe(
            'The version of the map that the reader has; of one batch alone',
          ),
        }),
        querystring: z.strictObject({
          batch: Batches.optional().describe(
            `Up to ${mostBatches} batches; not-found where none of them is there, and nothing else is asked for`,
          ),
          newest: z
            .literal('true')
            .optional()
            .describe('The newest 100 batches of the producer too; so it is without `batch`'),
        }),
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
      const asked = query.batch === undefined ? [] : askedBatches(query.batch)
      const hasNewest = query.newest === 'true' || asked.length === 0
      const { own, missing } = await sorted(asked, producer, needs)
      if (own.length === 0 && !hasNewest) throw noSuchBatch()
      if (!/\btext\/event-stream\b/.test(headers.accept ?? '')) throw noStream()
      if (method === 'HEAD') return headersOnly(reply, 'text/event-stream')
      const { revoked, leave } = await enter(request, needs)
      const last = asked.length === 1 ? headers['last-event-id'] : undefined
      const watch = (kind: Watched['kind'], id: string, version?: number) => ({
        ...needs.batchWatch.enter(kind, id),
        version: last === undefined ? version : Number(last),
      })
      const watches = own.map(({ id, version }) => watch('batch', id, version))
      if (hasNewest) watches.push(watch('batches', producer))
      try {
        await sendLive(openStream(reply), { followed: watches, missing, producer, revoked }, needs)
      } finally {
        for (const watch of watches) watch.leave()
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

/** Which of the batches are the producer's, and the ids of the others, which are for it as if they were not there. */
async function sorted(
  asked: readonly AskedBatch[],
  producer: string,
  { ledger }: Needs,
): Promise<{ own: AskedBatch[]; missing: string[] }> {
  const read = await Promise.all(asked.map(({ id }) => ledger.readBatch(id)))
  const isOwn = (i: number): boolean => read[i]?.producer === producer
  return {
    own: asked.filter((_, i) => isOwn(i)),
    missing: asked.flatMap(({ id }, i) => (isOwn(i) ? [] : [id])),
  }
}

type Reader = {
  followed: readonly Followed[]
  missing: readonly string[]
  producer: string
  revoked: AbortSignal
}

/** Sends until the reader leaves or takes nothing for too long, its key or session ends or the server stops. */
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
