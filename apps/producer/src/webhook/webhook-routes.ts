import { limits } from '@restyle/shared/contract/limits'
import { type Webhook, WebhookId } from '@restyle/shared/contract/webhook'
import { RestyleError } from '@restyle/shared/errors'
import { idFromKey } from '@restyle/shared/ids'
import type { Log } from '@restyle/shared/log'
import { type EndpointRules, faultOfEndpoint } from '@restyle/shared/webhook/endpoint-address'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import {
  ChangeConditions,
  conditionOf,
  ReadConditions,
  sendTagged,
  tagOf,
  withTag,
} from '../http/conditions.ts'
import { IntakeHeaders, keyOf, reusedKey, withPlace } from '../http/intake-headers.ts'
import { refusals } from '../http/openapi.ts'
import { Problem } from '../http/problem.ts'
import { addWebhook, changeWebhook, removeWebhook, rotateSecret, type SetTools } from './set-webhook.ts'
import {
  RotateBody,
  settingsOf,
  viewOfWebhook,
  WebhookBody,
  WebhookChange,
  WebhookView,
  WebhookWithSecret,
} from './webhook-view.ts'

export type WebhookTools = SetTools & {
  /** Which addresses events may be sent to. */
  endpoints: EndpointRules
  log: Log
}

export const WebhookPath = z.object({ id: WebhookId })

const WebhookList = z.object({
  webhooks: z.array(WebhookView),
  unreadable: z
    .array(z.object({ id: z.string(), why: z.string() }))
    .optional()
    .describe('Those whose records cannot be read: a newer version wrote them, or they are damaged'),
})

const hourMs = 3600_000

/** Endpoints that a producer's events are sent to. */
export function webhookRoutes(app: Api, tools: WebhookTools): void {
  addRoute(app, tools)
  readRoutes(app, tools)
  changeRoute(app, tools)
  rotateRoute(app, tools)
  removeRoute(app, tools)
}

function addRoute(app: Api, tools: WebhookTools): void {
  app.post(
    '/v1/webhooks',
    {
      config: { scope: 'webhooks' },
      schema: {
        operationId: 'addWebhook',
        summary: 'Have events sent to an address',
        description:
          'Each event is sent by POST as it is told by `/v1/events`, signed after Standard Webhooks 1.0.0, at least once. Anything but a status from 200 to 299 within 20 s is a failure, and it is sent again, ten times within 75 h 35 min. The same Idempotency-Key with the same body is the same webhook.',
        tags: ['webhooks'],
        headers: IntakeHeaders,
        body: WebhookBody,
        'x-problems': ['idempotency-conflict'],
        'x-answers': {
          200: { ...withPlace[200], headers: [...withPlace[200].headers, 'Cache-Control'] },
          201: { headers: ['Location', 'Cache-Control'] },
        },
        response: { 200: WebhookWithSecret, 201: WebhookWithSecret, ...refusals },
      },
    },
    async ({ headers, body, producer, keyId }, reply) => {
      await refuseUnfit(body.url, tools)
      const name = { producer, id: idFromKey('webhook', producer, keyOf(headers)) }
      const added = await addWebhook(name, body, tools)
      if (added.kind !== 'added' && added.kind !== 'known')
        throw added.kind === 'conflict' ? reusedKey(name.id) : tooMany()
      if (added.kind === 'added') tools.log.info({ producer, webhook: name.id, keyId }, 'webhook added')
      else void reply.header('idempotent-replayed', 'true')
      return unkept(reply.header('location', `/v1/webhooks/${name.id}`))
        .code(added.kind === 'added' ? 201 : 200)
        .send({ webhook: await viewNow(added.webhook, tools), secret: added.secret })
    },
  )
}

/** An answer with a secret, which no cache may keep. */
const unkept = <R extends FastifyReply>(reply: R): R => reply.header('cache-control', 'no-store') as R

function readRoutes(app: Api, tools: WebhookTools): void {
  app.get(
    '/v1/webhooks',
    {
      config: { scope: 'webhooks' },
      schema: {
        operationId: 'listWebhooks',
        summary: 'All webhooks',
        description: 'In the order in which they were added.',
        tags: ['webhooks'],
        response: { 200: WebhookList, ...refusals },
      },
    },
    async ({ producer }) => {
      const ids = await tools.ledger.webhooks.list(producer)
      const read = await Promise.all(ids.map((id) => readOrSay(id, tools)))
      const known = read.flatMap((each) => (each.kind === 'webhook' ? [each.webhook] : []))
      const left = read.flatMap((each) =>
        each.kind === 'unreadable' ? [{ id: each.id, why: each.why }] : [],
      )
      const ordered = known.toSorted((a, b) => a.settings.createdAt - b.settings.createdAt)
      return {
        webhooks: await Promise.all(ordered.map((each) => viewNow(each, tools))),
        ...(left.length > 0 && { unreadable: left }),
      }
    },
  )
  app.get(
    '/v1/webhooks/:id',
    {
      config: { scope: 'webhooks' },
      schema: {
        operationId: 'readWebhook',
        summary: 'A webhook, and how it does',
        description: 'Whether it gets its events, since when it fails, how many wait, and what it skipped.',
        tags: ['webhooks'],
        params: WebhookPath,
        headers: ReadConditions,
        'x-problems': ['not-found'],
        'x-answers': withTag,
        response: { 200: WebhookView, ...refusals },
      },
    },
    async (request, reply) => {
      const webhook = await readOwnWebhook(request.params.id, request.producer, tools)
      return sendTagged(request, reply, await viewNow(webhook, tools), { settings: settingsOf(webhook) })
    },
  )
}

