import { limits } from '@restyle/shared/contract/limits'
import type { Delivery } from '@restyle/shared/contract/webhook'
import { compareCursors } from '@restyle/shared/event/cursor'
import type { ReplayAsked } from '@restyle/shared/ledger/webhook-rounds'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { linkNext } from '../http/next-link.ts'
import { refusals } from '../http/openapi.ts'
import { Problem } from '../http/problem.ts'
import { noSuchWebhook, readOwnWebhook, WebhookPath, type WebhookTools } from './webhook-routes.ts'
import { cursorOfPlace, DeliveryView, ReplayBody, viewOfDelivery } from './webhook-view.ts'

const DeliveryPage = z.object({ deliveries: z.array(DeliveryView), nextCursor: z.string().optional() })

const TestAnswer = z
  .object({
    event: z.string().describe('The id of the event; `deliveries` tell what it was answered'),
    cursor: z.string(),
  })
  .meta({
    id: 'WebhookTest',
    examples: [
      { event: 'webhook_2v8k0c9q4m6t1r3w5y7x9z0abc-test-1764147600000-1', cursor: '1764147600000-0' },
    ],
  })

const ReplayAnswer = z
  .object({
    started: z.int().describe('How many ranges, or single events, are sent once more'),
    missing: z.array(z.string()).optional().describe('Cursors of events that are not kept any more'),
  })
  .meta({ id: 'Replay', examples: [{ started: 1 }] })

/** What became of deliveries, and what is sent because somebody asks. */
export function deliveryRoutes(app: Api, tools: WebhookTools): void {
  listRoute(app, tools)
  testRoute(app, tools)
  replayRoute(app, tools)
}

function listRoute(app: Api, tools: WebhookTools): void {
  app.get(
    '/v1/webhooks/:id/deliveries',
    {
      config: { scope: 'webhooks' },
      schema: {
        operationId: 'listDeliveries',
        summary: 'The last attempts to deliver and what they were answered, the newest first',
        description: `The last ${limits.webhookDelivered} that succeeded and the last ${limits.webhookFailed} that failed are kept.`,
        tags: ['webhooks'],
        params: WebhookPath,
        querystring: z.strictObject({
          outcome: z.enum(['delivered', 'failed']).optional(),
          cursor: z
            .string()
            .regex(/^\d{1,15}$/, { error: 'must be the nextCursor of an earlier answer' })
            .optional()
            .describe('`nextCursor` of the page before'),
          limit: z.coerce.number().int().min(1).max(500).default(100),
        }),
        response: { 200: DeliveryPage, ...refusals },
      },
    },
    async (request, reply) => {
      const { params, query, producer } = request
      await readOwnWebhook(params.id, producer, tools)
      const { outcome, cursor, limit } = query
      const outcomes: readonly Delivery['outcome'][] =
        outcome === undefined ? ['delivered', 'failed'] : [outcome]
      const before = cursor === undefined ? Infinity : Number(cursor)
      const pages = await Promise.all(
        outcomes.map((each) => tools.ledger.webhooks.log(params.id, each, { before, limit })),
      )
      const page = pages
        .flat()
        .toSorted((a, b) => b.number - a.number)
        .slice(0, limit)
      const last = page.at(-1)
      const nextCursor = last === undefined || page.length < limit ? undefined : String(last.number)
      linkNext(request, reply, nextCursor)
      return {
        deliveries: page.map(({ delivery }) => viewOfDelivery(delivery)),
        ...(nextCursor !== undefined && { nextCursor }),
      }
    },
  )
}

function testRoute(app: Api, tools: WebhookTools): void {
  app.post(
    '/v1/webhooks/:id/test',
    {
      config: { scope: 'webhooks' },
      schema: {
        operationId: 'testWebhook',
        summary: 'Send a webhook an event that tests it',
        description:
          'Once, at once, whatever its types, and also while it is disabled. Readers of `/v1/events` see it, too.',
        tags: ['webhooks'],
        params: WebhookPath,
        response: { 200: TestAnswer, ...refusals },
      },
    },
    async ({ params: { id }, producer }) => {
      await readOwnWebhook(id, producer, tools)
      const answer = await tools.ledger.webhooks.test(id)
      if (answer.kind !== 'sent') throw answer.kind === 'none' ? noSuchWebhook() : tooMany('tests')
      return { event: answer.event, cursor: answer.cursor }
    },
  )
}

function replayRoute(app: Api, tools: WebhookTools): void {
  app.post(
    '/v1/webhooks/:id/replay',
    {
      config: { scope: 'webhooks' },
      schema: {
        operationId: 'replayWebhook',
        summary: 'Have a webhook sent events once more',
        description:
          'A range of those that it gets, all that passed while it was disabled, or single ones. Ids and bodies are the same as before. It goes on with new events beside that.',
        tags: ['webhooks'],
        params: WebhookPath,
        body: ReplayBody,
        response: { 200: ReplayAnswer, ...refusals },
      },
    },
    async ({ params: { id }, body, producer, keyId }) => {
      await readOwnWebhook(id, producer, tools)
      const asked = await askedFor(body, producer, tools)
      const answer = await tools.ledger.webhooks.replay(id, asked)
      switch (answer.kind) {
        case 'none':
          throw noSuchWebhook()
        case 'disabled':
          throw new Problem('webhook-disabled', 'Enable the webhook first: PATCH it with {"enabled": true}.')
        case 'full':
          throw tooMany('replays')
        case 'started': {
          const { count, missing } = answer
          tools.log.info(
            { producer, webhook: id, keyId, kind: asked.kind, count },
            'replay of a webhook began',
          )
          return { started: count, ...(missing.length > 0 && { missing }) }
        }
      }
    },
  )
}

async function askedFor(
  body: z.infer<typeof ReplayBody>,
  producer: string,
  { ledger }: WebhookTools,
): Promise<ReplayAsked> {
  if ('skipped' in body) return { kind: 'skipped' }
  if ('cursors' in body) return { kind: 'hand', cursors: [...new Set(body.cursors)] }
  const after = cursorOfPlace(body.after)
  // what comes from now on is sent anyway
  const until = body.until === undefined ? await ledger.events(producer).end() : cursorOfPlace(body.until)
  if (compareCursors(after, until) > 0)
    throw Problem.ofFaults('invalid-request', [{ pointer: '/until', detail: 'until must be after `after`' }])
  return { kind: 'range', span: { after, until } }
}

const tooMany = (what: string): Problem =>
  new Problem('unavailable', `Too many ${what} of this webhook wait already: send the same again later.`, {
    retryAfter: 30,
  })
