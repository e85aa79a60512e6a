import { z } from 'zod'
import { jsonOf } from './json-of.ts'
import { DisabledBy } from './webhook-event.ts'

/** A webhook's id, such as `webhook_2v8k…`. */
export const WebhookId = z.string().regex(/^webhook_[0-9a-z]{26}$/, { error: 'must be the id of a webhook' })

/** Events after the cursor `after`, up to and with `until`. */
export const Span = z.object({ after: z.string(), until: z.string() })
export type Span = z.infer<typeof Span>

/** A key that signs until then (epoch ms); without an end it is the newest. */
export const SigningSecret = z.object({ secret: z.string(), until: z.number().exactOptional() })
export type SigningSecret = z.infer<typeof SigningSecret>

/** What a producer has set. Types that a newer version knows are kept. */
export const WebhookSettings = z.object({
  url: z.string(),
  /** Absent: all. */
  types: z.array(z.string()).exactOptional(),
  description: z.string().exactOptional(),
  /** The newest first. */
  secrets: z.array(SigningSecret).min(1),
  enabled: z.boolean(),
  createdAt: z.number(),
  /** The cursor after which its first event is. */
  after: z.string(),
})
export type WebhookSettings = z.infer<typeof WebhookSettings>

const whole = z.coerce.number().int()

/** A webhook as the ledger holds it. Times in epoch ms. */
export const Webhook = z.object({
  id: z.string(),
  producer: z.string(),
  settings: jsonOf(WebhookSettings),
  /** How often it was set; the bucket has each. */
  revision: whole,
  /** Of the settings: whoever changes them says which they read. */
  version: z.string(),
  /** Of what it was sent: whoever settles a round says on which it built. */
  turn: whole,
  /** Up to here its events were sent once at least, or are among those that wait for another attempt. */
  cursor: z.string(),
  disabled: DisabledBy.exactOptional(),
  disabledAt: whole.exactOptional(),
  /** Failures since the last success, and when their run began. */
  failures: whole.default(0),
  failingSince: whole.exactOptional(),
  /** It asked for quiet, or fails: nothing is sent before then. */
  notBefore: whole.exactOptional(),
  /** Its last answers were slow. */
  slow: z.literal('1').exactOptional(),
  delivered: whole.default(0),
  failed: whole.default(0),
  lastDeliveredAt: whole.exactOptional(),
  lastFailedAt: whole.exactOptional(),
  /** What passed while it was disabled, the oldest first. */
  skipped: jsonOf(z.array(Span)).default([]),
})
export type Webhook = z.infer<typeof Webhook>

/** Why an event was sent. `test` and `hand`: somebody asked for this one. */
export const SentBecause = z.enum(['event', 'retry', 'replay', 'hand', 'test'])
export type SentBecause = z.infer<typeof SentBecause>

/** What became of one attempt. Times in epoch ms. */
export const Delivery = z.object({
  /** Where the event is in the stream. */
  cursor: z.string(),
  event: z.string(),
  type: z.string(),
  subject: z.string(),
  because: SentBecause,
  attempt: z.int(),
  outcome: z.enum(['delivered', 'failed']),
  at: z.number(),
  /** How long the answer took. */
  ms: z.number(),
  status: z.int().exactOptional(),
  /** What a failed one was answered, shortened and cleaned. */
  answer: z.string().exactOptional(),
  /** Why there was no answer. */
  error: z.string().exactOptional(),
  /** When it is tried again; absent where it is not. */
  nextAt: z.number().exactOptional(),
})
export type Delivery = z.infer<typeof Delivery>

/** What was tried of an event that waits for another attempt; `because` of one that somebody asked for. */
export const Tried = z.object({
  attempts: z.int(),
  because: SentBecause.extract(['hand', 'test']).exactOptional(),
})
export type Tried = z.infer<typeof Tried>
