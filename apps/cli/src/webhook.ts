import type { Client } from '@restyle/client/client'
import type { Delivery, Webhook, WebhookChange, WebhookReplay, WebhookRequest } from '@restyle/client/types'
import type { Io } from './io.ts'
import { printLines, writeRaw } from './show/print.ts'
import { type Column, tableLines } from './show/table.ts'
import { timeText } from './show/time-text.ts'
import { type ExitCode, Stop } from './stop.ts'

type JsonFlag = { json?: true }
type Types = NonNullable<WebhookRequest['types']>

/** The flags of `restyle webhook add` and `set`. */
export type ChangeFlags = JsonFlag & {
  url?: string
  type?: string[]
  allTypes?: true
  description?: string
  enable?: true
  disable?: true
}

/** The flags of `restyle webhook replay`. */
export type ReplayFlags = JsonFlag & {
  skipped?: true
  since?: (now: number) => string
  until?: (now: number) => string
  event?: string[]
}

/** Adds a webhook and shows its secret. */
export async function addWebhook(
  url: string,
  { type, description, from, json }: ChangeFlags & { from?: (now: number) => string },
  client: Client,
  io: Io,
): Promise<ExitCode> {
  const request: WebhookRequest = {
    url,
    // which types there are the producer knows
    ...(type !== undefined && { types: type as Types }),
    ...(description !== undefined && { description }),
    ...(from !== undefined && { after: from(io.now()) }),
  }
  const added = await client.webhooks.add(request, { idempotencyKey: io.newId() })
  const { webhook, secret } = added
  const lines = [`webhook ${webhook.id} added`, `  secret: ${secret}`, '  It is not shown again.']
  return show(added, lines, json, io)
}

/** Lists webhooks as a table, or as JSON lines. */
export async function listWebhooks({ json }: JsonFlag, client: Client, io: Io): Promise<ExitCode> {
  const webhooks = await client.webhooks.list()
  if (json === true)
    for (const webhook of webhooks) await writeRaw(io.stdout, `${JSON.stringify(webhook)}\n`, io.signal)
  else if (webhooks.length === 0) printLines(io.stdout, 'No webhooks found.')
  else printLines(io.stdout, ...tableLines(webhookColumns, webhooks, widthOf(io)))
  return 0
}

/** Shows a webhook and how it does. */
export async function showWebhook(id: string, { json }: JsonFlag, client: Client, io: Io): Promise<ExitCode> {
  const webhook = await client.webhooks.read(id)
  return show(webhook, linesOf(webhook), json, io)
}

/** Sets a webhook otherwise. */
export async function changeWebhook(
  id: string,
  flags: ChangeFlags,
  client: Client,
  io: Io,
): Promise<ExitCode> {
  const { url, type, allTypes, description, enable, disable, json } = flags
  const change: WebhookChange = {
    ...(url !== undefined && { url }),
    ...(type !== undefined && { types: type as Types }),
    ...(allTypes === true && { types: null }),
    ...(description !== undefined && { description }),
    ...(enable === true && { enabled: true }),
    ...(disable === true && { enabled: false }),
  }
  if (Object.keys(change).length === 0)
    throw new Stop('input', [
      'say what to change: --url, --type, --all-types, --description, --enable or --disable',
    ])
  const webhook = await client.webhooks.change(id, change)
  return show(webhook, linesOf(webhook), json, io)
}

/** Gives a webhook another secret and shows it. */
export async function rotateSecret(
  id: string,
  { keep, json }: JsonFlag & { keep: number },
  client: Client,
  io: Io,
): Promise<ExitCode> {
  const rotated = await client.webhooks.rotate(id, { keepHours: keep })
  const lines = [
    `webhook ${id} has another secret; the old one signs, too, until ${timeText(rotated.webhook.signsTwiceUntil ?? '')}`,
    `  secret: ${rotated.secret}`,
    '  It is not shown again.',
  ]
  return show(rotated, lines, json, io)
}

/** How long a test is waited for, and how often it is looked at (ms). */
const [testMs, lookMs] = [30_000, 500]

/** Sends a webhook an event that tests it, and shows what it was answered. */
export async function testWebhook(id: string, { json }: JsonFlag, client: Client, io: Io): Promise<ExitCode> {
  const { event } = await client.webhooks.test(id)
  const end = io.now() + testMs
  while (io.now() < end) {
    for await (const delivery of client.webhooks.deliveries(id)) {
      if (delivery.event !== event) continue
      await show(delivery, [`webhook ${id}: ${answerText(delivery)}`], json, io)
      return delivery.outcome === 'delivered' ? 0 : 1
    }
    await io.wait(lookMs, io.signal)
  }
  throw new Stop('failed', [`the test was not sent within ${testMs / 1000} s: is a worker running?`])
}

