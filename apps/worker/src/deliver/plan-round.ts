import type { RestyleEvent } from '@restyle/shared/contract/event'
import type { SentBecause, Span, Tried, Webhook } from '@restyle/shared/contract/webhook'
import { compareCursors } from '@restyle/shared/event/cursor'
import type { Page } from '@restyle/shared/event/event-stream'
import { type OneEvent, eventAt } from '@restyle/shared/event/one-event'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import {
  becauseOf,
  type DueEvent,
  type Replay,
  type TakenWebhook,
} from '@restyle/shared/ledger/webhook-rounds'
import { sharesOf } from './next-delivery.ts'

/*
 * Chooses what a webhook is sent next. Each edit, batch or schedule has one event in a round at most, so that its events are
 * sent in their order, each after the first attempt of the one before.
 */

/** One request of a round, or an entry that this version cannot read. */
export type Item = { cursor: string; because: SentBecause; tried: Tried } & (
  | { kind: 'event'; event: RestyleEvent }
  | { kind: 'unreadable'; why: string }
)

export type RoundPlan = {
  items: Item[]
  /** Events that wait for another attempt and are not kept any more. */
  gone: string[]
  /** How far the webhook comes by this round, and how many events lie between. */
  moved?: { cursor: string; entries: number }
  /** How far the replay comes; without a span it is done. */
  replay?: { id: string; span: Span | undefined }
}

/** So many events are read at a time: most of them may be of types that the endpoint does not want. */
const pageSize = 100

/** `full`: too many wait for another attempt, so that no others are sent. */
export async function planRound(
  { webhook, due, replays }: TakenWebhook,
  { width, full, handOnly }: { width: number; full: boolean; handOnly: boolean },
  ledger: Pick<Ledger, 'events'>,
): Promise<RoundPlan> {
  const stream = ledger.events(webhook.producer)
  const plan: RoundPlan = { items: [], gone: [] }
  const subjects = new Set<string>()
  const mayAdd = (item: Item): boolean => {
    if (plan.items.length >= width) return false
    if (item.kind === 'unreadable') return plan.items.push(item) > 0
    if (subjects.has(item.event.subject)) return false
    subjects.add(item.event.subject)
    return plan.items.push(item) > 0
  }
  // what somebody asked for by hand does not wait for its share
  const asked = due.filter(({ tried }) => tried.because !== undefined)
  for (const each of asked) addOne(each, await eventAt(stream, each.cursor), plan, mayAdd)
  if (handOnly) return plan
  const waits = due.filter(({ tried }) => tried.because === undefined)
  const fresh = full ? [] : replays
  const shares = sharesOf(width, { due: waits.length, replays: fresh.length, turn: webhook.turn })
  const take = full ? width : shares.due
  for (const each of waits.slice(0, take)) addOne(each, await eventAt(stream, each.cursor), plan, mayAdd)
  if (full) return plan
  const [replay] = fresh
  if (replay !== undefined && shares.replay > 0)
    plan.replay = await addReplay(replay, shares.replay, webhook, stream.read, mayAdd)
  if (plan.items.length >= width) return plan
  const page = await stream.read(webhook.cursor, pageSize)
  const walked = walk(page, webhook, 'event', Infinity, mayAdd)
  if (walked.entries > 0) plan.moved = walked
  // a share that nobody used
  for (const each of waits.slice(take)) {
    if (plan.items.length >= width) break
    addOne(each, await eventAt(stream, each.cursor), plan, mayAdd)
  }
  return plan
}

type MayAdd = (item: Item) => boolean

function addOne({ cursor, tried }: DueEvent, found: OneEvent, plan: RoundPlan, mayAdd: MayAdd): void {
  const because = becauseOf(tried)
  if (found.kind === 'gone') plan.gone.push(cursor)
  else if (found.kind === 'unreadable') mayAdd({ kind: 'unreadable', cursor, because, tried, why: found.why })
  else mayAdd({ kind: 'event', cursor, because, tried, event: found.event })
}

type Read = (cursor: string, limit: number) => Promise<Page>

async function addReplay(
  { id, after, until }: Replay,
  most: number,
  webhook: Webhook,
  read: Read,
  mayAdd: MayAdd,
): Promise<{ id: string; span: Span | undefined }> {
  const page = await read(after, pageSize)
  const within = {
    delivered: page.delivered.filter(({ cursor }) => compareCursors(cursor, until) <= 0),
    unreadable: page.unreadable.filter(({ cursor }) => compareCursors(cursor, until) <= 0),
  }
  const inAll = within.delivered.length + within.unreadable.length
  const { cursor, entries } = walk(within, webhook, 'replay', most, mayAdd)
  const isWhole =
    entries === inAll && (inAll < page.delivered.length + page.unreadable.length || inAll < pageSize)
  const place = cursor === '' ? after : cursor
  return { id, span: isWhole || compareCursors(place, until) >= 0 ? undefined : { after: place, until } }
}

/** Adds what is wanted of a page, in its order, up to what has no place in this round; says where it came to. */
function walk(
  { delivered, unreadable }: Omit<Page, 'cursor'>,
  webhook: Webhook,
  because: SentBecause,
  most: number,
  mayAdd: MayAdd,
): { cursor: string; entries: number } {
  const { types } = webhook.settings
  const tried: Tried = { attempts: 0 }
  const entries = [
    ...delivered.map(({ cursor, event }): Item => ({ kind: 'event', cursor, because, tried, event })),
    ...unreadable.map(({ cursor, reason: why }): Item => ({
      kind: 'unreadable',
      cursor,
      because,
      tried,
      why,
    })),
  ].toSorted((a, b) => compareCursors(a.cursor, b.cursor))
  let [cursor, count, added] = ['', 0, 0]
  for (const item of entries) {
    if (isWanted(item, types)) {
      if (added >= most || !mayAdd(item)) break
      added += 1
    }
    ;({ cursor } = item)
    count += 1
  }
  return { cursor, entries: count }
}

/** A test goes to the one webhook that it is for, by hand. */
function isWanted(item: Item, types: readonly string[] | undefined): boolean {
  if (item.kind === 'unreadable') return true
  const { type } = item.event
  return type !== 'restyle.webhook.test' && (types === undefined || types.includes(type))
}
