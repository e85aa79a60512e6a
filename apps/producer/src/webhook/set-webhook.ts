import { limits } from '@restyle/shared/contract/limits'
import type { Webhook, WebhookSettings } from '@restyle/shared/contract/webhook'
import { RestyleError } from '@restyle/shared/errors'
import { digestOf } from '@restyle/shared/ids'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { WebhookName } from '@restyle/shared/ledger/webhook-record'
import { noteWebhook } from '@restyle/shared/receipt/webhook-receipt'
import { restoreWebhook } from '@restyle/shared/restore-webhooks'
import type { Store } from '@restyle/shared/store/store'
import { newSecret, rotated } from '@restyle/shared/webhook/secrets'
import { cursorOfPlace, type WebhookBody, type WebhookChange } from './webhook-view.ts'

/*
 * Webhooks are set in the bucket first, then in the ledger: what Redis forgets comes back as it was set last.
 */

/** What webhooks are set with. */
export type SetTools = {
  ledger: Pick<Ledger, 'events' | 'now' | 'takesWrites' | 'webhooks'>
  store: Pick<Store, 'get' | 'list' | 'putIfAbsent'>
}

const mostTries = 20

/** Looks at a webhook right before it is changed; throws where it is not what the caller knows. */
type Condition = (webhook: Webhook) => void

/** `known`: the same request was made before. `conflict`: another one was made with this key. `full`: the producer has too many. */
export type WebhookAdded =
  | { kind: 'added' | 'known'; webhook: Webhook; secret: string }
  | { kind: 'conflict' | 'full' }

/** Adds a webhook under an id that follows from its request, so that the same again is the same webhook. */
export async function addWebhook(
  name: WebhookName,
  body: WebhookBody,
  tools: SetTools,
): Promise<WebhookAdded> {
  const { ledger, store } = tools
  const known = await readOrRestore(name, tools)
  if (known !== undefined) return knownAs(known, body)
  if ((await ledger.webhooks.list(name.producer)).length >= limits.webhooks) return { kind: 'full' }
  const now = await ledger.now()
  // not of a webhook that the ledger will not take
  await ledger.takesWrites()
  const { url, types, description, secret = newSecret(), after } = body
  const settings: WebhookSettings = {
    url,
    ...(types && { types }),
    ...(description !== undefined && { description }),
    secrets: [{ secret }],
    enabled: true,
    createdAt: now,
    // resolved once: whoever restores it begins at the same place
    after: after === undefined ? await ledger.events(name.producer).end() : cursorOfPlace(after),
  }
  const revision = await noteWebhook(store, name, 0, { at: now, settings })
  const saved = await ledger.webhooks.save(name, settings, { version: '', revision })
  if (saved.kind === 'full') {
    await noteWebhook(store, name, revision, { at: now, settings: undefined })
    return { kind: 'full' }
  }
  const webhook = await ledger.webhooks.read(name.id)
  if (webhook === undefined) throw contested(name)
  // whoever sent the same at this moment was faster
  return saved.kind === 'stale' ? knownAs(webhook, body) : { kind: 'added', webhook, secret }
}

function knownAs(webhook: Webhook, body: WebhookBody): WebhookAdded {
  const { url, types, description, secrets } = webhook.settings
  const secret = secrets[0]?.secret ?? ''
  const asked = { url: body.url, types: body.types, description: body.description }
  const same =
    digestOf(asked) === digestOf({ url, types, description }) &&
    (body.secret === undefined || body.secret === secret)
  return same ? { kind: 'known', webhook, secret } : { kind: 'conflict' }
}

/** Changes a webhook; undefined where its producer has no such one. What is not named stays. */
export const changeWebhook = (
  name: WebhookName,
  { url, types, description, enabled }: WebhookChange,
  tools: SetTools,
  condition: Condition = () => {},
): Promise<Webhook | undefined> =>
  settle(name, tools, (webhook) => {
    condition(webhook)
    const { settings: before, disabled } = webhook
    const { types: _types, description: _description, ...rest } = before
    const nextTypes = types === undefined ? before.types : (types ?? undefined)
    const nextDescription = description === undefined ? before.description : (description ?? undefined)
    return {
      ...rest,
      ...(nextTypes && { types: nextTypes }),
      ...(nextDescription !== undefined && { description: nextDescription }),
      url: url ?? before.url,
      // one that its answers have disabled stays so until somebody says otherwise
      enabled: enabled ?? disabled === undefined,
    }
  })

/** Gives a webhook another secret; those before sign for `keepMs`, too. */
export async function rotateSecret(
  name: WebhookName,
  { secret = newSecret(), keepMs }: { secret?: string | undefined; keepMs: number },
  tools: SetTools,
): Promise<{ webhook: Webhook; secret: string } | undefined> {
  const webhook = await settle(name, tools, ({ settings, disabled }, now) => ({
    ...settings,
    secrets: rotated(settings.secrets, secret, { until: now + keepMs, now }),
    enabled: disabled === undefined,
  }))
  return webhook && { webhook, secret }
}

/** Forgets a webhook and all that waits for it. Gives what it was. */
export async function removeWebhook(
  name: WebhookName,
  tools: SetTools,
  condition: Condition = () => {},
): Promise<Webhook | undefined> {
  const { ledger, store } = tools
  for (let i = 0; i < mostTries; i += 1) {
    const webhook = await readOwn(name, tools)
    if (webhook === undefined) return undefined
    condition(webhook)
    await noteWebhook(store, name, webhook.revision, { at: await ledger.now(), settings: undefined })
    if ((await ledger.webhooks.remove(name, webhook.version)).kind === 'saved') return webhook
  }
  throw contested(name)
}

/** Carries a change out: into the bucket, then into the ledger; again where somebody else was faster. */
async function settle(
  name: WebhookName,
  tools: SetTools,
  change: (webhook: Webhook, now: number) => WebhookSettings,
): Promise<Webhook | undefined> {
  const { ledger, store } = tools
  for (let i = 0; i < mostTries; i += 1) {
    const webhook = await readOwn(name, tools)
    if (webhook === undefined) return undefined
    const now = await ledger.now()
    const settings = change(webhook, now)
    if (
      digestOf(settings) === digestOf(webhook.settings) &&
      settings.enabled === (webhook.disabled === undefined)
    )
      return webhook
    const revision = await noteWebhook(store, name, webhook.revision, { at: now, settings })
    const afresh = settings.url !== webhook.settings.url
    const { version } = webhook
    const saved = await ledger.webhooks.save(name, settings, { version, revision, ...(afresh && { afresh }) })
    if (saved.kind === 'saved') return ledger.webhooks.read(name.id)
  }
  throw contested(name)
}

async function readOwn(name: WebhookName, tools: SetTools): Promise<Webhook | undefined> {
  const webhook = await readOrRestore(name, tools)
  return webhook?.producer === name.producer ? webhook : undefined
}

/** One that Redis has forgotten is put back first. */
async function readOrRestore(name: WebhookName, tools: SetTools): Promise<Webhook | undefined> {
  const read = await tools.ledger.webhooks.read(name.id)
  if (read !== undefined || !(await restoreWebhook(name, tools))) return read
  return tools.ledger.webhooks.read(name.id)
}

const contested = ({ id }: WebhookName): RestyleError =>
  new RestyleError('Contested', 'a webhook is changed again and again by others', { webhook: id })
