import { ledgerKeys } from '@restyle/shared/ledger/keys'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import type { FastifyReply } from 'fastify'
import type { Api } from './api.ts'
import { Problem } from './problem.ts'

/*
 * How many requests a producer sends in a minute, over all processes. Redis counts, and each process takes from it a share
 * of a hundredth at a time, which it then hands out without asking: the limit holds exactly, and of a hundred requests one
 * waits for Redis. What a process has not handed out when the minute ends is lost.
 */

const windowMs = 60_000

/** How long a process that got no answer from Redis counts for itself before it asks again. */
const aloneMs = 5_000

/** How soon a producer without requests left is looked up again: its limit may have been raised. */
const againMs = 3_000

const mostRemembered = 10_000

type Share = {
  limit: number
  /** Requests that this process may still let through. */
  held: number
  /** Requests that Redis has for whoever asks. */
  left: number
  /** When the minute ends, and when Redis is asked before that, where nothing is held or it did not answer (ms of `now`). */
  until: number
  again: number
  /** Counted without Redis. */
  alone: boolean
}

/** Whether a request may go on; `limit` 0: any number may. `resetMs`: how long the minute still lasts. */
export type Taken = { ok: boolean; limit: number; left: number; resetMs: number }

type RateOptions = {
  redis: Pick<RedisClient, 'multi'>
  prefix: string
  /** Requests a minute of a producer that has no rate of its own; 0: as many as it likes. */
  perMinute: number
  now?: () => number
}

/** Counts requests. Never throws: without Redis each process counts for itself. */
export function openRates({ redis, prefix, perMinute, now = () => performance.now() }: RateOptions) {
  const keys = ledgerKeys(prefix)
  const shares = new Map<string, Share>()
  const countAlone = openLonelyMinutes(now)
  const asking = new Map<string, Promise<void>>()

  /** Takes a share for the producer; one question at a time. */
  async function ask(producer: string): Promise<void> {
    const limit = shares.get(producer)?.limit ?? 0
    try {
      // its limit is not known before the first answer
      const want = Math.max(1, Math.ceil(limit / 100))
      const counter = keys.rate(producer)
      // the connection itself gives up on a server that does not answer
      const answers = await redis
        .multi()
        .hget(keys.producer(producer), 'rate')
        .incrby(counter, want)
        .pexpire(counter, windowMs, 'NX')
        .pttl(counter)
        .exec()
      const [rate, used, , leftMs] = (answers ?? []).map(([error, value]) =>
        error === null ? value : undefined,
      )
      if (typeof used !== 'number' || typeof leftMs !== 'number')
        throw new Error('the counter did not answer')
      note(producer, shareOf({ limit: limitOf(rate, perMinute), want, used, leftMs }, now()))
    } catch {
      note(producer, countAlone(producer, limit || perMinute))
    }
  }

  function note(producer: string, share: Share): void {
    if (shares.size >= mostRemembered && !shares.has(producer)) shares.clear()
    shares.set(producer, share)
  }

  function askOnce(producer: string): Promise<void> {
    const held = asking.get(producer)
    if (held !== undefined) return held
    const question = ask(producer).finally(() => asking.delete(producer))
    asking.set(producer, question)
    return question
  }

  async function takeLater(producer: string): Promise<Taken> {
    for (;;) {
      await askOnce(producer)
      const taken = takeFrom(shares.get(producer), now())
      if (taken !== undefined) return taken
    }
  }

  return {
    /** Counts a request of the producer; a promise only where Redis has to be asked. */
    take: (producer: string): Taken | Promise<Taken> =>
      takeFrom(shares.get(producer), now()) ?? takeLater(producer),
  }
}
export type Rates = ReturnType<typeof openRates>

/** Minutes that are counted without Redis: the same one while it lasts, however often Redis comes and goes. */
function openLonelyMinutes(now: () => number) {
  const minutes = new Map<string, Share>()
  return (producer: string, limit: number): Share => {
    const held = minutes.get(producer)
    const share =
      held !== undefined && held.until > now()
        ? held
        : { limit, held: limit, left: 0, until: now() + windowMs, again: 0, alone: true }
    share.again = now() + aloneMs
    if (minutes.size >= mostRemembered) minutes.clear()
    minutes.set(producer, share)
    return share
  }
}

const limitOf = (rate: unknown, standard: number): number => {
  const own = Number(typeof rate === 'string' ? rate : standard)
  return Number.isSafeInteger(own) && own >= 0 ? own : standard
}

/** What of `want` was still there: Redis has counted it already. */
function shareOf(
  { limit, want, used, leftMs }: { limit: number; want: number; used: number; leftMs: number },
  at: number,
): Share {
  const left = Math.max(0, limit - used)
  return {
    limit,
    held: Math.max(0, Math.min(want, limit - (used - want))),
    left,
    until: at + Math.max(1, leftMs),
    again: at + Math.min(againMs, Math.max(1, leftMs)),
    alone: false,
  }
}

/** Hands out one request; undefined where Redis has to be asked first. */
function takeFrom(share: Share | undefined, at: number): Taken | undefined {
  if (share === undefined || at >= share.until || (share.alone && at >= share.again)) return undefined
  const { limit, left, until } = share
  const resetMs = until - at
  if (limit === 0) return { ok: true, limit, left, resetMs }
  if (share.held > 0) {
    share.held -= 1
    return { ok: true, limit, left: left + share.held, resetMs }
  }
  if (left > 0 || at >= share.again) return undefined
  return { ok: false, limit, left: 0, resetMs }
}

/**
 * Turns away requests over the producer's limit, and tells with every answer how many are left
 * (draft-ietf-httpapi-ratelimit-headers). For routes that need a key, after it was looked at.
 */
export function limitRate(app: Api, rates: Rates): void {
  app.addHook('onRequest', (request, reply, done) => {
    const taken = rates.take(request.producer)
    if (taken instanceof Promise) taken.then((later) => done(refusalOf(later, reply)), done)
    else done(refusalOf(taken, reply))
  })
}

function refusalOf({ ok, limit, left, resetMs }: Taken, reply: FastifyReply): Problem | undefined {
  if (limit === 0) return undefined
  const seconds = Math.ceil(resetMs / 1_000)
  void reply.header('ratelimit-policy', `"producer";q=${limit};w=60`)
  void reply.header('ratelimit', `"producer";r=${left};t=${seconds}`)
  if (ok) return undefined
  return new Problem('too-many-requests', `This producer sends over ${limit} requests a minute.`, {
    retryAfter: seconds,
  })
}
