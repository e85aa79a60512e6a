import { setTimeout } from 'node:timers/promises'
import { createClient } from '@restyle/client/client'
import type { Delivery, Webhook, WebhookRequest } from '@restyle/client/types'
import { guardedAgent } from '@restyle/shared/net/guarded-agent'
import { createLog } from '@restyle/shared/log'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import { type DeliverHand, deliverHand } from '@restyle/worker/deliver/deliver-hand'
import { defaultPace, type DeliverPace } from '@restyle/worker/deliver/deliver-round'
import { listenForEvents, wakeOverdue } from '@restyle/worker/deliver/wake-webhooks'
import { ledgerKeys } from '@restyle/shared/ledger/keys'
import { openLedger, type Ledger } from '@restyle/shared/ledger/ledger'
import { type Receiver, startReceiver } from '../../src/webhook/start-receiver.ts'
import { openProducer, type World } from '../producer/open-producer.ts'

/** A producer, a hand that delivers, and receivers: everything but edits, whose events a test tells by itself. */
export type WebhookWorld = {
  world: World
  ledger: Ledger
  lines: Record<string, unknown>[]
  client: ReturnType<typeof createClient>
  /** Another producer's client. */
  clientOf(producer: string): Promise<ReturnType<typeof createClient>>
  receiver(): Promise<Receiver>
  add(receiver: Receiver, more?: Partial<WebhookRequest>): Promise<{ webhook: Webhook; secret: string }>
  /** Tells so many events of edits, of one of their own each; gives their ids. */
  tell(producer: string, count: number, kind?: string): Promise<string[]>
  deliveries(id: string): Promise<Delivery[]>
  /** Starts what delivers; `stop` ends it. Many can run. */
  deliver(more?: {
    pace?: Partial<DeliverPace>
    concurrency?: number
    /** Reaches public addresses alone, as in production. */
    guarded?: true
    onAnswered?: () => Promise<void>
  }): Promise<{
    hand: DeliverHand
    stop: () => Promise<void>
  }>
  /** Ends everything that delivers. */
  rest(): Promise<void>
  until(look: () => boolean | Promise<boolean>, withinMs?: number): Promise<void>
  stop(): Promise<void>
}

const inside = (address: string) => address === '127.0.0.1'

export async function openWebhookWorld(): Promise<WebhookWorld> {
  const world = await openProducer({ endpoints: { allow: inside } })
  const { redis, prefix } = world
  const ledger = openLedger(redis, prefix)
  const lines: Record<string, unknown>[] = []
  const log = createLog('debug', { write: (line) => void lines.push(JSON.parse(line)) })
  const releasers: (() => Promise<unknown>)[] = []
  const delivering: (() => Promise<void>)[] = []
  const rest = async () => {
    for (const stop of delivering.splice(0)) await stop()
  }
  const clientOf = async (producer: string) => {
    const { authorization } = await world.keyOf(producer)
    return createClient({ url: world.producer.url, key: authorization.slice('Bearer '.length) })
  }
  const client = await clientOf('acme')

  const deliver: WebhookWorld['deliver'] = async ({
    pace = {},
    concurrency = 16,
    guarded,
    onAnswered,
  } = {}) => {
    const connect = () => connectRedis(world.server.redis.url, 'worker', () => {})
    const [connection, own] = [connect(), connect()]
    const stopping = new AbortController()
    const dispatcher = guardedAgent(guarded === true ? {} : { allow: inside })
    const hand = deliverHand(
      { ledger, log, stopping: stopping.signal, random: Math.random },
      { concurrency, dispatcher, pace: { ...defaultPace, ...pace }, ...(onAnswered && { onAnswered }) },
      { connection, prefix, stalling: { lockMs: 2_000, checkMs: 500 }, log },
    )
    const tools = { ledger, wake: hand.wake }
    const looking = (async () => {
      while (!stopping.signal.aborted) {
        await wakeOverdue(tools, 50).catch(() => {})
        await setTimeout(100)
      }
    })()
    const running = [hand.worker.run(), listenForEvents(own, tools, stopping.signal), looking]
    let stopped: Promise<void> | undefined
    const end = async () => {
      stopping.abort()
      await hand.worker.close()
      await Promise.allSettled(running)
      await hand.close()
      await dispatcher.destroy()
      own.disconnect()
      connection.disconnect()
    }
    const stop = () => (stopped ??= end())
    delivering.push(stop)
    return { hand, stop }
  }

  return {
    world,
    ledger,
    lines,
    client,
    clientOf,
    deliver,
    receiver: async () => {
      const receiver = await startReceiver()
      releasers.push(() => receiver.stop())
      return receiver
    },
    add: (receiver, more = {}) => client.webhooks.add({ url: receiver.url, ...more }),
    tell: async (producer, count, kind = 'told') => {
      const name = ledgerKeys(prefix).events(producer)
      const ids: string[] = []
      const pipeline = redis.pipeline()
      for (let i = 0; i < count; i += 1) {
        const subject = `batch_${kind}${i}`
        ids.push(`${subject}-paused`)
        const data = JSON.stringify({ batch: subject, reason: 'person', at: Date.now() })
        const fields = ['type', 'restyle.batch.paused', 'id', `${subject}-paused`, 'subject', subject]
        pipeline.xadd(name, '*', ...fields, 'time', Date.now(), 'data', data, 'traceparent', '')
      }
      await pipeline.exec()
      return ids
    },
    deliveries: async (id) => {
      const all: Delivery[] = []
      for await (const each of client.webhooks.deliveries(id)) all.push(each)
      return all
    },
    rest,
    until: (look, withinMs) => world.until(async () => look(), withinMs),
    async stop() {
      await rest()
      for (const each of releasers.toReversed()) await each()
      await world.stop()
    },
  }
}
