import { Queue } from 'bullmq'
import type { Dispatcher } from 'undici'
import { RestyleError } from '@restyle/shared/errors'
import { jobOptions } from '@restyle/shared/queues'
import type { WebhookName } from '@restyle/shared/ledger/webhook-record'
import { isOfConnection } from '@restyle/shared/redis/outage'
import { sleep } from '@restyle/shared/sleep'
import { openPlaces } from '../hand/places.ts'
import { type QueueSettings, runQueue } from '../hand/run-queue.ts'
import type { HandContext } from '../hand/step.ts'
import { type DeliverPace, deliverRound, type RoundOutcome, type RoundTools } from './deliver-round.ts'
import { widthOf } from './next-delivery.ts'
import { send } from './send.ts'
import { restMs, sendAll, type TakeRound } from './send-all.ts'

/*
 * The hand that sends events to webhooks. A job is only a reason to look at a webhook: what is sent to it is in the ledger and in
 * its producer's stream. One job of a webhook goes on until nothing is left; one that answers slowly, or not, gives its place to
 * others while it is waited for, and gets few places of its own.
 */

export type DeliverJob = { webhookId: string }

export type DeliverOptions = {
  /** Webhooks that are sent to at a time; half as many again that are slow or fail. */
  concurrency: number
  dispatcher: Dispatcher
  pace: DeliverPace
  onAnswered?: RoundTools['onAnswered']
}

/** Jobs that wait for a slow answer take a place here, and none of those that count. */
const mostJobs = 500
/** A round that takes longer than this gives back its place. */
const graceMs = 2_000
const dayMs = 24 * 3600_000
/** What a stop leaves to requests under way. */
const stopGraceMs = 3_000

type Context = Pick<HandContext, 'ledger' | 'log' | 'stopping' | 'random'>

export function deliverHand(
  context: Context,
  { concurrency, dispatcher, pace, onAnswered = async () => {} }: DeliverOptions,
  settings: QueueSettings,
) {
  const { ledger, log, stopping } = context
  const cut = new AbortController()
  stopping.addEventListener('abort', () => setTimeout(() => cut.abort(), stopGraceMs).unref(), { once: true })
  const { timeoutMs } = pace
  const takeRound = openRounds(
    {
      ...context,
      pace,
      onAnswered,
      now: Date.now,
      send: (request) => send(request, { dispatcher, timeoutMs, signal: cut.signal }),
    },
    concurrency,
  )
  const runJob = async ({ webhookId: id }: DeliverJob): Promise<number | undefined> => {
    try {
      return await sendAll(id, takeRound, context)
    } catch (error) {
      // the events under way are sent again, by another worker
      if (cut.signal.aborted) return 0
      if (!(error instanceof RestyleError) || error.code !== 'Unreadable') throw error
      if (await ledger.turn(`alarm:unreadable:${id}`, dayMs))
        log.error({ webhook: id, why: error.message }, 'webhook cannot be read, and is left alone')
      return restMs
    }
  }
  const factsOf = (webhook: string | undefined) => ({ hand: 'deliver', webhook })
  const worker = runQueue<DeliverJob>('deliver', mostJobs, runJob, factsOf, settings)
  return { worker, ...openQueue(settings) }
}
export type DeliverHand = ReturnType<typeof deliverHand>

/**
 * Gives each round a place: of those that count, or of others for endpoints that fail or are slow. Either is given back after a
 * while, so that those who only wait for an answer keep nobody waiting; of endpoints in trouble no more go on than that.
 */
function openRounds(tools: RoundTools, concurrency: number): TakeRound {
  const [places, slowPlaces] = [openPlaces(concurrency), openPlaces(Math.ceil(concurrency / 2))]
  const { ledger, pace } = tools
  let running = 0
  return async (id) => {
    const taken = await ledger.webhooks.take(id, 2 * pace.width, restMs)
    if (taken === undefined) return 'none'
    const round = Promise.withResolvers<RoundOutcome>()
    const begin = async (): Promise<void> => {
      running += 1
      const over = new AbortController()
      const ended = deliverRound(taken, tools).finally(() => {
        running -= 1
        over.abort()
      })
      ended.then(round.resolve, round.reject)
      await Promise.race([ended.catch(() => {}), sleep(graceMs, over.signal)])
    }
    if (widthOf(taken.webhook, pace.width) === pace.width) await places.run(begin)
    else {
      const begun = running < mostJobs / 2 ? slowPlaces.runNow(begin) : undefined
      if (begun === undefined) return undefined
      await begun
    }
    return round.promise
  }
}

function openQueue({ connection, prefix, log }: QueueSettings) {
  const queue = new Queue<DeliverJob>('deliver', {
    connection,
    prefix,
    defaultJobOptions: jobOptions,
    skipMetasUpdate: true,
  })
  queue.on('error', (error) => {
    // told by the connection itself
    if (!isOfConnection(error)) log.warn({ queue: 'deliver', error: error.message }, 'queue did not answer')
  })
  return {
    /** Has these webhooks looked at now. One that is being looked at already is not looked at twice. */
    wake: async (names: readonly WebhookName[]): Promise<void> => {
      if (names.length === 0) return
      await queue.addBulk(
        names.map(({ id }) => ({ name: 'deliver', data: { webhookId: id }, opts: { jobId: id } })),
      )
    },
    close: () => queue.close(),
  }
}
