import { setTimeout } from 'node:timers/promises'
import type { Edit } from '@restyle/shared/contract/edit'
import { defaultKeyTemplate } from '@restyle/shared/object-key'
import { laneIdOf } from '@restyle/shared/lane-id'
import { createLog } from '@restyle/shared/log'
import { writeIntent } from '@restyle/shared/receipt/receipt'
import { chunkLimits } from '@restyle/shared/rows/chunk'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import { openStore, type Store } from '@restyle/shared/store/store'
import { claimBucket } from '@restyle/shared/store/installation'
import { rebuild } from '@restyle/worker/rebuild/rebuild'
import { Redis } from 'ioredis'
import { z } from 'zod'
import { startRedis } from '../redis/start-redis.ts'
import { startS3, type S3Server } from '../s3/start-s3.ts'
import { type BacklogWorld, fillBacklog } from './backlog-world.ts'
import { benchModel, keys as account } from './bench-settings.ts'
import { startChild } from './child.ts'
import { readRedisCost } from './redis-cost.ts'
import { atMost, type Figure } from './report.ts'
import { quantile } from './slot-figures.ts'

export type BacklogOptions = {
  /** Rows of the large backlog; the small one has a thousand. */
  rows: number
  /** Admissions that are timed in each. */
  admissions: number
  idleSeconds: number
  /** Told before each step. */
  onStep?: (what: string) => void
}

/** What is compared with. */
const small = 1_000

/** Of Redis, for a row and for an edit. */
const bytesAsked = { resting: 60, underWay: 2_500 }

/** Edits with a receipt when Redis forgets all. */
const sent = 100

type Servers = { redis: Redis; redisUrl: string; s3: S3Server; storeOf: (bucket: string) => Store }
type Step = BacklogOptions & { onStep: (what: string) => void; servers: Servers }

/**
 * What rows at rest cost in Redis, and what depends on how many there are. Redis is a process of its own; the bucket is the
 * sandbox's, in this process.
 */
export async function benchBacklog({ onStep = () => {}, ...options }: BacklogOptions): Promise<Figure[]> {
  const opened = new AsyncDisposableStack()
  try {
    const server = await startRedis({ appendonly: false })
    opened.defer(() => server.stop())
    const s3 = await startS3({ ...account, buckets: Object.values(buckets).flat() })
    opened.defer(() => s3.stop())
    const redis = new Redis(server.url)
    opened.defer(() => redis.disconnect())
    const storeOf = (bucket: string): Store =>
      opened.adopt(
        openStore({ ...account, bucket, endpoint: s3.url, region: 'us-east-1', forcePathStyle: true }),
        (store) => store.close(),
      )
    const step: Step = { ...options, onStep, servers: { redis, redisUrl: server.url, s3, storeOf } }
    const alone = await fillBoth(step, 1, buckets.alone)
    const idle = await measureIdle(step, alone)
    const turns = await measureTurns(step, alone)
    const rebuilt = await measureRebuild(step, alone.large)
    await redis.flushall()
    const many = await fillBoth(step, 200, buckets.many)
    return [
      ...alone.figures,
      ...turns,
      ...many.figures,
      ...(await measureTurns(step, many)),
      ...idle,
      ...rebuilt,
    ]
  } finally {
    await opened.disposeAsync()
  }
}

const buckets = { alone: ['bench-a', 'bench-b'], many: ['bench-c', 'bench-d'] } as const

type Place = { world: BacklogWorld; prefix: string; bucket: string; store: Store; rows: number }
type Both = {
  large: Place
  lesser: Place
  producers: number
  /** Of Redis, for an edit in the backlog. */
  queuedBytes: number
  figures: Figure[]
}

const nameOf = (what: string, producers: number): string =>
  `${what}, ${producers} producer${producers === 1 ? '' : 's'}`

