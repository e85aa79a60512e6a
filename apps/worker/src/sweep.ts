import type { Redis } from 'ioredis'
import type { Edit } from '@restyle/shared/contract/edit'
import { openEventStream } from '@restyle/shared/event/event-stream'
import { ledgerKeys } from '@restyle/shared/ledger/keys'
import type { HandContext } from './hand/step.ts'

/** How often to look, how many edits a look takes, when to look again at an edit that is awake, how often to audit (ms). */
export type SweepPace = { everyMs: number; atOnce: number; againMs: number; auditMs: number }

/** Puts back what Redis forgot of the promises made since then (epoch ms); see rebuild/rebuild.ts. */
export type Audit = (since: number) => Promise<unknown>

/** Events are kept this long, and longer while a group has not acknowledged them. */
const eventsKeptMs = 30 * 24 * 3600_000

/** How far back an audit looks: a Redis that fails over forgets its last seconds. */
const auditedMs = 2 * 3600_000

/** URLs that die within this and are not stored yet are an alarm. */
const alarmMs = 4 * 3600_000

/**
 * The queues are only wake-ups, and a wake-up can be lost: between a move and the job that should follow it, or with a
 * whole queue. The sweep looks at every open edit whose next step is overdue and adds the job that is missing.
 * Returns how many it woke. Any number of workers may sweep; a short lock keeps them from doing it together.
 */
export async function sweepOnce(context: HandContext, redis: Redis, pace: SweepPace): Promise<number> {
  const { ledger, queues, log } = context
  if (!(await isTurn(context, redis, 'sweeping', pace.everyMs))) return 0
  const now = await ledger.now()
  let woken = 0
  for (;;) {
    const ids = await ledger.overdue(now, pace.atOnce)
    if (ids.length === 0) break
    const edits = (await ledger.readMany(ids)).filter((edit): edit is Edit => edit !== undefined)
    const awake = await queues.awake(redis, edits)
    const asleep = edits.filter((_, i) => awake[i] === false)
    for (const edit of asleep) await queues.wake(edit)
    woken += asleep.length
    await ledger.postpone(ids, now + pace.againMs)
  }
  if (woken > 0) log.warn({ woken }, 'lost wake-ups added again')
  return woken
}

/** Sweeps until `signal` aborts; now and then audits, raises alarms and forgets old events. */
export async function sweep(
  context: HandContext,
  redis: Redis,
  pace: SweepPace,
  audit: Audit,
): Promise<void> {
  const { log, stopping } = context
  // a Redis that went away may come back as another that knows less
  let auditDue = true
  redis.on('ready', () => {
    auditDue = true
  })
  while (!stopping.aborted) {
    try {
      if (auditDue || (await isTurn(context, redis, 'auditing', pace.auditMs))) {
        auditDue = false
        await audit(Date.now() - auditedMs)
        await warnOfExpiry(context, redis)
        await trimEvents(context, redis)
      }
      await sweepOnce(context, redis, pace)
    } catch (error) {
      log.warn({ err: error }, 'sweep failed and will be tried again')
    }
    await pauseFor(pace.everyMs, stopping)
  }
}

/** Whether this worker is the one to do it in this interval. */
const isTurn = async (
  { ledger }: HandContext,
  redis: Redis,
  what: string,
  everyMs: number,
): Promise<boolean> =>
  (await redis.set(`${ledger.prefix}:${what}`, '1', 'PX', Math.max(100, everyMs - 50), 'NX')) !== null

async function warnOfExpiry({ ledger, log }: HandContext, redis: Redis): Promise<void> {
  const now = await ledger.now()
  const soon = await redis.zrangebyscore(
    ledgerKeys(ledger.prefix).rendered,
    '-inf',
    now + alarmMs,
    'WITHSCORES',
    'LIMIT',
    0,
    1,
  )
  const count = await redis.zcount(ledgerKeys(ledger.prefix).rendered, '-inf', now + alarmMs)
  if (count > 0)
    log.error(
      { editId: soon[0], images: count, leftMs: Number(soon[1]) - now },
      'rendered images are not stored and their addresses die soon',
    )
}

async function trimEvents({ ledger }: HandContext, redis: Redis): Promise<void> {
  const producers = await redis.smembers(ledgerKeys(ledger.prefix).producers)
  for (const producer of producers)
    await openEventStream(redis, ledger.prefix, producer).trim(Date.now() - eventsKeptMs)
}

const pauseFor = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(done, ms)
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
  })
