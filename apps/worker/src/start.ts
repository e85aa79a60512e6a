import type { Worker } from 'bullmq'
import type { Dispatcher } from 'undici'
import { RestyleError } from '@restyle/shared/errors'
import { subscribeFreed } from '@restyle/shared/ledger/freed'
import type { Log } from '@restyle/shared/log'
import { openRetake } from '@restyle/shared/rows/retake'
import { sleep } from '@restyle/shared/sleep'
import { guardedAgent } from '@restyle/shared/net/guarded-agent'
import { proxyText } from '@restyle/shared/net/proxy-settings'
import { tryUntilHere } from '@restyle/shared/redis/try-redis'
import { readEdit } from '@restyle/shared/rows/read-edits'
import { type BucketGate, openBucketGate } from '@restyle/shared/store/bucket-gate'
import type { WorkerConfig } from './config.ts'
import { checkImage } from './copy/check-image.ts'
import { copyHand, spillOf } from './copy/copy-hand.ts'
import { openThumbnails, type ThumbnailPace, type Thumbnails } from './copy/thumbnails.ts'
import { type DoctorTools, examine } from './doctor/doctor.ts'
import { dutiesOf, type DutyTools } from './duties.ts'
import { runDuty } from './duty.ts'
import { feedHungry } from './feed/feed-hungry.ts'
import { filesDuty } from './files/files-duty.ts'
import { foldDuty } from './fold/fold-ended.ts'
import { noFailpoints, type OnFailpoint } from './hand/failpoints.ts'
import { type HandOptions, runHand } from './hand/run-hand.ts'
import type { QueueSettings, Stalling } from './hand/run-queue.ts'
import type { HandContext } from './hand/step.ts'
import { defaultSchedule, type PollSchedule } from './poll/next-poll.ts'
import { pollHand } from './poll/poll-hand.ts'
import { cardOf } from './lane/lane.ts'
import { audit } from './rebuild/audit.ts'
import { reconcileHand } from './reconcile/reconcile-hand.ts'
import { closeSoon, leave } from './leave.ts'
import { type DeliveryOverrides, startDelivery } from './start-delivery.ts'
import { openServices, type Services, type TestSeams } from './services.ts'
import type { SourcePatience } from './submit/source-trouble.ts'
import { submitToLanes } from './submit/submit-to-lanes.ts'
import type { SweepPace } from './sweep.ts'
import { recordUsage } from './usage/record-usage.ts'
import { recordVerdicts } from './verdict/record-verdicts.ts'

/** What a worker gets besides its configuration; production passes only the log. */
export type WorkerOverrides = {
  log: Log
  /** How images are fetched; by default from public addresses only. The worker closes it. */
  dispatcher?: Dispatcher
  schedule?: PollSchedule
  pace?: SweepPace
  /** How long a source is tried whose store refuses it. */
  sourcePatience?: SourcePatience
  /** How long a backlog may make no progress before a person is called (ms). */
  backlogMs?: number
  stalling?: Stalling
  /** How long after its end the results and the report of a batch are stored (ms). */
  filesAfterMs?: number
  /** How many small pictures are made. */
  thumbnails?: ThumbnailPace
  /** How far the vendor's clock and ours may be apart. */
  skewMs?: number
  /** What happens between two steps. */
  failpoint?: OnFailpoint
  seams?: TestSeams
  /** How events are sent to webhooks. */
  delivery?: DeliveryOverrides
}

export type RunningWorker = {
  /** Takes nothing new, hands back what waits, and ends when the steps under way have ended. */
  stop(): Promise<void>
}

/**
 * Starts the hands and the sweep. Throws `NotFitToStart` where money or pictures would be at risk. A start that fails
 * leaves nothing open.
 */
export async function startWorker(config: WorkerConfig, overrides: WorkerOverrides): Promise<RunningWorker> {
  // closed in reverse
  const opened = new AsyncDisposableStack()
  try {
    await start(config, overrides, opened)
  } catch (error) {
    await opened.disposeAsync()
    throw error
  }
  return {
    stop: async () => {
      await opened.disposeAsync()
      overrides.log.info('worker stopped')
    },
  }
}

