import { EventType } from '@restyle/shared/contract/event'
import { limits } from '@restyle/shared/contract/limits'
import { text } from '@restyle/shared/contract/text'
import { type Delivery, SentBecause, type Webhook } from '@restyle/shared/contract/webhook'
import { DisabledBy } from '@restyle/shared/contract/webhook-event'
import { isCursor } from '@restyle/shared/event/cursor'
import { cursorBefore } from '@restyle/shared/event/one-event'
import { faultOfSecret, liveSecrets } from '@restyle/shared/webhook/secrets'
import { z } from 'zod'

const time = z.iso.datetime()
const isTime = (place: string): boolean => z.iso.datetime({ offset: true }).safeParse(place).success

/** A place among the events, as a caller writes it. */
const EventPlace = z.string().refine((place) => isCursor(place) || isTime(place), {
  error: 'must be a cursor, such as that of an event, or a time such as 2026-03-02T21:00:00Z',
})

/** The cursor that a place means; of a time that of the last event before it. */
export const cursorOfPlace = (place: string): string =>
  isTime(place) ? cursorBefore(`${Math.max(1, Date.parse(place))}-0`) : place

const Secret = z
  .string()
  .superRefine((secret, context) => {
    const fault = faultOfSecret(secret)
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault })
  })
  .describe('One of your own: `whsec_` and base64 of 24 to 64 bytes. Without it one is made')

const Url = text(limits.address)
  .min(1)
  .describe('Where events are sent, by POST: https, on the public internet. Redirects are not followed')

const Types = z
  .array(EventType)
  .min(1)
  .max(EventType.options.length)
  .describe('Only events of these types; without it all')

const Description = text(limits.batchName)

export const WebhookBody = z
  .strictObject({
    url: Url,
    types: Types.optional(),
    description: Description.optional(),
    secret: Secret.optional(),
    after: EventPlace.optional().describe('Begins after this cursor, or at this time; without it now'),
  })
  .meta({
    id: 'WebhookRequest',
    examples: [
      {
        url: 'https://shop.example.com/hooks/restyle',
        types: ['restyle.edit.succeeded', 'restyle.edit.failed'],
      },
    ],
  })
export type WebhookBody = z.infer<typeof WebhookBody>

export const WebhookChange = z
  .strictObject({
    url: Url.optional(),
    types: Types.nullable().optional().describe('null: all'),
    description: Description.nullable().optional(),
    enabled: z
      .boolean()
      .optional()
      .describe('Of one that is enabled again: it goes on with new events; `skipped` has the others'),
  })
  .refine((change) => Object.keys(change).length > 0, { error: 'must change something' })
  .meta({ id: 'WebhookChange', examples: [{ enabled: true }] })
export type WebhookChange = z.infer<typeof WebhookChange>

export const RotateBody = z
  .strictObject({
    secret: Secret.optional(),
    keepHours: z
      .number()
      .min(0)
      .max(168)
      .optional()
      .describe('For so long the secret before it signs, too: requests have two signatures. Without it 24'),
  })
  .meta({ id: 'RotateRequest', examples: [{ keepHours: 24 }] })

export const ReplayBody = z
  .union([
    z.strictObject({
      after: EventPlace.describe('After this cursor, or from this time on'),
      until: EventPlace.optional().describe(
        'Up to and with this cursor, or before this time; without it now',
      ),
    }),
    z.strictObject({ skipped: z.literal(true).describe('All that passed while it was disabled') }),
    z.strictObject({
      cursors: z
        .array(z.string().refine(isCursor, { error: 'must be the cursor of an event' }))
        .min(1)
        .max(100)
        .describe('Single events, whatever their types'),
    }),
  ])
  .meta({ id: 'ReplayRequest', examples: [{ skipped: true }] })

const SpanView = z.object({
  after: z.string().describe('The cursor before the first event'),
  until: z.string().describe('The cursor of the last one'),
})

