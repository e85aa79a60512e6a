import type { LaneLoad, Load, LotLoad, ProducerLoad } from '../forecast/load.ts'
import { mostSeen, type SlotTime } from '../forecast/slot-times.ts'
import type { Waiting } from '../forecast/turn.ts'
import { classes } from './facts.ts'
import type { LaneCard } from './lanes.ts'
import { isWrongType, type LedgerContext, unreadable } from './record.ts'

/*
 * What waits for a model, read without a script: a forecast may be a moment off, and must never keep Redis busy. More producers,
 * batches or groups than these are not looked at; what they have is taken to be as much as the others'.
 */
const most = { producers: 300, batches: 200, groups: 100 }
/** Commands in one round trip. */
const slice = 1_000
/** An edit that held its slot longer was not looked at for a while: it says nothing about its task. */
const longestMs = 3600_000

/** The lanes of a model with what they were seen to do, and what every producer has waiting for it. */
export async function readLoad(
  context: LedgerContext,
  model: string,
  cards: readonly LaneCard[],
): Promise<Load> {
  const { redis, keys } = context
  const names = (await redis.smembers(keys.producers)).toSorted().slice(0, most.producers)
  const [lanes, producers] = await Promise.all([
    readLanes(
      context,
      cards.filter((card) => card.model === model),
    ),
    readProducers(context, model, names),
  ])
  return { lanes, producers }
}

type Command = [name: string, ...args: (string | number)[]]

/** Answers in the order of the commands, a slice at a time: Redis serves others in between. */
async function ask({ redis }: LedgerContext, commands: readonly Command[]): Promise<unknown[]> {
  const answers: unknown[] = []
  for (let from = 0; from < commands.length; from += slice) {
    const replies = (await redis.pipeline(commands.slice(from, from + slice)).exec()) ?? []
    for (const [i, [error, answer]] of replies.entries()) {
      if (isWrongType(error)) throw unreadable('key', String(commands[from + i]?.[1]), error.message)
      if (error !== null) throw error
      answers.push(answer)
    }
  }
  return answers
}

async function readLanes(context: LedgerContext, cards: readonly LaneCard[]): Promise<LaneLoad[]> {
  const { keys } = context
  const now = Date.now()
  const answers = await ask(
    context,
    cards.flatMap(({ id }): Command[] => [
      ['exists', keys.pause(id), keys.pause('bucket'), keys.stop(id)],
      ['zrange', keys.running(id), 0, 499, 'WITHSCORES'],
      ['lrange', keys.slotTimes(id), 0, mostSeen - 1],
    ]),
  )
  return cards.map(({ name, region, running, submitPerSecond }, i) => {
    const [paused, slots, took] = answers.slice(3 * i) as [number, string[], string[]]
    const ages = slots.flatMap((text, at) => (at % 2 === 1 ? [Math.max(0, now - Number(text))] : []))
    return {
      name,
      region,
      slots: running,
      submitPerSecond,
      paused: paused > 0,
      ages,
      seen: took.flatMap(slotTimeOf),
    }
  })
}

function slotTimeOf(text: string): SlotTime[] {
  const [ms = Number.NaN, n = 1, back = 0, endedAt = 0] = text.split(' ').map(Number)
  return ms >= 0 && ms < longestMs ? [{ ms, n, back: back === 1, endedAt }] : []
}

/** What one producer has of one class, as far as the first round trip tells. */
type Found = {
  producer: string
  class: string
  batches: { id: string; place: number }[]
  more: number
  groups: string[]
  allGroups: number
}

async function readProducers(
  context: LedgerContext,
  model: string,
  names: readonly string[],
): Promise<ProducerLoad[]> {
  const { keys } = context
  const places = names.flatMap((producer) => classes.map((each) => ({ producer, class: each })))
  const [settings, found] = await Promise.all([
    ask(
      context,
      names.map((name): Command => ['hmget', keys.producer(name), 'weight', 'pausedAt', 'stops']),
    ),
    ask(
      context,
      places.flatMap((place): Command[] => {
        const [resting, groups] = [
          keys.resting(model, place.class, place.producer),
          keys.groups(model, place.class, place.producer),
        ]
        return [
          ['zrange', resting, 0, most.batches - 1, 'WITHSCORES'],
          ['zcard', resting],
          ['zrange', groups, 0, most.groups - 1],
          ['zcard', groups],
        ]
      }),
    ).then((answers) => places.map((place, i) => foundOf(place, answers.slice(4 * i, 4 * i + 4)))),
  ])
  const lots = await readLots(
    context,
    model,
    found.filter(({ batches, groups }) => batches.length + groups.length > 0),
  )
  return names.map((name, i) => {
    const [weight, pausedAt, stops] = (settings[i] ?? []) as (string | null)[]
    const paused = (pausedAt ?? stops ?? null) !== null
    return { name, weight: Number(weight ?? 1), paused, lots: lots.get(name) ?? [] }
  })
}

