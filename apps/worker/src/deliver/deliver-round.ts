import type { Delivery } from '@restyle/shared/contract/webhook'
import { limits } from '@restyle/shared/contract/limits'
import { stripQueryStrings } from '@restyle/dashscope/strip-query-strings'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Settled, TakenWebhook } from '@restyle/shared/ledger/webhook-rounds'
import type { Log } from '@restyle/shared/log'
import { sparingly } from '@restyle/shared/sparingly'
import { liveSecrets } from '@restyle/shared/webhook/secrets'
import { signedHeaders } from '@restyle/shared/webhook/sign'
import {
  type Answer,
  disableAfterMs as threeDaysMs,
  judge,
  type Judged,
  pauseOf,
  retryInMs,
  widthOf,
} from './next-delivery.ts'
import { type Item, planRound } from './plan-round.ts'
import type { Outgoing } from './send.ts'

/*
 * Sends a webhook what is next, some events at a time, and records what became of it. Whoever dies between an answer and its
 * record leaves both undone: the events are sent again, with the same ids and bodies.
 */

/** In ms, and how many requests one endpoint gets at a time. */
export type DeliverPace = {
  timeoutMs: number
  slowMs: number
  width: number
  disableAfterMs: number
}

export const defaultPace: DeliverPace = {
  timeoutMs: 20_000,
  slowMs: 5_000,
  width: 8,
  disableAfterMs: threeDaysMs,
}

export type RoundTools = {
  ledger: Pick<Ledger, 'events' | 'webhooks'>
  log: Log
  /** The endpoint has answered, nobody else knows: a process may be killed here without harm. */
  onAnswered: (webhook: string) => Promise<void>
  random: () => number
  /** Wall clock (epoch ms): a signature's time is compared with the clock of whoever gets it. */
  now: () => number
  send: (request: Outgoing) => Promise<Answer>
  pace: DeliverPace
}

/** `idle`: there was nothing to send. `over`: it is disabled or gone, or another worker is at it. */
export type RoundOutcome = 'sent' | 'idle' | 'over'

type Sent = { item: Item; answer: Answer; judged: Judged; at: number; ms: number }

/** Whether too many events wait for another attempt for new ones to be sent. */
export const isFull = (waiting: number): boolean => waiting >= limits.webhookRetries

/** One round of a webhook. Throws when the worker stops meanwhile; then nothing was recorded. */
export async function deliverRound(taken: TakenWebhook, tools: RoundTools): Promise<RoundOutcome> {
  const { webhook, waiting, gap } = taken
  const { ledger, log, onAnswered, pace } = tools
  if (gap !== undefined)
    log.warn({ webhook: webhook.id, ...gap }, 'events were gone before a webhook got them')
  const isQuiet = webhook.notBefore !== undefined && webhook.notBefore > taken.now
  const plan = await planRound(
    taken,
    {
      width: widthOf(webhook, pace.width),
      full: isFull(waiting),
      handOnly: webhook.disabled !== undefined || isQuiet,
    },
    ledger,
  )
  if (plan.items.length === 0 && plan.gone.length === 0 && !plan.moved && !plan.replay) return 'idle'
  const began = performance.now()
  const sent = await Promise.all(plan.items.map((item) => sendOne(item, taken, tools)))
  await onAnswered(webhook.id)
  for (const each of sent) tell(each, taken, tools)
  const counted = sent.flatMap(({ item, judged }) => (saysSomething(item) ? [judged] : []))
  const pauseMs = pauseOf(counted, webhook, tools.random())
  const outcome = await ledger.webhooks.settle({
    id: webhook.id,
    turn: webhook.turn,
    ...(plan.moved && { moved: plan.moved }),
    settled: sent.map((each) => settledOf(each, taken, tools)),
    dropped: plan.gone,
    ...(pauseMs !== undefined && { pauseMs: Math.ceil(pauseMs) }),
    slow: sent.length === 0 ? webhook.slow !== undefined : performance.now() - began > pace.slowMs,
    replays: plan.replay === undefined ? [] : [plan.replay],
    told: toldOf(taken, sent),
    disableAfterMs: pace.disableAfterMs,
  })
  if (outcome === 'disabled')
    log.warn({ webhook: webhook.id, producer: webhook.producer }, 'webhook disabled by its answers')
  return outcome === 'settled' ? 'sent' : 'over'
}