/** Has the rows of both backlogs rest, feeds them once, and weighs both. */
async function fillBoth(step: Step, producers: number, names: readonly [string, string]): Promise<Both> {
  const { onStep, servers } = step
  const { redis } = servers
  const fill = async (bucket: string, rows: number): Promise<Place> => {
    onStep(`${rows} rows of ${producers} come to rest`)
    const [prefix, store] = [`{${bucket}}`, servers.storeOf(bucket)]
    const world = await fillBacklog(redis, prefix, store, { rows, producers })
    return { world, prefix, bucket, store, rows }
  }
  // the scripts themselves are nobody's
  const first = await fillBacklog(redis, '{first}', servers.storeOf(names[1]), { rows: 2, producers: 1 })
  await first.feed()
  await run((await first.admit()).edit, first)

  const lesser = await fill(names[1], small)
  const empty = await usedBytes(redis)
  const large = await fill(names[0], step.rows)
  const resting = await usedBytes(redis)
  await large.world.feed()
  const queued = await large.world.ledger.waiting(benchModel)
  const fed = await usedBytes(redis)
  await lesser.world.feed()
  const weight = (what: string, value: number, most: number): Figure => ({
    name: nameOf(`Redis per ${what}`, producers),
    value,
    unit: 'bytes',
    asked: atMost(most),
  })
  const queuedBytes = (fed - resting) / queued
  const figures = [
    weight('resting row', (resting - empty) / step.rows, bytesAsked.resting),
    weight('edit in the backlog', queuedBytes, bytesAsked.underWay),
  ]
  return { large, lesser, producers, queuedBytes, figures }
}

/** Times admissions in both backlogs, in turns. */
async function measureTurns(step: Step, { large, lesser, producers, queuedBytes }: Both): Promise<Figure[]> {
  const { admissions, onStep, servers } = step
  onStep(`admissions of ${producers}`)
  const before = await usedBytes(servers.redis)
  const heavier = 50
  for (let i = 0; i < heavier; i += 1) await run((await large.world.admit()).edit, large.world)
  const more = ((await usedBytes(servers.redis)) - before) / heavier
  const [times, few]: [number[], number[]] = [[], []]
  // a part of the small backlog stays, so that it is one to the end
  const turns = Math.min(admissions, Math.floor(small * 0.8))
  for (let round = 0; round * turns < admissions; round += 1) {
    const rivals = [
      { world: large.world, ms: times },
      { world: round === 0 ? lesser.world : await another(lesser, step, producers, round), ms: few },
    ]
    for (let i = 0; i < turns; i += 1)
      for (const { world, ms } of rivals) {
        await world.feed()
        const admitted = await world.admit()
        ms.push(admitted.ms)
        await run(admitted.edit, world)
      }
  }
  const at = (share: number) => ({
    value: quantile(times.toSorted(ascending), share),
    beside: quantile(few.toSorted(ascending), share),
    unit: 'ms',
  })
  const p99 = at(0.99)
  return [
    {
      name: nameOf('Redis per edit that runs', producers),
      value: queuedBytes + more,
      unit: 'bytes',
      asked: atMost(bytesAsked.underWay),
    },
    { name: nameOf('who is next, p50', producers), ...at(0.5) },
    { name: nameOf('who is next, p99', producers), ...p99 },
    { name: nameOf('p99 to that', producers), value: p99.value / p99.beside, unit: '', asked: atMost(1.5) },
  ]
}

const ascending = (a: number, b: number): number => a - b

async function run(edit: Edit, { ledger }: BacklogWorld): Promise<void> {
  const set = { taskId: `0385dc79-5ff8-4d82-bcb6-${edit.id.slice(-12)}`, submittedAt: Date.now() }
  const moved = await ledger.move(edit, { to: 'running', set })
  if (moved.kind !== 'moved') throw new Error(`${edit.id} does not run: ${moved.kind}`)
}

async function usedBytes(redis: Redis): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1])
}

/** All commands that Redis has carried out, those of scripts too. */
async function commandsOf(redis: Redis): Promise<number> {
  const { calls } = await readRedisCost(redis)
  return [...calls.values()].reduce((sum, each) => sum + each, 0)
}

/** The small backlog is soon used up: from the second round on there is another one. */
function another(lesser: Place, step: Step, producers: number, round: number): Promise<BacklogWorld> {
  const prefix = `${lesser.prefix}${round}`
  return fillBacklog(step.servers.redis, prefix, lesser.store, { rows: small, producers })
}

