import { Webhook } from '../contract/webhook.ts'
import { unreadable, whyUnreadable } from './record.ts'

/** Names a webhook among all. */
export type WebhookName = { producer: string; id: string }

/** A webhook out of its hash. Throws `Unreadable`. */
export function webhookOf(fields: Record<string, string>): Webhook | undefined {
  if (fields['version'] === undefined) return undefined
  const read = Webhook.safeParse(fields)
  if (!read.success) throw unreadable('webhook', fields['id'] ?? '', whyUnreadable(read.error))
  return read.data
}
