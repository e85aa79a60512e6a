import { defaultModel } from '@restyle/dashscope/models'
import type { DashScope } from '@restyle/dashscope/client'
import type { Edit, World } from '@restyle/shared/contract/edit'
import { laneIdOf } from '@restyle/shared/lane-id'
import { createLog } from '@restyle/shared/log'
import type { Queues } from '@restyle/shared/queues'
import type { Store } from '@restyle/shared/store/store'
import type { HandContext } from '@restyle/worker/hand/step'
import type { Lane } from '@restyle/worker/lane/lane'
import type { Redis } from 'ioredis'
import { type LedgerWorld, openLedgerWorld } from '../ledger/ledger-world.ts'
import { type Bucket, openBucket } from '../model/bucket.ts'

/** One hand alone: a real ledger, a bucket in memory, and a vendor that a test writes down. */
export type Hands = LedgerWorld & {
  redis: Redis
  bucket: Bucket
  store: Store
  context: HandContext
  /** Log lines so far, parsed. */
  lines: Record<string, unknown>[]
  errors: () => unknown[]
  lane: (client: Partial<DashScope>, more?: Partial<Lane>) => Lane
  /** Writes fields over an edit's hash, as time, a restore or an older version would have left them. */
  rewrite: (id: string, fields: Record<string, unknown>) => Promise<Edit>
  read: (id: string) => Promise<Edit>
  /** How long (ms) a queued edit waits aside from now on. */
  waitsFor: (id: string) => Promise<number>
}

export const place = { bucket: 'https://s3.test/restyle', createOnce: 'if-none-match' }
export const world: World = { baseUrl: 'https://vendor.test/api/v1', account: 'cn', ...place }

/** What the lane is called in the ledger that leads there. */
export const laneId = laneIdOf(world, defaultModel.id)

const unexpected = async () => {
  throw new Error('the vendor was asked, and should not have been')
}

export function openHands(redis: Redis, prefix: string): Hands {
  const ledgerWorld = openLedgerWorld(redis, prefix)
  const { ledger, keys } = ledgerWorld
  const bucket = openBucket()
  const { store } = bucket
  const lines: Record<string, unknown>[] = []
  const log = createLog('debug', { write: (line) => void lines.push(JSON.parse(line)) })
  const queues = {} as Queues
  const stopping = new AbortController().signal
  const read = async (id: string) => {
    const edit = await ledger.read(id)
    if (edit === undefined) throw new Error(`no edit ${id}`)
    return edit
  }
  return {
    ...ledgerWorld,
    redis,
    bucket,
    store,
    context: { ledger, queues, store, log, stopping, failpoint: async () => {}, random: () => 0.5 },
    lines,
    errors: () => lines.filter(({ level }) => level === 'error').map(({ msg }) => msg),
    lane: (client, more = {}) => ({
      name: 'one',
      id: laneIdOf({ ...world, ...more }, (more.model ?? defaultModel).id),
      model: defaultModel,
      region: 'beijing',
      account: world.account,
      baseUrl: world.baseUrl,
      workspace: undefined,
      client: {
        submit: unexpected,
        task: unexpected,
        list: unexpected,
        cancel: unexpected,
        uploadPolicy: unexpected,
        upload: unexpected,
        clock: () => undefined,
        close: async () => {},
        ...client,
      },
      exclusive: true,
      running: 2,
      submitPerSecond: 100,
      posting: 2,
      priceMicros: 200_000,
      currency: 'CNY',
      queryPerSecond: 1_000,
      ...more,
    }),
    rewrite: async (id, fields) => {
      const kept = await redis.hkeys(keys.edit(id))
      for (const [name, value] of Object.entries(fields)) {
        // a long text lies in pieces
        for (const piece of kept.filter((each) => each.startsWith(`${name}~`)))
          await redis.hdel(keys.edit(id), piece)
        if (value === undefined) await redis.hdel(keys.edit(id), name)
        else await redis.hset(keys.edit(id), name, typeof value === 'string' ? value : JSON.stringify(value))
      }
      return read(id)
    },
    read,
    waitsFor: async (id) =>
      Number(await redis.zscore(keys.later(defaultModel.id), id)) - (await ledger.now()),
  }
}
