import { setTimeout } from 'node:timers/promises'
import { ledgerKeys } from '@restyle/shared/ledger/keys'
import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import { createLog } from '@restyle/shared/log'
import { guardedAgent } from '@restyle/shared/net/guarded-agent'
import { noProxies } from '@restyle/shared/net/proxy-settings'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import { newSecret } from '@restyle/shared/webhook/secrets'
import { runDuty } from '@restyle/worker/duty'
import { startDelivery } from '@restyle/worker/start-delivery'
import { z } from 'zod'
import { startRedis } from '../redis/start-redis.ts'
import { type Child, startChild } from './child.ts'
import { median } from './figures.ts'
import { atLeast, type Figure } from './report.ts'

export type WebhookBenchOptions = {
  /** Of each run, for each endpoint. */
  events: number
  endpoints: number
  runs: number
  onRun?: (line: string) => void
}

/** What is asked: the share of the rate that all alive have. */
const share = 0.9
const producer = 'bench'

type Places = { redisUrl: string; alive: string; hanging: string }

/**
 * Delivers events to several endpoints of one producer, once with all of them alive and once with one that hangs, in turns. The
 * endpoints are processes of their own. What counts is what the living ones have got.
 */
export async function benchWebhooks({ events, endpoints, runs, onRun = () => {} }: WebhookBenchOptions) {
  const redis = await startRedis({ appendonly: false })
  const children: Child[] = []
  const start = async (what: string): Promise<string> => {
    const child = await startChild('server-process.ts', [what])
    children.push(child)
    return z.url().parse(child.ready)
  }
  try {
    const places: Places = {
      redisUrl: redis.url,
      alive: await start('receiver'),
      hanging: await start('hanging-receiver'),
    }
    const rates: Record<'alive' | 'dead', number[]> = { alive: [], dead: [] }
    for (let run = 0; run < runs; run += 1)
      for (const side of ['alive', 'dead'] as const) {
        const prefix = `{bench-${run}-${side}}`
        const rate = await rateOf(places, { prefix, events, endpoints, oneDead: side === 'dead' })
        rates[side].push(rate)
        onRun(`${side === 'dead' ? 'one hangs ' : 'all alive '} ${Math.round(rate)} events/s`)
      }
    return { rates, alivePerSecond: median(rates.alive), deadPerSecond: median(rates.dead) }
  } finally {
    for (const child of children) await child.stop()
    await redis.stop()
  }
}
export type WebhookFigures = Awaited<ReturnType<typeof benchWebhooks>>

/** The same in the form that every bench prints. */
export const webhookFigures = ({ alivePerSecond, deadPerSecond }: WebhookFigures): Figure[] => [
  { name: 'delivered with one that hangs', value: deadPerSecond, unit: '/s', beside: alivePerSecond },
  { name: 'share of all alive', value: deadPerSecond / alivePerSecond, unit: '', asked: atLeast(share) },
]

async function rateOf(
  { redisUrl, alive, hanging }: Places,
  run: { prefix: string; events: number; endpoints: number; oneDead: boolean },
): Promise<number> {
  const { prefix, events, endpoints, oneDead } = run
  const connect = () => connectRedis(redisUrl, 'worker', () => {})
  const [redis, queue, own] = [connect(), connect(), connect()]
  const ledger = openLedger(redis, prefix)
  const ids = Array.from({ length: endpoints }, (_, i) => `endpoint-${i}`)
  for (const [i, id] of ids.entries())
    await addEndpoint(ledger, id, oneDead && i === endpoints - 1 ? hanging : alive)
  const living = oneDead ? ids.slice(0, -1) : ids
  const opened = new AsyncDisposableStack()
  const stop = new AbortController()
  const context = { ledger, log: createLog('silent'), stopping: stop.signal, random: Math.random }
  const settings = {
    connection: queue,
    prefix,
    stalling: { lockMs: 4_000, checkMs: 2_000 },
    log: context.log,
  }
  const endpointsAgent = guardedAgent({ allow: (address) => address === '127.0.0.1' })
  const delivery = startDelivery(
    context,
    { settings, own, opened },
    { RESTYLE_WEBHOOK_RANGES: [], RESTYLE_DELIVER_CONCURRENCY: 64, proxies: noProxies },
    { endpoints: endpointsAgent },
  )
  const running = [delivery.worker.run(), delivery.listening, runDuty(delivery.duty, context)]
  const began = performance.now()
  await tell(redis, prefix, events)
  while ((await delivered(ledger, living)) < events * living.length) await setTimeout(20)
  const rate = (events * living.length) / ((performance.now() - began) / 1_000)
  stop.abort()
  // what hangs is not waited for
  void endpointsAgent.destroy()
  await Promise.allSettled([delivery.worker.close(), ...running])
  await opened.disposeAsync()
  for (const each of [redis, queue, own]) each.disconnect()
  return rate
}

const addEndpoint = (ledger: Ledger, id: string, url: string) =>
  ledger.webhooks.save(
    { producer, id },
    { url, secrets: [{ secret: newSecret() }], enabled: true, createdAt: Date.now(), after: 'now' },
    { version: '', revision: 1 },
  )

async function delivered(ledger: Ledger, ids: readonly string[]): Promise<number> {
  const webhooks = await Promise.all(ids.map((id) => ledger.webhooks.read(id)))
  return webhooks.reduce((sum, webhook) => sum + (webhook?.delivered ?? 0), 0)
}

/** Events of about a kilobyte, each of another batch. */
async function tell(redis: RedisClient, prefix: string, count: number): Promise<void> {
  const detail = 'What this batch may cost is used up. '.repeat(20)
  for (let from = 0; from < count; from += 500) {
    const pipeline = redis.pipeline()
    for (let i = from; i < Math.min(count, from + 500); i += 1) {
      const data = JSON.stringify({ batch: `batch_${i}`, reason: 'budget', at: Date.now(), detail })
      const fields = ['id', `batch_${i}-paused`, 'subject', `batch_${i}`, 'time', Date.now(), 'data', data]
      const name = ledgerKeys(prefix).events(producer)
      pipeline.xadd(name, '*', 'type', 'restyle.batch.paused', 'traceparent', '', ...fields)
    }
    await pipeline.exec()
  }
}