async function start(
  config: WorkerConfig,
  overrides: WorkerOverrides,
  opened: AsyncDisposableStack,
): Promise<void> {
  const guard = { trusted: config.RESTYLE_TRUST_RANGES, proxies: config.proxies }
  const { log, failpoint = noFailpoints, dispatcher = guardedAgent(guard) } = overrides
  const { pace = { everyMs: 5_000, batchSize: 500, againMs: 600_000, auditMs: 300_000 } } = overrides
  const { backlogMs = 15 * 60_000, filesAfterMs = 2_000 } = overrides
  const { stalling = { lockMs: 4_000, checkMs: 2_000 } } = overrides
  opened.defer(() => closeSoon(() => dispatcher.close()))
  for (const said of config.unheededProxies) log.warn({ said }, 'proxy variable is not honoured')
  const proxy = proxyText(config.proxies)
  if (proxy !== undefined) log.info({ proxy }, 'vendor, results and bucket are reached through a proxy')
  const services = openServices(config, log, overrides.seams)
  opened.defer(() => closeSoon(() => services.close()))
  const { ledger, queues, store, lanes } = services
  const stop = new AbortController()
  const random = Math.random
  const context: HandContext = { ledger, queues, store, log, stopping: stop.signal, failpoint, random }

  const gate = opened.adopt(openBucketGate(services.doctor.checkBucket, log), (each) =>
    closeSoon(() => each.stop()),
  )
  await checkHealth({ ...services.doctor, checkBucket: () => gate.first }, log)
  for (const lane of lanes) await ledger.lanes.announce(cardOf(lane))
  const names = lanes.map(({ name }) => name)
  const connect = () => opened.adopt(services.connect(), (each) => each.disconnect())
  const heard = lanes.map(({ id, model }) => ({ id, model: model.id }))
  const freed = await subscribeFreed(connect(), config.RESTYLE_PREFIX, heard)
  const settings: QueueSettings = { connection: connect(), prefix: config.RESTYLE_PREFIX, stalling, log }
  const thumbnails = openThumbnails(context, overrides.thumbnails)
  opened.defer(() => closeSoon(() => thumbnails.close()))
  const wired = { ...services, freed, gate, dispatcher, thumbnails }
  const hands = handsOf(context, wired, config, overrides).map((hand) => runHand(context, hand, settings))
  const toWebhooks = { settings, own: connect(), opened }
  const delivery = startDelivery(context, toWebhooks, config, overrides.delivery)
  const { sourcePatience } = overrides
  const submitting = submitToLanes(context, { ...wired, sourcePatience }, config)
  const feeding = feedHungry({ ...context, ...wired, retake: openRetake(services) })
  const workers = [...hands, delivery.worker]
  const running = [submitting, feeding, delivery.listening, ...workers.map((each) => each.run())]
  const withBucket = bucketDuties(context, { ...wired, filesAfterMs }, config)
  const tools = { ...services, ...withBucket, pace, spill: spillOf(config), backlogMs }
  const duties = dutiesOf(context, tools)
  const working = [...duties, delivery.duty].map((duty) => runDuty(duty, context))
  opened.defer(() => {
    stop.abort()
    const { redis } = services
    const leaving = { ping: () => redis.ping(), cut: () => redis.disconnect(), log }
    return leave(finishSteps(workers, running, working), leaving)
  })
  log.info({ lanes: names }, 'worker started')
}

/** What is done only in a bucket that is ours and sound. */
function bucketDuties(
  context: HandContext,
  services: Services & { gate: BucketGate; dispatcher: Dispatcher; filesAfterMs: number },
  config: WorkerConfig,
): Pick<DutyTools, 'asks' | 'audit' | 'fold' | 'files' | 'readEdit' | 'recordUsage' | 'recordVerdicts'> {
  const { gate, filesAfterMs: afterMs } = services
  const { RESTYLE_KEY_TEMPLATE: keyTemplate, RESTYLE_REPORT_ROWS: reportRows } = config
  const files = filesDuty({ ...services, ...context, keyTemplate, reportRows, afterMs })
  const fold = foldDuty({ ...context, keptMs: config.RESTYLE_KEEP_DAYS * dayMs })
  return {
    audit: async (pulse) => {
      if (!gate.isOpen()) return false
      await audit(services.rebuild, pulse)
      return true
    },
    fold: async (pulse) => {
      if (gate.isOpen()) await fold(pulse)
    },
    files: async (pulse) => {
      if (gate.isOpen()) await files(pulse)
    },
    recordUsage: async (pulse) => {
      if (gate.isOpen()) await recordUsage(context, pulse)
    },
    recordVerdicts: async (pulse) => {
      if (gate.isOpen()) await recordVerdicts(context, pulse)
    },
    readEdit: (id) => readEdit(id, services),
    asks: () => gate.isOpen(),
  }
}

/** Every hand that is woken for an edit, each wired in its own folder. */
function handsOf(
  context: HandContext,
  services: Services & { gate: BucketGate; dispatcher: Dispatcher; thumbnails: Thumbnails },
  config: WorkerConfig,
  { schedule = defaultSchedule, skewMs = 120_000, seams = {} }: WorkerOverrides,
): HandOptions[] {
  const { laneOf, place, gate, dispatcher, thumbnails } = services
  const { atOnce, ...copying } = copyHand(
    context,
    { dispatcher, thumbnails, checkImage: seams.checkImage ?? checkImage },
    config,
  )
  return [
    onceOpen(gate, reconcileHand(context, { laneOf, place, skewMs }, config)),
    { ...pollHand(context, { laneOf, schedule }, config), goOn: atOnce },
    copying,
  ]
}

/** The hand takes no step before the bucket was found sound. */
const onceOpen = (gate: BucketGate, hand: HandOptions): HandOptions => ({
  ...hand,
  takeStep: async (edit, signal) =>
    (await gate.opened(signal)) ? hand.takeStep(edit, signal) : { edit, inMs: 0 },
})

const dayMs = 24 * 3600_000

/** A duty may be given up at any time: the next worker starts it again. */
const dutyGraceMs = 5_000

/** Waits until the steps under way have ended, and the duties for a moment. */
async function finishSteps(
  hands: readonly Pick<Worker, 'close'>[],
  running: readonly Promise<unknown>[],
  working: readonly Promise<unknown>[],
): Promise<void> {
  const over = new AbortController()
  await Promise.all([
    ...hands.map((hand) => hand.close()),
    Promise.allSettled(running),
    Promise.race([Promise.allSettled(working), sleep(dutyGraceMs, over.signal)]),
  ])
  over.abort()
}

async function checkHealth(doctor: DoctorTools, log: Log): Promise<void> {
  const findings = await examine({ ...doctor, tryRedis: () => tryUntilHere(doctor.tryRedis, log) })
  for (const { what, verdict, says } of findings) if (verdict === 'warn') log.warn({ what }, says)
  const refused = findings.filter(({ verdict }) => verdict === 'refuse')
  if (refused.length === 0) return
  const lines = refused.map(({ what, says }) => `  ${what}: ${says}`)
  throw new RestyleError('NotFitToStart', `the worker does not start:\n${lines.join('\n')}`)
}
