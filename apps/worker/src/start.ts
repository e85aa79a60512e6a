import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Worker } from 'bullmq'
import type { Dispatcher } from 'undici'
import type { Edit } from '@restyle/shared/contract/edit'
import { RestyleError } from '@restyle/shared/errors'
import type { Log } from '@restyle/shared/log'
import { guardedAgent } from '@restyle/shared/net/guarded-agent'
import { type BucketGate, openBucketGate } from '@restyle/shared/store/bucket-gate'
import { storeOptions } from '@restyle/shared/store/store-options'
import type { WorkerConfig } from './config.ts'
import { checkImage } from './copy/check-image.ts'
import { copy } from './copy/copy.ts'
import { openSpill } from './copy/spill.ts'
import { examine } from './doctor/doctor.ts'
import { runHand, type Stalling } from './run-hand.ts'
import type { HandContext, Step, TakeStep } from './step.ts'
import { type Freed, hearFreed } from './lane/freed.ts'
import { openServices, type Services, type TestSeams } from './services.ts'
import { type OnFailpoint, noFailpoints } from './failpoints.ts'
import { defaultSchedule, type PollSchedule } from './poll/next-poll.ts'
import { poll } from './poll/poll.ts'
import { rebuild } from './rebuild/rebuild.ts'
import { chooseDelivery } from './submit/choose-delivery.ts'
import { resolveDoubt } from './submit/resolve-doubt.ts'
import { sourceAddresses } from './submit/source-addresses.ts'
import { submit } from './submit/submit.ts'
import { waitForLane } from './submit/wait-for-lane.ts'
import { sweep, type SweepPace } from './sweep.ts'

/** What a worker is handed besides its configuration; production hands in nothing but the log. */
export type WorkerOverrides = {
  log: Log
  /** How images are fetched; by default from public addresses only. */
  dispatcher?: Dispatcher
  schedule?: PollSchedule
  pace?: SweepPace
  stalling?: Stalling
  /** How far the vendor's clock and ours may be apart. */
  skewMs?: number
  /** What happens between two steps. */
  failpoint?: OnFailpoint
  seams?: TestSeams
}

export type RunningWorker = {
  /** Takes nothing new, hands back what waits, and ends when the steps under way have ended. */
  stop(): Promise<void>
}

/** Starts the four hands and the sweep. Throws `NotFitToStart` where money or pictures would be at risk. */
export async function startWorker(config: WorkerConfig, handed: WorkerOverrides): Promise<RunningWorker> {
  const guard = { trusted: config.RESTYLE_TRUST_RANGES, proxies: config.proxies }
  const { log, failpoint = noFailpoints, dispatcher = guardedAgent(guard) } = handed
  const { pace = { everyMs: 5_000, atOnce: 500, againMs: 600_000, auditMs: 300_000 } } = handed
  const services = openServices(config, log, handed.seams)
  const { ledger, queues, lanes, redis } = services
  const stop = new AbortController()
  const context: HandContext = { ledger, queues, log, stopping: stop.signal, failpoint }

  const gate = openBucketGate(services.doctor.checkBucket, log)
  await checkHealth(services, gate, log)
  for (const { name, model, region, running, submitPerSecond } of lanes)
    await ledger.lanes.announce({ name, model: model.id, region, running, submitPerSecond })
  const names = lanes.map(({ name }) => name)
  const freed = await hearFreed(services.connect(), config.RESTYLE_PREFIX, names)
  const connection = services.connect()
  const hands = startHands(
    context,
    config,
    { ...handed, dispatcher },
    { ...services, gate, freed, connection },
  )
  const running = hands.map((hand) => hand.run())
  const sweeping = sweep(context, redis, pace, async (since) => {
    // what a bucket promises counts only if it is ours
    if (gate.isOpen()) await rebuild(since, services.rebuild)
  })
  log.info({ lanes: names }, 'worker started')

  return {
    stop: async () => {
      stop.abort()
      await Promise.all(hands.map((hand) => hand.close()))
      await Promise.allSettled([...running, sweeping])
      await gate.stop()
      await freed.stop()
      connection.disconnect()
      await services.close()
      await dispatcher.close()
      log.info('worker stopped')
    },
  }
}