function changeRoute(app: Api, tools: WebhookTools): void {
  app.patch(
    '/v1/webhooks/:id',
    {
      config: { scope: 'webhooks' },
      schema: {
        operationId: 'changeWebhook',
        summary: 'Set a webhook otherwise, stop it, or let it go on',
        description:
          'What is not named stays. A new `url` begins with no failures. Events that wait for another attempt go to the new address.',
        tags: ['webhooks'],
        params: WebhookPath,
        headers: ChangeConditions,
        body: WebhookChange,
        'x-problems': ['not-found', 'precondition-failed'],
        'x-answers': { 200: { headers: ['ETag'] } },
        response: { 200: WebhookView, ...refusals },
      },
    },
    async (request, reply) => {
      const { params, body, producer, keyId } = request
      const { id } = params
      if (body.url !== undefined) await refuseUnfit(body.url, tools)
      const webhook = await changeWebhook({ producer, id }, body, tools, knownTo(request))
      if (webhook === undefined) throw noSuchWebhook()
      const { enabled } = body
      tools.log.info(
        { producer, webhook: id, keyId, ...(enabled !== undefined && { enabled }) },
        'webhook changed',
      )
      const view = await viewNow(webhook, tools)
      void reply.header('etag', tagOf(view, settingsOf(webhook)))
      return view
    },
  )
}

function rotateRoute(app: Api, tools: WebhookTools): void {
  app.post(
    '/v1/webhooks/:id/rotate',
    {
      config: { scope: 'webhooks' },
      schema: {
        operationId: 'rotateWebhookSecret',
        summary: 'Give a webhook another secret',
        description:
          'Until `keepHours` are over each request has a signature of the new secret and one of the old, so that either verifies it.',
        tags: ['webhooks'],
        params: WebhookPath,
        body: RotateBody,
        'x-problems': ['not-found'],
        'x-answers': { 200: { headers: ['Cache-Control'] } },
        response: { 200: WebhookWithSecret, ...refusals },
      },
    },
    async ({ params: { id }, body, producer, keyId }, reply) => {
      const { secret, keepHours = 24 } = body
      const done = await rotateSecret({ producer, id }, { secret, keepMs: keepHours * hourMs }, tools)
      if (done === undefined) throw noSuchWebhook()
      tools.log.info({ producer, webhook: id, keyId, keepHours }, 'secret of a webhook rotated')
      return unkept(reply).send({ webhook: await viewNow(done.webhook, tools), secret: done.secret })
    },
  )
}

function removeRoute(app: Api, tools: WebhookTools): void {
  app.delete(
    '/v1/webhooks/:id',
    {
      config: { scope: 'webhooks' },
      schema: {
        operationId: 'removeWebhook',
        summary: 'Remove a webhook and all that waits for it',
        description: 'Gives what it was. Nothing more is sent to it, but for what is under way.',
        tags: ['webhooks'],
        params: WebhookPath,
        headers: ChangeConditions,
        'x-problems': ['not-found', 'precondition-failed'],
        response: { 200: WebhookView, ...refusals },
      },
    },
    async (request) => {
      const { params, producer, keyId } = request
      const { id } = params
      const removed = await removeWebhook({ producer, id }, tools, knownTo(request))
      if (removed === undefined) throw noSuchWebhook()
      tools.log.info({ producer, webhook: id, keyId }, 'webhook removed')
      return viewNow(removed, tools)
    },
  )
}

const tooMany = (): Problem =>
  new Problem(
    'invalid-request',
    `You have ${limits.webhooks} webhooks, which is the most: remove one before you add another.`,
  )

export const noSuchWebhook = (): Problem => new Problem('not-found', 'There is no such webhook.')

/** A webhook of this producer. Throws a `Problem` (not-found). */
export async function readOwnWebhook(
  id: string,
  producer: string,
  { ledger }: { ledger: Pick<WebhookTools['ledger'], 'webhooks'> },
): Promise<Webhook> {
  const webhook = await ledger.webhooks.read(id)
  if (webhook?.producer !== producer) throw noSuchWebhook()
  return webhook
}

type Read =
  | { kind: 'webhook'; webhook: Webhook }
  | { kind: 'none' }
  | { kind: 'unreadable'; id: string; why: string }

/** One that cannot be read hides none of the others. */
async function readOrSay(id: string, { ledger }: WebhookTools): Promise<Read> {
  try {
    const webhook = await ledger.webhooks.read(id)
    return webhook === undefined ? { kind: 'none' } : { kind: 'webhook', webhook }
  } catch (error) {
    if (error instanceof RestyleError && error.code === 'Unreadable')
      return { kind: 'unreadable', id, why: error.message }
    throw error
  }
}

/** Throws where a webhook is not what the request knows (`If-Match`). */
function knownTo(request: Pick<FastifyRequest, 'headers'>): (webhook: Webhook) => void {
  const condition = conditionOf(request)
  return (webhook) => condition(settingsOf(webhook))
}

async function refuseUnfit(url: string, { endpoints }: WebhookTools): Promise<void> {
  const fault = await faultOfEndpoint(url, endpoints)
  if (fault !== undefined)
    throw Problem.ofFaults('invalid-request', [{ pointer: '/url', detail: `url ${fault}` }])
}

async function viewNow(webhook: Webhook, { ledger }: WebhookTools): Promise<z.infer<typeof WebhookView>> {
  const [waiting, now] = await Promise.all([ledger.webhooks.waiting(webhook.id), ledger.now()])
  return viewOfWebhook(webhook, waiting, now)
}
