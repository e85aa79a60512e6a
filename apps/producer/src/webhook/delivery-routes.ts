import { limits } from '@restyle/shared/contract/limits'
import type { Delivery } from '@restyle/shared/contract/webhook'
import { compareCursors } from '@restyle/shared/event/cursor'
import type { ReplayAsked } from '@restyle/shared/ledger/webhook-rounds'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { refusals } from '../http/openapi.ts'
import { NextCursor, openPage, paging, textual, withLink } from '../http/page.ts'
import { Problem } from '../http/problem.ts'
import { noSuchWebhook, readOwnWebhook, WebhookPath, type WebhookTools } from './webhook-routes.ts'
import { cursorOfPlace, DeliveryView, ReplayBody, viewOfDelivery } from './webhook-view.ts'

const DeliveryPage = z.object({ deliveries: z.array(DeliveryView), nextCursor: NextCursor })

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

/** Attempts are numbered. */
const numbers = textual(/^\d{1,15}$/)

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
          ...paging,
        }),
        'x-problems': ['not-found'],
        'x-answers': withLink,
        response: { 200: DeliveryPage, ...refusals },
      },
    },
    async (request, reply) => {
      const { params, query, producer } = request
      const { after, goOn } = openPage(request, reply, numbers)
      await readOwnWebhook(params.id, producer, tools)
      const { outcome, limit } = query
      const outcomes: readonly Delivery['outcome'][] =
        outcome === undefined ? ['delivered', 'failed'] : [outcome]
      const before = after === undefined ? Infinity : Number(after)
      const pages = await Promise.all(
        // one more, to see whether anything is left
        outcomes.map((each) => tools.ledger.webhooks.log(params.id, each, { before, limit: limit + 1 })),
      )
      const found = pages.flat().toSorted((a, b) => b.number - a.number)
      const page = found.slice(0, limit)
      const next = found.length > page.length ? page.at(-1)?.number : undefined
      return {
        deliveries: page.map(({ delivery }) => viewOfDelivery(delivery)),
        ...goOn(next === undefined ? undefined : String(next)),
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
        'x-problems': ['not-found'],
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
        'x-problems': ['not-found', 'webhook-disabled'],
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
