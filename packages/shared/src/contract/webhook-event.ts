import { z } from 'zod'

/** Why an endpoint gets no more events: a person said so, it answered 410, or nothing but failures for days. */
export const DisabledBy = z.enum(['person', 'gone', 'failing'])
export type DisabledBy = z.infer<typeof DisabledBy>

/** An endpoint was disabled by its own answers. `url` is without its query. */
export const WebhookDisabled = z.object({
  webhook: z.string(),
  url: z.string(),
  reason: DisabledBy.exclude(['person']),
  failingSince: z.iso.datetime().exactOptional(),
  detail: z.string().describe('What it answered last, and how to go on'),
})
export type WebhookDisabled = z.infer<typeof WebhookDisabled>

/** Events that an endpoint should have got were gone before it could: they are kept for 30 days. */
export const WebhookGap = z.object({
  webhook: z.string(),
  after: z.string().describe('The cursor after which events are missing'),
  until: z
    .string()
    .describe('The cursor of the oldest event that is still there, or of the newest that is not'),
  missed: z
    .int()
    .exactOptional()
    .describe('How many events of the producer are missing, whatever their types'),
})
export type WebhookGap = z.infer<typeof WebhookGap>

/** Somebody wants to see whether an endpoint gets its events; it alone is sent this one. */
export const WebhookTest = z.object({ webhook: z.string() })
export type WebhookTest = z.infer<typeof WebhookTest>

export const WebhookEventType = z.enum([
  'restyle.webhook.disabled',
  'restyle.webhook.gap',
  'restyle.webhook.test',
])
export type WebhookEventType = z.infer<typeof WebhookEventType>

const kinds = {
  'restyle.webhook.disabled': WebhookDisabled,
  'restyle.webhook.gap': WebhookGap,
  'restyle.webhook.test': WebhookTest,
} satisfies Record<WebhookEventType, z.ZodType>

/** What is told of an endpoint, as the ledger's scripts wrote it; undefined for an event of something else. */
export const toldOfWebhook = (type: string, data: unknown) => {
  const known = WebhookEventType.safeParse(type)
  return known.success ? kinds[known.data].parse(data) : undefined
}
