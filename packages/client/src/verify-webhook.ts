import { ApiError } from './api-error.ts'
import type { RestyleEvent } from './types.ts'

/** What a webhook is checked by. */
export type WebhookProof = {
  /** The body as it came, byte by byte: JSON that was parsed and written again is another one. */
  body: string | Uint8Array
  /** The headers of the request: those of `fetch`, or an object with lower-case names as Node has it. */
  headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>
  /** The endpoint's secrets, each as the API gave it (`whsec_…`). While one takes the place of another, both. */
  secrets: readonly string[]
  /** How old a webhook may be, and how far ahead its clock; default 300. Older ones may be sent again by anybody. */
  toleranceSeconds?: number
  /** Epoch ms. */
  now?: number
}

const prefix = 'whsec_'

/**
 * The event that a webhook carries, once its signature (Standard Webhooks 1.0.0) proves that this producer sent it, just now.
 * Throws `ApiError` (`bad-webhook`). It may come more than once: `event.id` is the same each time.
 */
export async function verifyWebhook({
  body,
  headers,
  secrets,
  toleranceSeconds = 300,
  now = Date.now(),
}: WebhookProof): Promise<RestyleEvent> {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    headerOf(headers, name),
  )
  if (id === undefined || timestamp === undefined || signatures === undefined)
    throw bad('a header is missing: webhook-id, webhook-timestamp and webhook-signature are needed')
  if (!/^\d{1,12}$/.test(timestamp)) throw bad('webhook-timestamp is no time')
  const age = now / 1_000 - Number(timestamp)
  if (Math.abs(age) > toleranceSeconds)
    throw bad(`it was signed ${Math.round(Math.abs(age))} s ${age > 0 ? 'ago' : 'ahead of this clock'}`)
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  const signed = joined(new TextEncoder().encode(`${id}.${timestamp}.`), bytes)
  const sent = signatures.split(' ').flatMap((one) => (one.startsWith('v1,') ? [one.slice(3)] : []))
  if (!(await isSigned(signed, sent, secrets))) throw bad('no signature fits the body and a secret')
  return eventOf(new TextDecoder().decode(bytes))
}

/** Whether one of the signatures is one of the secrets'. Web Crypto compares in a time that tells nothing. */
async function isSigned(
  signed: Uint8Array<ArrayBuffer>,
  signatures: readonly string[],
  secrets: readonly string[],
): Promise<boolean> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  for (const secret of secrets) {
    const raw = bytesOf(secret.startsWith(prefix) ? secret.slice(prefix.length) : undefined)
    if (raw === undefined || raw.length === 0) throw bad(`a secret is not ${prefix} and base64`)
    const key = await crypto.subtle.importKey('raw', raw, algorithm, false, ['verify'])
    for (const signature of signatures) {
      const mac = bytesOf(signature)
      if (mac !== undefined && (await crypto.subtle.verify('HMAC', key, mac, signed))) return true
    }
  }
  return false
}

const bad = (why: string): ApiError =>
  new ApiError('bad-webhook', `the webhook cannot be trusted: ${why}`, { call: 'webhook' })

function headerOf(headers: WebhookProof['headers'], name: string): string | undefined {
  const value = headers instanceof Headers ? (headers.get(name) ?? undefined) : headers[name]
  return typeof value === 'string' ? value : undefined
}

function bytesOf(base64: string | undefined): Uint8Array<ArrayBuffer> | undefined {
  if (base64 === undefined) return undefined
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
  } catch {
    return undefined
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}

function eventOf(text: string): RestyleEvent {
  try {
    return JSON.parse(text) as RestyleEvent
  } catch {
    throw bad('its body is not JSON')
  }
}