async function checkHealth({ doctor, close }: Services, gate: BucketGate, log: Log): Promise<void> {
  const findings = await examine({ ...doctor, checkBucket: () => gate.first })
  for (const { what, verdict, says } of findings) if (verdict === 'warn') log.warn({ what }, says)
  const refused = findings.filter(({ verdict }) => verdict === 'refuse')
  if (refused.length === 0) return
  await gate.stop()
  await close()
  const lines = refused.map(({ what, says }) => `  ${what}: ${says}`)
  throw new RestyleError('NotFitToStart', `the worker does not start:\n${lines.join('\n')}`)
}

function startHands(
  context: HandContext,
  config: WorkerConfig,
  handed: WorkerOverrides & { dispatcher: Dispatcher },
  services: Services & { gate: BucketGate; freed: Freed; connection: ReturnType<Services['connect']> },
): Worker[] {
  const { schedule = defaultSchedule, stalling = { lockMs: 4_000, checkMs: 2_000 }, seams = {} } = handed
  const { lanes, laneOf, deadlines, store, gate, freed, connection } = services
  const common = { ...context, store, laneOf, random: Math.random }
  const { delivery, because } = chooseDelivery(config.RESTYLE_SOURCE_DELIVERY, storeOptions(config))
  context.log.info({ delivery, because }, 'source pictures in buckets are delivered to the vendor')
  const submitTools = {
    ...common,
    deadlines,
    writer: `${hostname()}-${process.pid}-${randomUUID()}`,
    lanesFor: (model: string) => lanes.filter((lane) => lane.model.id === model),
    addresses: sourceAddresses(delivery, store, services),
    waitForLane: waitForLane(context, lanes, freed, deadlines, config.RESTYLE_COPIES_BEHIND),
  }
  const doubtTools = {
    ...common,
    settleMs: config.RESTYLE_SETTLE_MS,
    skewMs: handed.skewMs ?? 120_000,
    onUnknown: config.RESTYLE_ON_UNKNOWN,
    receipts: config.S3_CREATE_ONCE === 'off' ? ('off' as const) : ('on' as const),
  }
  const pollTools = { ...common, schedule }
  const copyTools = {
    ...common,
    dispatcher: handed.dispatcher,
    keyTemplate: config.RESTYLE_KEY_TEMPLATE,
    maxBytes: config.RESTYLE_MAX_IMAGE_BYTES,
    downloadMs: 60_000,
    checkImage: seams.checkImage ?? checkImage,
    spill: config.RESTYLE_SPILL_DIR === undefined ? undefined : openSpill(config.RESTYLE_SPILL_DIR),
    spillBeforeMs: config.RESTYLE_SPILL_BEFORE_MS,
    host: hostname(),
  }

  const hand = (options: Omit<Parameters<typeof runHand>[1], 'connection' | 'stalling'>) =>
    runHand(context, { ...options, connection, stalling })
  const models = [...new Set(lanes.map(({ model }) => model.id))]
  /** One edit waits for a slot while the others are being posted. */
  const submitting = (model: string) =>
    lanes.filter((lane) => lane.model.id === model).reduce((sum, lane) => sum + lane.posting, 1)
  return [
    ...models.map((model) =>
      hand({
        hand: 'submit',
        model,
        concurrency: submitting(model),
        takeStep: onceOpen(gate, (edit) => submit(edit, submitTools)),
      }),
    ),
    hand({
      hand: 'reconcile',
      concurrency: 2,
      takeStep: onceOpen(gate, (edit) => resolveDoubt(edit, doubtTools)),
    }),
    hand({
      hand: 'poll',
      concurrency: config.RESTYLE_POLL_CONCURRENCY,
      takeStep: (edit) => poll(edit, pollTools),
    }),
    hand({
      hand: 'copy',
      concurrency: config.RESTYLE_COPY_CONCURRENCY,
      takeStep: (edit) => copy(edit, copyTools),
    }),
  ]
}

/** A step that leans on receipts is not taken before the bucket was found sound. */
const onceOpen =
  (gate: BucketGate, takeStep: (edit: Edit) => Promise<Step>): TakeStep =>
  async (edit, signal) =>
    (await gate.opened(signal)) ? takeStep(edit) : { edit, inMs: 0 }
