import { type Producer, startProducer } from '@restyle/producer/start'
import { installApiKey } from '@restyle/producer/http/api-keys'
import { BatchView } from '@restyle/shared/contract/batch'
import { type LedgerKeys, ledgerKeys } from '@restyle/shared/ledger/keys'
import { openLedger, type Ledger } from '@restyle/shared/ledger/ledger'
import { createLog } from '@restyle/shared/log'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import { openStore } from '@restyle/shared/store/store'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import { benchModel, benchPicture, benchSize, keys as account, promptOf } from './bench-settings.ts'
import type { Servers } from './servers.ts'

const apiKey = 'rk_local_benchbenchbenchbench'
const rowsPerCall = 100_000

/** Nothing of one run is found by the next: each has its own ledger and its own bucket. */
export type Place = { prefix: string; bucket: string }

export const placeOf = (run: string): Place => ({ prefix: `{${run}}`, bucket: run })

/** A producer on an empty ledger of its own. */
export type Intake = {
  redis: RedisClient
  keys: LedgerKeys
  ledger: Ledger
  /** Enqueues one batch of this many edits through POST /v1/batches. */
  enqueue(edits: number): Promise<{ batch: string; ms: number }>
  stop(): Promise<void>
}

/** Starts a producer in this process; `lane` is announced, so that its model is served. */
export async function openIntake(
  { redis: server, s3Url }: Servers,
  { prefix, bucket }: Place,
): Promise<Intake> {
  const log = createLog('silent')
  const redis = connectRedis(server.url, 'producer', () => {})
  const store = openStore({ ...account, bucket, endpoint: s3Url, region: 'us-east-1', forcePathStyle: true })
  const ledger = openLedger(redis, prefix)
  await installApiKey(redis, prefix, 'local', apiKey)
  await ledger.lanes.announce({
    id: 'bench',
    name: 'bench',
    model: benchModel,
    region: 'beijing',
    running: 1,
    submitPerSecond: 1,
  })
  const config = { host: '127.0.0.1', port: 0, prefix }
  const producer: Producer = await startProducer({ config, redis, store, log })

  return {
    redis,
    keys: ledgerKeys(prefix),
    ledger,
    enqueue: async (edits) => {
      if (edits > rowsPerCall) throw new Error(`a batch holds at most ${rowsPerCall} edits`)
      const rows = Array.from({ length: edits }, (_, i) => ({
        prompt: promptOf(i),
        images: [benchPicture],
        size: benchSize,
      }))
      const body = JSON.stringify({ edits: rows })
      const startedAt = performance.now()
      const answer = await fetch(`${producer.url}/v1/batches`, {
        method: 'POST',
        headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
        body,
      })
      const text = await answer.text()
      if (answer.status !== 202) throw new Error(`the batch was answered with ${answer.status}: ${text}`)
      const ms = performance.now() - startedAt
      return { batch: BatchView.parse(JSON.parse(text)).id, ms }
    },
    stop: async () => {
      await producer.stop()
      store.close()
      redis.disconnect()
    },
  }
}
