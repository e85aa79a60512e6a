import { z } from 'zod'
import { jsonOf } from '../contract/json-of.ts'
import { Currency } from '../contract/money.ts'
import { evenWhenFull } from '../redis/even-when-full.ts'
import { openService } from './lane-service.ts'
import { openStops } from './lane-stops.ts'
import { openWaits } from './lane-waits.ts'
import { type LedgerContext, whyUnreadable } from './record.ts'

/** Why a lane, or the bucket, takes nothing new; it ends by itself so that one edit can try again. */
export const Pause = z.object({ code: z.string(), message: z.string(), since: z.number() })
export type Pause = z.infer<typeof Pause>

/** A lane as the workers announce it, so that the producer side can refuse a model that no lane serves. */
export const LaneCard = z.object({
  /** What the lane is (lane-id.ts); it may get another name. */
  id: z.string(),
  name: z.string(),
  model: z.string(),
  region: z.string(),
  running: z.int(),
  submitPerSecond: z.number(),
  /** Whose quota of queries it shares; an older worker does not say. */
  account: z.string().optional(),
  /** The folder of the account's uploads in the vendor's temporary store, once a worker has learned it. */
  uploads: z.string().optional(),
  /** Of one image; an older worker does not say. */
  price: z.object({ currency: Currency, micros: z.int() }).optional(),
})
export type LaneCard = z.infer<typeof LaneCard>

const [CardText, PauseText] = [jsonOf(LaneCard), jsonOf(Pause)]

/** The lanes that were announced, and the names of those whose card this version cannot read. */
export type LaneList = { cards: LaneCard[]; unreadable: { id: string; why: string }[] }

/** Every lane that was announced. A card that cannot be read hides none of the others. */
async function listLanes({ redis, keys }: LedgerContext): Promise<LaneList> {
  const found: LaneList = { cards: [], unreadable: [] }
  for (const [id, text] of Object.entries(await redis.hgetall(keys.lanes))) {
    const card = CardText.safeParse(text)
    if (card.success) found.cards.push(card.data)
    else found.unreadable.push({ id, why: whyUnreadable(card.error) })
  }
  return found
}

/** Lanes are announced when a worker starts: to ask at each poll would be too often. */
const cardsKeptMs = 10_000

/** The ids of an account's lanes, as they were a few seconds ago at most. */
function accountsOf(context: LedgerContext): (account: string) => Promise<string[]> {
  let known: { at: number; cards: Promise<LaneCard[]> } | undefined
  const ask = async (): Promise<LaneCard[]> => (await listLanes(context)).cards
  return async (account) => {
    if (known === undefined || performance.now() - known.at > cardsKeptMs)
      known = { at: performance.now(), cards: ask() }
    try {
      return (await known.cards).filter((card) => card.account === account).map(({ id }) => id)
    } catch (error) {
      known = undefined
      throw error
    }
  }
}

/** What the workers share about lanes besides the edits: tokens, pauses, and which lanes there are. */
export function openLanes(context: LedgerContext) {
  const { redis, keys, run } = context
  const accounts = accountsOf(context)
  return {
    ...openService(context),
    ...openStops(context),
    ...openWaits(context),

    /** Takes one token of a GCRA of one per `intervalMicros` with room for `burst`; 0, or the milliseconds to wait. */
    takeToken: async (name: string, intervalMicros: number, burst = 1): Promise<number> =>
      Number(await run('take-token', [keys.tokens(name)], { intervalMicros, burst })),

    /** No token of this limiter for `ms`: the vendor asked for quiet. */
    delayTokens: async (name: string, ms: number): Promise<void> => {
      await run('delay-tokens', [keys.tokens(name)], { ms: Math.ceil(ms) })
    },

    /** How often the lane was throttled before this time, without a minute of peace in between. */
    countThrottle: async (lane: string): Promise<number> => {
      const key = keys.throttles(lane)
      const times = await evenWhenFull(redis, 'INCR', key)
      await redis.pexpire(key, 60_000)
      return Number(times) - 1
    },

    pause: async (name: string, why: Pause, ms: number): Promise<'paused' | 'already'> =>
      (await evenWhenFull(redis, 'SET', keys.pause(name), JSON.stringify(why), 'PX', ms, 'NX')) === null
        ? 'already'
        : 'paused',

    /** Pauses from now on, whatever pause there is. */
    keepPaused: async (name: string, why: Pause, ms: number): Promise<void> => {
      await evenWhenFull(redis, 'SET', keys.pause(name), JSON.stringify(why), 'PX', ms)
    },

    resume: async (name: string): Promise<void> => {
      await redis.del(keys.pause(name))
    },

    pausedBy: async (name: string): Promise<Pause | undefined> => {
      const text = await redis.get(keys.pause(name))
      if (text === null) return undefined
      return PauseText.safeParse(text).data ?? { code: 'Unreadable', message: text, since: 0 }
    },

    announce: async (card: LaneCard): Promise<void> => {
      const before = CardText.safeParse(await redis.hget(keys.lanes, card.id)).data
      // the id says which account it is: what was learned of that stays
      const learned = before?.uploads === undefined ? {} : { uploads: before.uploads }
      await evenWhenFull(redis, 'HSET', keys.lanes, card.id, JSON.stringify({ ...learned, ...card }))
    },

    list: () => listLanes(context),

    /** When (epoch ms) the vendor last took a submit of this lane. */
    lastAccepted: async (lane: string): Promise<number | undefined> => {
      const at = await redis.hget(keys.accepted, lane)
      return at === null ? undefined : Number(at)
    },

    /** When (epoch ms) the vendor last took a submit, for every lane that is known. */
    acceptedAt: async (): Promise<{ lane: string; model: string; at: number }[]> => {
      const [times, cards] = await Promise.all([redis.hgetall(keys.accepted), redis.hgetall(keys.lanes)])
      return Object.entries(times).flatMap(([lane, at]) => {
        const { data: card } = CardText.safeParse(cards[lane])
        return card === undefined ? [] : [{ lane, model: card.model, at: Number(at) }]
      })
    },

    runningCount: (lane: string): Promise<number> => redis.zcard(keys.running(lane)),

    /** How many edits hold a slot of this account: of `lane`, and of each other lane that a worker announced. */
    runningOf: async (account: string, lane: string): Promise<number> => {
      const ids = new Set([lane, ...(await accounts(account))])
      const counts = await Promise.all([...ids].map((id) => redis.zcard(keys.running(id))))
      return counts.reduce((sum, count) => sum + count, 0)
    },
  }
}
export type Lanes = ReturnType<typeof openLanes>
