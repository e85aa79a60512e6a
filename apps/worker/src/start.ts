import { hostname } from 'node:os'
import { randomUUID } from 'node:crypto'
import type { Dispatcher } from 'undici'
import type { DashScope } from '@restyle/dashscope/client'
import type { NewEdit } from '@restyle/shared/ledger/accept'
import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import { guardedAgent } from '@restyle/shared/net/guarded-agent'
import { openQueues } from '@restyle/shared/queues'
import { connectRedis } from '@restyle/shared/redis'
import { openStore, type Store } from '@restyle/shared/store/store'
import type { WorkerConfig } from './config.ts'
import { checkImage } from './copy/check-image.ts'
import { copy } from './copy/copy.ts'
import { openSpill } from './copy/spill.ts'
import { type Bench, startHand } from './hand.ts'
import { hearFreed } from './lane/freed.ts'
import { type Deadlines, fingerprintOf, openLane } from './lane/lane.ts'
import { rebuild } from './rebuild/rebuild.ts'
import { defaultSchedule, type PollSchedule } from './poll/next-poll.ts'
import { poll } from './poll/poll.ts'
import { type AtPoint, nothingHappens } from './points.ts'
import { resolveDoubt } from './submit/resolve-doubt.ts'
import { sourceAddresses } from './submit/source-addresses.ts'
import { submit } from './submit/submit.ts'
import { waitForLane } from './submit/wait-for-lane.ts'
import { sweep, type SweepPace } from './sweep.ts'

/** What a worker is handed besides its configuration; production hands in nothing but the log. */
export type WorkerParts = {
  log: Log
  /** How images are fetched; by default from public addresses only. */
  dispatcher?: Dispatcher
  schedule?: PollSchedule
  pace?: SweepPace
  stalling?: { lockMs: number; checkMs: number }
  skewMs?: number
  /** What happens between two steps. */
  at?: AtPoint
  /** Stands between the hands and what they work with: how the failure tests take a guard out. */
  through?: Partial<{
    ledger: (ledger: Ledger) => Ledger
    store: (store: Store) => Store
    client: (client: DashScope) => DashScope
    checkImage: typeof checkImage
  }>
}

export type RunningWorker = {
  /** Takes nothing new, hands back what waits, and ends when the steps under way have ended. */
  stop(): Promise<void>
}