function foundOf(place: { producer: string; class: string }, answers: unknown[]): Found {
  const [resting, batches, groups, allGroups] = answers as [string[], number, string[], number]
  const listed = resting.flatMap((id, at) => (at % 2 === 0 ? [{ id, place: Number(resting[at + 1]) }] : []))
  return { ...place, batches: listed, more: batches - listed.length, groups, allGroups }
}

async function readLots(
  context: LedgerContext,
  model: string,
  found: readonly Found[],
): Promise<Map<string, LotLoad[]>> {
  const { keys } = context
  const answers = await ask(
    context,
    found.flatMap((each): Command[] => {
      const lot = `${model}:${each.class}`
      return [
        ...each.batches.map(({ id }): Command => [
          'hmget',
          keys.batch(id),
          ...['waits', 'aside', 'rows', 'images'].map((what) => `${what}:${lot}`),
          'resting',
          'accepted',
        ]),
        ...each.groups.map((alike): Command => [
          'zcard',
          keys.group(model, each.class, each.producer, alike),
        ]),
      ]
    }),
  )
  const lots = new Map<string, LotLoad[]>()
  let at = 0
  for (const each of found) {
    const of = each.batches.map(({ id, place }) =>
      lotOf(id, place, each.class, answers[at++] as (string | null)[]),
    )
    const queued = each.groups.reduce((sum) => sum + Number(answers[at++]), 0)
    const alone =
      queued * (each.allGroups / Math.max(1, each.groups.length)) - sumOf(of, ({ queued: rows }) => rows)
    const all = [...of.map(({ lot }) => lot), ...beyond(of, each), ...aloneOf(alone, each.class)]
    lots.set(each.producer, [...(lots.get(each.producer) ?? []), ...all])
  }
  return lots
}

type FoundLot = { lot: LotLoad; queued: number }

/** What a batch has of a lot. Of what rests only the number of all its lots is known: each has its part. */
function lotOf(batch: string, place: number, lotClass: string, fields: readonly (string | null)[]): FoundLot {
  const [waits = 0, aside = 0, rows = 0, images = 0, resting = 0, accepted = 0] = fields.map((text) =>
    Number(text ?? 0),
  )
  const part = rows > 0 && accepted > 0 ? Math.min(1, rows / accepted) : 1
  const waiting = Math.max(0, waits) + Math.max(0, aside) + Math.round(resting * part)
  const n = rows > 0 ? images / rows : 1
  return { lot: { class: lotClass, batch, place, waiting: wait(waiting, n) }, queued: Math.max(0, waits) }
}

/** Batches that were not looked at: they are behind the others, and as large. */
function beyond(read: readonly FoundLot[], { class: lotClass, more, batches }: Found): LotLoad[] {
  const last = batches.at(-1)
  if (more === 0 || last === undefined) return []
  const mean = sumOf(read, ({ lot }) => lot.waiting.rows) / read.length
  return [{ class: lotClass, batch: '', place: last.place, waiting: wait(Math.round(mean * more), 1) }]
}

/** Edits that came alone: as a rule there are few, and they are taken to go first. */
const aloneOf = (rows: number, lotClass: string): LotLoad[] =>
  rows < 0.5 ? [] : [{ class: lotClass, batch: '', place: 0, waiting: wait(Math.round(rows), 1) }]

const wait = (rows: number, n: number): Waiting => ({ rows, images: Math.round(rows * n) })

const sumOf = <T>(list: readonly T[], of: (each: T) => number): number =>
  list.reduce((sum, each) => sum + of(each), 0)
