import { z } from 'zod'
import { WebhookSettings } from '../contract/webhook.ts'
import { webhookKey, webhookPrefix, webhooksPrefix } from '../object-key.ts'
import { putJson } from '../store/put-json.ts'
import type { Store } from '../store/store.ts'

/*
 * What the bucket knows of webhooks, so that no endpoint, filter or secret is lost where Redis forgets. Each change is an object
 * that is created once; the newest counts. They hold secrets: who reads receipts/ can sign as we do.
 */

type Name = { producer: string; id: string }

const WebhookReceipt = z.discriminatedUnion('kind', [
  z.object({ v: z.literal(1), kind: z.literal('set'), at: z.number(), settings: WebhookSettings }),
  z.object({ v: z.literal(1), kind: z.literal('removed'), at: z.number() }),
])
type WebhookReceipt = z.infer<typeof WebhookReceipt>

/** How often others may be faster. */
const mostTries = 20

/**
 * Notes how a webhook is set, or that it is removed, before the ledger hears of it; under the next number after `revision` that is
 * free. Gives the number.
 */
export async function noteWebhook(
  store: Pick<Store, 'putIfAbsent' | 'list' | 'get'>,
  { producer, id }: Name,
  revision: number,
  note: { at: number; settings: WebhookSettings | undefined },
): Promise<number> {
  const { at, settings } = note
  const receipt: WebhookReceipt =
    settings === undefined ? { v: 1, kind: 'removed', at } : { v: 1, kind: 'set', at, settings }
  let next = revision + 1
  for (let i = 0; i < mostTries; i += 1) {
    if ((await putJson(store, webhookKey(producer, id, next), receipt)).kind !== 'collision') return next
    next = ((await newestRevision(store, { producer, id })) ?? next) + 1
  }
  throw new Error(`webhook ${id} is changed again and again by others`)
}

/** The number of its newest change; undefined where it has none. */
async function newestRevision(
  store: Pick<Store, 'list'>,
  { producer, id }: Name,
): Promise<number | undefined> {
  const prefix = webhookPrefix(producer, id)
  let newest: string | undefined
  for await (const { key } of store.list(prefix)) newest = key
  return newest === undefined ? undefined : Number(newest.slice(prefix.length))
}

/** How it is set by its newest change; `settings` is undefined for one that was removed. */
export async function newestWebhook(
  store: Pick<Store, 'list' | 'get'>,
  name: Name,
): Promise<{ revision: number; settings: WebhookSettings | undefined } | undefined> {
  const revision = await newestRevision(store, name)
  if (revision === undefined) return undefined
  const bytes = await store.get(webhookKey(name.producer, name.id, revision))
  if (bytes === undefined) return undefined
  const receipt = WebhookReceipt.parse(JSON.parse(bytes.toString()))
  return { revision, settings: receipt.kind === 'set' ? receipt.settings : undefined }
}

/** Every webhook that was ever made, with the number of its newest change. */
export async function webhooksIn(store: Pick<Store, 'list'>): Promise<(Name & { revision: number })[]> {
  const found = new Map<string, Name & { revision: number }>()
  for await (const { key } of store.list(webhooksPrefix)) {
    const [producer = '', id = '', revision = ''] = key.slice(webhooksPrefix.length).split('/')
    found.set(id, { producer, id, revision: Number(revision) })
  }
  return [...found.values()]
}