async function sendOne(item: Item, { webhook, now }: TakenWebhook, tools: RoundTools): Promise<Sent> {
  const at = tools.now()
  if (item.kind === 'unreadable') {
    const why = 'this version cannot read the event'
    return { item, answer: { kind: 'none', why }, judged: { delivered: false, gone: false }, at, ms: 0 }
  }
  const { url, secrets } = webhook.settings
  // as the stream tells it: the same bytes on each attempt
  const body = JSON.stringify(item.event)
  const signing = liveSecrets(secrets, now).map(({ secret }) => secret)
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Restyle-Webhooks/1',
    ...signedHeaders({ id: item.event.id, at, body }, signing),
  }
  const began = performance.now()
  const answer = await tools.send({ url, headers, body })
  return { item, answer, judged: judge(answer), at, ms: Math.round(performance.now() - began) }
}

/** Whether what became of it says how the endpoint does. */
const saysSomething = ({ kind, because }: Item): boolean => kind === 'event' && because !== 'test'

function settledOf({ item, answer, judged, at, ms }: Sent, taken: TakenWebhook, tools: RoundTools): Settled {
  const attempt = item.tried.attempts + 1
  const retry = judged.delivered || item.because === 'test' ? undefined : retryInMs(attempt, tools.random())
  // not sooner than it asked for
  const inMs = retry === undefined ? undefined : Math.max(retry, judged.throttleMs ?? 0)
  const row: Delivery = {
    cursor: item.cursor,
    ...(item.kind === 'event'
      ? { event: item.event.id, type: item.event.type, subject: item.event.subject }
      : { event: '', type: '', subject: '' }),
    because: item.because,
    attempt,
    outcome: judged.delivered ? 'delivered' : 'failed',
    at,
    ms,
    ...(answer.kind === 'status' && { status: answer.status }),
    ...(answer.kind === 'status' && !judged.delivered && answer.text !== '' && { answer: answer.text }),
    ...(answer.kind === 'none' && { error: answer.why }),
    ...(inMs !== undefined && { nextAt: Math.round(taken.now + inMs) }),
  }
  return {
    row,
    counts: saysSomething(item),
    gone: judged.gone,
    ...(inMs !== undefined && { inMs }),
  }
}

/** What the producer is told if this round disables the webhook. */
function toldOf({ webhook }: TakenWebhook, sent: readonly Sent[]) {
  const { id, failingSince, settings } = webhook
  const last = sent.findLast(({ judged }) => judged.gone) ?? sent.findLast(({ judged }) => !judged.delivered)
  const said = last === undefined ? '' : sayOf(last.answer)
  return {
    webhook: id,
    url: stripQueryStrings(settings.url),
    ...(failingSince !== undefined && { failingSince: new Date(failingSince).toISOString() }),
    detail: `It answered last: ${said}. PATCH it with {"enabled": true} when it takes events again, then replay what it skipped.`,
  }
}

const sayOf = (answer: Answer): string => (answer.kind === 'status' ? `status ${answer.status}` : answer.why)

const leftOut = sparingly()

/** Success is the rule and has its count; of failures a line a minute for each endpoint. */
function tell({ item, answer, judged, ms }: Sent, { webhook }: TakenWebhook, { log }: RoundTools): void {
  const facts = { webhook: webhook.id, producer: webhook.producer, ms }
  const event = item.kind === 'event' ? item.event.id : item.cursor
  if (judged.delivered) return log.debug({ ...facts, event }, 'event delivered')
  const untold = leftOut(webhook.id)
  if (untold === undefined) return
  // what it said is for its producer
  log.info({ ...facts, event, why: sayOf(answer), ...(untold > 0 && { untold }) }, 'event not delivered')
}