/** Shows the last attempts, the newest first. */
export async function listDeliveries(
  id: string,
  { outcome, limit, json }: JsonFlag & { outcome?: Delivery['outcome']; limit: number },
  client: Client,
  io: Io,
): Promise<ExitCode> {
  const deliveries: Delivery[] = []
  for await (const each of client.webhooks.deliveries(id, { ...(outcome && { outcome }) })) {
    if (deliveries.push(each) >= limit) break
  }
  if (json === true)
    for (const each of deliveries) await writeRaw(io.stdout, `${JSON.stringify(each)}\n`, io.signal)
  else if (deliveries.length === 0) printLines(io.stdout, 'Nothing was sent to it by now.')
  else printLines(io.stdout, ...tableLines(deliveryColumns, deliveries, widthOf(io)))
  return 0
}

/** Has a webhook sent events once more. */
export async function replayWebhook(
  id: string,
  flags: ReplayFlags,
  client: Client,
  io: Io,
): Promise<ExitCode> {
  const { json } = flags
  const replayed = await client.webhooks.replay(id, replayOf(flags, io.now()))
  const { started, missing = [] } = replayed
  const what = flags.event === undefined ? 'ranges of events are' : 'events are'
  const lines = [
    flags.skipped === true && started === 0
      ? `webhook ${id} has skipped nothing`
      : `webhook ${id}: ${started} ${what} sent once more`,
    ...missing.map((cursor) => `  not kept any more: ${cursor}`),
  ]
  await show(replayed, lines, json, io)
  return missing.length > 0 ? 1 : 0
}

function replayOf({ skipped, since, until, event }: ReplayFlags, now: number): WebhookReplay {
  const asked = [skipped, since, event].filter((each) => each !== undefined)
  if (asked.length !== 1 || (until !== undefined && since === undefined))
    throw new Stop('input', ['say what to replay: --skipped, --since (with --until), or --event'])
  if (skipped === true) return { skipped }
  if (event !== undefined) return { cursors: event }
  return { after: since?.(now) ?? '0', ...(until !== undefined && { until: until(now) }) }
}

/** Removes a webhook. */
export async function removeWebhook(
  id: string,
  { json }: JsonFlag,
  client: Client,
  io: Io,
): Promise<ExitCode> {
  const webhook = await client.webhooks.remove(id)
  return show(webhook, [`webhook ${id} is removed`], json, io)
}

async function show(
  answer: object,
  lines: readonly string[],
  json: true | undefined,
  io: Io,
): Promise<ExitCode> {
  if (json === true) await writeRaw(io.stdout, `${JSON.stringify(answer)}\n`, io.signal)
  else printLines(io.stdout, ...lines)
  return 0
}

function linesOf(webhook: Webhook): string[] {
  const { id, url, types, description, waiting, delivered, failed, skipped, notBefore } = webhook
  return [
    `${id}: ${stateText(webhook)}`,
    `  to: ${url}`,
    ...(description === undefined ? [] : [`  note: ${description}`]),
    `  events: ${types === undefined ? 'all' : types.join(', ')}`,
    `  ${delivered} delivered, ${failed} attempts failed, ${waiting} events wait for another`,
    ...(notBefore === undefined ? [] : [`  nothing is sent before ${timeText(notBefore)}`]),
    ...(skipped.length === 0
      ? []
      : [`  it has skipped events: restyle webhook replay ${id} --skipped sends them`]),
  ]
}

function stateText({ disabled, failing }: Webhook): string {
  if (disabled !== undefined) return `disabled since ${timeText(disabled.at)}: ${reasons[disabled.reason]}`
  return failing === undefined ? 'enabled' : `failing since ${timeText(failing.since)}`
}

const reasons = {
  person: 'somebody said so',
  gone: 'it answered 410',
  failing: 'nothing but failures for three days',
} as const

function answerText({ outcome, status, answer, error, ms, nextAt }: Delivery): string {
  const said = status === undefined ? (error ?? 'no answer') : `status ${status}`
  const words = answer === undefined ? '' : `: ${answer}`
  const next = nextAt === undefined ? '' : `; again ${timeText(nextAt)}`
  return `${outcome}, ${said} after ${ms} ms${words}${next}`
}

const widthOf = ({ stdout }: Io): number | undefined =>
  stdout.isTTY === true ? (stdout.columns ?? 80) : undefined

const webhookColumns: readonly Column<Webhook>[] = [
  { head: 'WEBHOOK', cell: ({ id }) => id },
  { head: 'STATE', cell: stateText, least: 12 },
  { head: 'WAITING', cell: ({ waiting }) => String(waiting), right: true, leaves: 2 },
  { head: 'URL', cell: ({ url }) => url, least: 16, leaves: 1 },
]

const deliveryColumns: readonly Column<Delivery>[] = [
  { head: 'AT', cell: ({ at }) => timeText(at) },
  { head: 'TYPE', cell: ({ type }) => type.replace(/^restyle\./, ''), leaves: 1 },
  { head: 'TRY', cell: ({ attempt }) => String(attempt), right: true },
  { head: 'ANSWER', cell: answerText, least: 20 },
  { head: 'CURSOR', cell: ({ cursor }) => cursor, leaves: 2 },
]
