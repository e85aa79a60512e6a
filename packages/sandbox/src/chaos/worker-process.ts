import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { openLedger } from '@restyle/shared/ledger/ledger'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import { createLog } from '@restyle/shared/log'
import { guardedAgent } from '@restyle/shared/net/guarded-agent'
import { openStore } from '@restyle/shared/store/store'
import { readConfig } from '@restyle/worker/config'
import { startWorker } from '@restyle/worker/start'
import { askingAtSpills } from './asking-at-spills.ts'
import { askParent as failpoint, onOrders, send } from './asking.ts'
import { breakGuard, type Guard } from './breaks.ts'
import { feedingFew } from './few-at-a-time.ts'

/** What the parent hands over first. */
export type Orders = {
  env: Record<string, string>
  /** The only ports on this machine that may be spoken to; `results` are those where images are fetched. */
  ports: number[]
  results: number[]
  /** Where events are sent. */
  endpoints?: number[]
  breaks?: Guard
}

/*
 * One worker as a process of its own, which can be killed. At every named point it asks its parent how to go on.
 */

const feeding = (redis: RedisClient, prefix: string) => openLedger(redis, prefix, { scripts: feedingFew() })

async function start({ env, ports, results, endpoints = [], breaks }: Orders): Promise<void> {
  subscribe('net.client.socket', (message) => {
    const { socket } = message as { socket: Socket }
    socket.once('connect', () => {
      const { remoteAddress, remotePort = 0 } = socket
      // reset in the very moment it was open
      if (remoteAddress === undefined) return
      if (remoteAddress !== '127.0.0.1' || !ports.includes(remotePort))
        send({ say: 'stranger', address: `${remoteAddress}:${remotePort}` })
    })
  })

  const config = readConfig(env)
  const broken = breaks === undefined ? {} : breakGuard(breaks, failpoint)
  const agent = guardedAgent({
    allow: (address, port) => address === '127.0.0.1' && results.includes(port),
  })
  const worker = await startWorker(config, {
    log: createLog(config.LOG_LEVEL),
    dispatcher: broken.dispatcher?.(agent) ?? agent,
    schedule: { firstMs: 300, growth: 0.08, minMs: 100, maxMs: 400, usualMs: 2_000 },
    pace: { everyMs: 500, batchSize: 500, againMs: 5_000, auditMs: 5_000 },
    stalling: { lockMs: 1_000, checkMs: 500 },
    skewMs: 2_000,
    delivery: {
      endpoints: guardedAgent({
        allow: (address, port) => address === '127.0.0.1' && endpoints.includes(port),
      }),
      pace: { timeoutMs: 1_000 },
      onAnswered: (webhook) => failpoint('event-answered', webhook),
    },
    // what the bucket holds is compared with the edits alone
    filesAfterMs: 24 * 3600_000,
    sourcePatience: { pausesMs: [300, 600, 1_000], awayMs: 1_000, mostMs: 24 * 3600_000 },
    failpoint,
    seams: {
      ...broken.seams,
      ledger: (_, redis, prefix) =>
        askingAtSpills(
          broken.seams?.ledger?.(feeding(redis, prefix), redis, prefix) ?? feeding(redis, prefix),
          failpoint,
        ),
      // a bucket that hangs is given up after a second, not after half a minute
      store: (store) => {
        store.close()
        const opened = openStore({
          endpoint: config.S3_ENDPOINT ?? '',
          region: config.S3_REGION,
          bucket: config.S3_BUCKET,
          createOnce: config.S3_CREATE_ONCE,
          forcePathStyle: true,
          accessKeyId: config.S3_ACCESS_KEY_ID ?? '',
          secretAccessKey: config.S3_SECRET_ACCESS_KEY ?? '',
          requestTimeoutMs: 1_000,
        })
        return broken.seams?.store?.(opened) ?? opened
      },
    },
  })
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => void worker.stop().then(() => process.disconnect()))
  send({ say: 'ready' })
}

onOrders(start)