/** A webhook as its producer sees it; secrets are shown once, when they are made. */
export const WebhookView = z
  .object({
    id: z.string(),
    url: z.string(),
    types: z.array(z.string()).optional(),
    description: z.string().optional(),
    enabled: z.boolean(),
    disabled: z
      .object({ reason: DisabledBy, at: time })
      .optional()
      .describe(
        '`person`: by PATCH. `gone`: it answered 410. `failing`: nothing but failures for three days',
      ),
    failing: z
      .object({ since: time, failures: z.int() })
      .optional()
      .describe('It has failed since then, without a success between'),
    notBefore: time.optional().describe('It asked for quiet, or fails: nothing is sent before then'),
    cursor: z.string().describe('Up to here its events were sent at least once'),
    waiting: z.int().describe('Events that are to be sent once more'),
    skipped: z.array(SpanView).describe('What passed while it was disabled: replay it with `skipped`'),
    delivered: z.int(),
    failed: z.int().describe('Attempts'),
    lastDeliveredAt: time.optional(),
    lastFailedAt: time.optional(),
    createdAt: time,
    signsTwiceUntil: time.optional().describe('Until then an older secret signs, too'),
  })
  .meta({
    id: 'Webhook',
    examples: [
      {
        id: 'webhook_2v8k0c9q4m6t1r3w5y7x9z0abc',
        url: 'https://shop.example.com/hooks/restyle',
        types: ['restyle.edit.succeeded', 'restyle.edit.failed'],
        enabled: true,
        cursor: '1764147600000-0',
        waiting: 0,
        skipped: [],
        delivered: 4711,
        failed: 2,
        lastDeliveredAt: '2026-11-26T09:00:00.000Z',
        createdAt: '2026-11-25T09:00:00.000Z',
      },
    ],
  })
type WebhookView = z.infer<typeof WebhookView>

export const WebhookWithSecret = z.object({
  webhook: WebhookView,
  secret: z.string().describe('Verifies its requests. It is shown here and never again'),
})

/** `now`: epoch ms; `waiting`: how many events are to be sent once more. */
export function viewOfWebhook(webhook: Webhook, waiting: number, now: number): WebhookView {
  const { id, settings, disabled, disabledAt, failures, failingSince, notBefore } = webhook
  const { lastDeliveredAt, lastFailedAt, cursor, skipped, delivered, failed } = webhook
  const { url, types, description, secrets, createdAt } = settings
  const older = liveSecrets(secrets, now).flatMap(({ until }) => until ?? [])
  return {
    id,
    url,
    ...(types && { types }),
    ...(description !== undefined && { description }),
    enabled: disabled === undefined,
    ...(disabled && { disabled: { reason: disabled, at: iso(disabledAt ?? 0) } }),
    ...(failingSince !== undefined && { failing: { since: iso(failingSince), failures } }),
    ...(notBefore !== undefined && notBefore > now && { notBefore: iso(notBefore) }),
    cursor,
    waiting,
    skipped,
    delivered,
    failed,
    ...(lastDeliveredAt !== undefined && { lastDeliveredAt: iso(lastDeliveredAt) }),
    ...(lastFailedAt !== undefined && { lastFailedAt: iso(lastFailedAt) }),
    createdAt: iso(createdAt),
    ...(older.length > 0 && { signsTwiceUntil: iso(Math.max(...older)) }),
  }
}

/** What of a webhook its producer sets. */
export const settingsOf = ({ settings, disabled }: Webhook) => {
  const { url, types, description } = settings
  return { url, types, description, enabled: disabled === undefined }
}

/** One attempt, as its producer sees it. */
export const DeliveryView = z
  .object({
    cursor: z.string().describe('Of the event: replay it with `cursors`'),
    event: z.string().describe('Its id, the `webhook-id` of the request'),
    type: z.string(),
    subject: z.string(),
    because: SentBecause.describe(
      '`event`: it happened. `retry`: an attempt before failed. `replay`, `hand`, `test`: somebody asked for it',
    ),
    attempt: z.int(),
    outcome: z.enum(['delivered', 'failed']),
    at: time,
    ms: z.number().describe('How long the answer took'),
    status: z.int().optional(),
    answer: z.string().optional().describe('The beginning of what a failed one was answered'),
    error: z.string().optional().describe('Why there was no answer'),
    nextAt: time.optional().describe('It is tried again then; without it no more'),
  })
  .meta({
    id: 'Delivery',
    examples: [
      {
        cursor: '1764147600000-0',
        event: 'edit_2v8k0c9q4m6t1r3w5y7x9z0abc-succeeded',
        type: 'restyle.edit.succeeded',
        subject: 'edit_2v8k0c9q4m6t1r3w5y7x9z0abc',
        because: 'event',
        attempt: 1,
        outcome: 'failed',
        at: '2026-11-26T09:00:00.000Z',
        ms: 41,
        status: 500,
        answer: 'Internal Server Error',
        nextAt: '2026-11-26T09:00:05.000Z',
      },
    ],
  })

export const viewOfDelivery = ({ at, nextAt, ...delivery }: Delivery): z.infer<typeof DeliveryView> => ({
  ...delivery,
  at: iso(at),
  ...(nextAt !== undefined && { nextAt: iso(nextAt) }),
})

const iso = (at: number): string => new Date(at).toISOString()