/** Watches what a worker asks of Redis while its lane takes nothing. */
async function measureIdle(step: Step, { large, lesser }: Both): Promise<Figure[]> {
  const { redis, redisUrl, s3 } = step.servers
  const simulator = await startChild('server-process.ts', ['dashscope'])
  try {
    const baseUrl = z.string().parse(simulator.ready)
    const perMinute: number[] = []
    for (const { world, prefix, bucket, store } of [large, lesser]) {
      step.onStep(`a worker is idle on ${bucket}`)
      await claimBucket(store, redis, prefix)
      const lane = laneIdOf({ baseUrl, account: 'default' }, benchModel)
      await world.ledger.lanes.pause(lane, { code: 'Bench', message: 'idle', since: Date.now() }, 3600_000)
      const env = {
        REDIS_URL: redisUrl,
        RESTYLE_ALLOW_FORGETFUL_REDIS: 'true',
        S3_ENDPOINT: s3.url,
        S3_ACCESS_KEY_ID: account.accessKeyId,
        S3_SECRET_ACCESS_KEY: account.secretAccessKey,
        S3_FORCE_PATH_STYLE: 'true',
        DASHSCOPE_API_KEY: 'sk-sandbox',
        DASHSCOPE_BASE_URL: baseUrl,
      }
      const worker = await startChild('worker-process.ts', [
        JSON.stringify({ env, prefix, bucket, inFlight: 2 }),
      ])
      try {
        // its first audit, and the first look of each duty
        await setTimeout(5_000)
        const before = await commandsOf(redis)
        await setTimeout(step.idleSeconds * 1000)
        perMinute.push(((await commandsOf(redis)) - before) * (60 / step.idleSeconds))
      } finally {
        await worker.stop()
      }
    }
    const [many = Number.NaN, few = Number.NaN] = perMinute
    return [
      { name: 'commands a minute while idle', value: many, unit: '', beside: few },
      { name: 'to those at 1,000 rows', value: many / few, unit: '', asked: atMost(1.1) },
    ]
  } finally {
    await simulator.stop()
  }
}

/** Has Redis forget all, and puts the large backlog back from the bucket. */
async function measureRebuild({ servers, rows, onStep }: Step, { world, store }: Place): Promise<Figure[]> {
  const { redis, s3 } = servers
  const [batch] = world.batches
  if (batch === undefined) throw new Error('no batch')
  const chunks = new Set<number>()
  for (let i = 0; i < Math.min(sent, rows / 10); i += 1) {
    await world.feed()
    const { edit } = await world.admit()
    await writeIntent(store, edit, 'bench')
    chunks.add(Math.floor(edit.row / chunkLimits.rows))
  }
  const read: string[] = []
  const counting: Store = {
    ...store,
    get: (key) => {
      read.push(key)
      return store.get(key)
    },
  }
  await redis.flushall()
  onStep('everything is forgotten, and rebuilt')
  const gets = s3.requests.GetObject ?? 0
  const startedAt = performance.now()
  const rebuilt = await rebuild(Date.now() - 24 * 3600_000, {
    ledger: world.ledger,
    store: counting,
    rows: openRowReader(counting),
    log: createLog('silent'),
    keyTemplate: defaultKeyTemplate,
    factsOf: () => () => ({ fingerprint: 'f', costMicros: 1 }),
    told: new Set(),
  })
  const seconds = (performance.now() - startedAt) / 1000
  const after = await world.ledger.readBatch(batch.id)
  const rowsRead = read.filter((key) => key.includes('/rows/')).length
  return [
    { name: 'rebuild', value: seconds, unit: 's', asked: atMost(60) },
    {
      name: 'rows that are not back, or were not looked at',
      value: rows - (after?.accepted ?? 0) + rebuilt.missed + rebuilt.poisoned,
      unit: '',
      asked: atMost(0),
    },
    // of those with a receipt the request is needed
    { name: 'chunks of rows read', value: rowsRead, unit: '', asked: atMost(chunks.size) },
    { name: 'objects read in all', value: (s3.requests.GetObject ?? 0) - gets, unit: '' },
  ]
}