/** Starts the four hands and the sweep over one Redis, one bucket and the configured lanes. */
export async function startWorker(config: WorkerConfig, parts: WorkerParts): Promise<RunningWorker> {
  const {
    log,
    through = {},
    at = nothingHappens,
    schedule = defaultSchedule,
    stalling = { lockMs: 4_000, checkMs: 2_000 },
  } = parts
  const { pace = { everyMs: 5_000, atOnce: 500, againMs: 600_000, auditMs: 300_000 } } = parts
  const connect = () =>
    connectRedis(config.REDIS_URL, 'worker', (error) => log.warn({ error: error.message }, 'redis is away'))
  const redis = connect()
  const ledger = (through.ledger ?? same)(openLedger(redis, config.RESTYLE_PREFIX))
  const queues = openQueues(redis, config.RESTYLE_PREFIX, (error) =>
    log.warn({ error: error.message }, 'redis is away'),
  )
  const store = (through.store ?? same)(storeOf(config, config.S3_BUCKET))
  const stop = new AbortController()
  const bench: Bench = { ledger, queues, log, stopping: stop.signal, at }

  const deadlines: Deadlines = {
    postMs: config.RESTYLE_POST_DEADLINE_MS,
    receiptMs: config.RESTYLE_RECEIPT_DEADLINE_MS,
    queryMs: 15_000,
  }
  const lanes = config.RESTYLE_LANES.map((each) => {
    const lane = openLane(each, deadlines)
    return { ...lane, client: (through.client ?? same)(lane.client) }
  })
  const laneOf = (name: string | undefined) => lanes.find((lane) => lane.name === name)
  for (const { name, model, region, running, submitPerSecond } of lanes)
    await ledger.lanes.announce({ name, model: model.id, region, running, submitPerSecond })

  const freed = await hearFreed(
    connect(),
    config.RESTYLE_PREFIX,
    lanes.map(({ name }) => name),
  )
  const dispatcher = parts.dispatcher ?? guardedAgent()
  const buckets = new Map(config.RESTYLE_SOURCE_BUCKETS.map((bucket) => [bucket, storeOf(config, bucket)]))
  const random = Math.random
  const submitTools = {
    ...bench,
    store,
    deadlines,
    random,
    writer: `${hostname()}-${process.pid}-${randomUUID()}`,
    addresses: sourceAddresses(config.RESTYLE_SOURCE_DELIVERY, store, (bucket) => buckets.get(bucket)),
    waitForLane: waitForLane(bench, lanes, freed, deadlines, config.RESTYLE_COPIES_BEHIND),
  }
  const doubtTools = {
    ...bench,
    store,
    laneOf,
    random,
    settleMs: config.RESTYLE_SETTLE_MS,
    skewMs: parts.skewMs ?? 120_000,
    onUnknown: config.RESTYLE_ON_UNKNOWN,
  }
  const pollTools = { ...bench, store, laneOf, schedule, random }
  const copyTools = {
    ...bench,
    store,
    dispatcher,
    random,
    keyTemplate: config.RESTYLE_KEY_TEMPLATE,
    maxBytes: config.RESTYLE_MAX_IMAGE_BYTES,
    downloadMs: 60_000,
    checkImage: through.checkImage ?? checkImage,
    spill: config.RESTYLE_SPILL_DIR === undefined ? undefined : openSpill(config.RESTYLE_SPILL_DIR),
    spillBeforeMs: config.RESTYLE_SPILL_BEFORE_MS,
    host: hostname(),
  }

  const models = [...new Set(lanes.map(({ model }) => model.id))]
  const common = { connection: connect(), stalling, model: '' }
  const hands = [
    ...models.map((model) => {
      const concurrency =
        1 + lanes.filter((lane) => lane.model.id === model).reduce((sum, lane) => sum + lane.posting, 0)
      return startHand(bench, {
        ...common,
        hand: 'submit',
        model,
        concurrency,
        act: (edit) => submit(edit, submitTools),
      })
    }),
    startHand(bench, {
      ...common,
      hand: 'reconcile',
      concurrency: 2,
      act: (edit) => resolveDoubt(edit, doubtTools),
    }),
    startHand(bench, {
      ...common,
      hand: 'poll',
      concurrency: config.RESTYLE_POLL_CONCURRENCY,
      act: (edit) => poll(edit, pollTools),
    }),
    startHand(bench, {
      ...common,
      hand: 'copy',
      concurrency: config.RESTYLE_COPY_CONCURRENCY,
      act: (edit) => copy(edit, copyTools),
    }),
  ]
  const running = hands.map((hand) => hand.run())
  const factsOf = (edit: NewEdit) => (name: string) => {
    const lane = laneOf(name)
    return {
      fingerprint: lane === undefined ? 'any' : fingerprintOf(lane, edit.request),
      costMicros: edit.request.n * (lane?.priceMicros ?? 0),
    }
  }
  const audit = (since: number) =>
    rebuild(since, { ledger, store, log, keyTemplate: config.RESTYLE_KEY_TEMPLATE, factsOf })
  const sweeping = sweep(bench, redis, pace, audit)
  log.info({ lanes: lanes.map(({ name }) => name) }, 'worker started')

  return {
    stop: async () => {
      stop.abort()
      await Promise.all(hands.map((hand) => hand.close()))
      await Promise.allSettled([...running, sweeping])
      await freed.stop()
      await queues.close()
      await Promise.all(lanes.map((lane) => lane.client.close()))
      await dispatcher.close()
      for (const each of [store, ...buckets.values()]) each.close()
      common.connection.disconnect()
      await redis.quit()
      log.info('worker stopped')
    },
  }
}

const same = <T>(thing: T): T => thing

function storeOf(config: WorkerConfig, bucket: string): Store {
  return openStore({
    bucket,
    region: config.S3_REGION,
    forcePathStyle: config.S3_FORCE_PATH_STYLE,
    ...(config.S3_ENDPOINT === undefined ? {} : { endpoint: config.S3_ENDPOINT }),
    ...(config.S3_ACCESS_KEY_ID === undefined ? {} : { accessKeyId: config.S3_ACCESS_KEY_ID }),
    ...(config.S3_SECRET_ACCESS_KEY === undefined ? {} : { secretAccessKey: config.S3_SECRET_ACCESS_KEY }),
  })
}
