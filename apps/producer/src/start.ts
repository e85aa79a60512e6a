import type { AddressInfo } from 'node:net'
import { limits } from '@restyle/shared/contract/limits'
import { RestyleError } from '@restyle/shared/errors'
import { openForecasts } from '@restyle/shared/forecasts'
import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import { openQueues } from '@restyle/shared/queues'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import { openBucketGate } from '@restyle/shared/store/bucket-gate'
import { checkBucket } from '@restyle/shared/store/check-bucket'
import { askWhenOpen, gatedStore } from '@restyle/shared/store/gated-store'
import type { Store } from '@restyle/shared/store/store'
import { isOfConnection } from '@restyle/shared/redis/outage'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import { watchRoom } from '@restyle/shared/ledger/room'
import type { EndpointRules } from '@restyle/shared/webhook/endpoint-address'
import { type DirectOptions, startDirect } from './direct/start-direct.ts'
import { openFollowers } from './event/followers.ts'
import type { Patience } from './http/send-frames.ts'
import { type ApiKeys, openApiKeys } from './http/api-keys.ts'
import type { Api } from './http/api.ts'
import { openLimits } from './http/limits-of.ts'
import { watchKeys } from './http/live-keys.ts'
import { defaultHttp, type HttpOptions } from './http/open-server.ts'
import type { Places } from './http/places.ts'
import { openRates } from './http/request-rate.ts'
import { openBatchKeys } from './intake/batch-keys.ts'
import { openNotedLots } from './intake/noted-lots.ts'
import { refuseWhenFull } from './intake/refuse-when-full.ts'
import { openPromises } from './intake/promise-edits.ts'
import { sharedLedger } from './intake/shared-calls.ts'
import { openSources } from './intake/sources.ts'
import type { IntakeTools } from './intake/tools.ts'
import { type ScheduleOptions, startSchedules } from './schedule/start-schedules.ts'
import { createServer } from './server.ts'
import { startWebhookWatch } from './webhook/watch-webhooks.ts'

export type ProducerOptions = {
  config: { host: string; port: number; prefix: string }
  /** Both are handed in connected, and the caller closes them. */
  redis: RedisClient
  store: Store
  log: Log
  /** Exact `host:port` pairs that pictures may come from although they are not public: the sandbox's own. */
  allowHosts?: readonly string[]
  /** What a test puts in place of something. */
  seams?: { ledger?: (ledger: Ledger) => Ledger }
  /** How many may wait for events at once on this process. */
  followers?: Places
  /** How long a stream of events waits for its reader. */
  patience?: Patience
  http?: Partial<HttpOptions>
  schedules?: ScheduleOptions
  /** Which addresses webhooks may have that are not public; none without it. */
  endpoints?: EndpointRules
  /** Takes edits from the intake queue too. */
  direct?: DirectOptions
}

/** A running producer. */
export type Producer = {
  url: string
  app: Api
  /** Takes nothing new, lets requests end, then closes what it opened. */
  stop(): Promise<void>
}

const defaultPlaces: Places = { all: limits.followers, each: limits.followersEach }

/** How long requests under way may take when the producer stops. */
const stopGraceMs = 5_000

/** Opens the HTTP side on the given connections and listens. Throws `PortTaken`. */
export async function startProducer(options: ProducerOptions): Promise<Producer> {
  // closes in reverse what was opened: when the producer stops, or at once when its start fails midway
  const opened = new AsyncDisposableStack()
  const { log } = options
  try {
    const app = await openServer(options, opened)
    const url = await listen(app, options.config)
    log.info({ url }, 'producer started')
    return {
      url,
      app,
      async stop() {
        await opened.disposeAsync()
        log.info({}, 'producer stopped')
      },
    }
  } catch (error) {
    await opened.disposeAsync()
    throw error
  }
}

async function openServer(options: ProducerOptions, opened: AsyncDisposableStack): Promise<Api> {
  const { config, redis, log, allowHosts = [], followers: places = defaultPlaces } = options
  const { prefix } = config
  const http = { ...defaultHttp, ...options.http }
  const gate = openBucketGate((stopping) => checkBucket(options.store, redis, prefix, stopping), log)
  opened.defer(() => gate.stop())
  const store = gatedStore(options.store, gate)
  const queues = openQueues(redis, prefix, (error) => {
    // told by the connection itself
    if (!isOfConnection(error)) log.warn({ error: error.message }, 'queue did not answer')
  })
  opened.defer(() => queues.close())
  const followers = openFollowers(redis, prefix, places)
  opened.defer(() => followers.stop())
  const roomFor = watchRoom(redis, prefix, log)
  const { ledger: instead = (ledger: Ledger) => ledger } = options.seams ?? {}
  const [ledger, sources] = [instead(openLedger(redis, prefix)), openSources(store)]
  const keyWatch = watchKeys(ledger.apiKeys, log)
  opened.defer(() => keyWatch.stop())
  const limitsOf = openLimits(ledger, Date.now)
  const openLimitOf = async (producer: string) => (await limitsOf(producer)).openEdits
  const intake = openIntake({ ledger, store, sources, roomFor, openLimitOf, allowHosts, log })
  const apiKeys = openApiKeys(ledger.apiKeys, {
    now: Date.now,
    failed: (error) => log.debug({ error }, 'use of a key could not be noted'),
  })
  const app = await createServer({
    apiKeys,
    rates: openRates({ redis, prefix, perMinute: http.rate }),
    ledger,
    queues,
    store,
    rows: openRowReader(store),
    sources,
    intake,
    sourceBuckets: options.schedules?.places ?? [],
    endpoints: options.endpoints ?? {},
    forecasts: openForecasts({ ledger, now: Date.now }),
    streamOf: (producer) => ledger.events(producer),
    followers,
    keyWatch,
    limitsOf,
    patience: options.patience,
    http,
    checks: {
      // a write, since a Redis that is full still answers a PING
      Redis: async () => {
        await refuseWhenFull({ roomFor }, 1)
        await ledger.takesWrites()
      },
      'the bucket': () => askWhenOpen(store, gate),
    },
    log,
  })
  opened.defer(() => closeServer(app))
  startDuties(options, { ledger, store, intake, log, apiKeys }, opened)
  return app
}

/** What the producer does besides requests. */
function startDuties(
  { config, schedules: how = {}, direct: queue }: ProducerOptions,
  tools: Parameters<typeof startSchedules>[0] & { ledger: Ledger; apiKeys: ApiKeys },
  opened: AsyncDisposableStack,
): void {
  const schedules = startSchedules(tools, how)
  opened.defer(() => schedules.stop())
  const webhooks = startWebhookWatch(tools)
  opened.defer(() => webhooks.stop())
  if (queue === undefined) return
  const direct = startDirect({ ...tools, prefix: config.prefix }, queue)
  opened.defer(() => direct.stop())
}

type IntakeParts = Omit<IntakeTools, 'ledger' | 'promises' | 'batchKeys' | 'notedLots' | 'now'> & {
  ledger: Ledger
}

/** What takes edits and batches, over HTTP, by schedules and from the intake queue. */
const openIntake = ({ ledger, store, ...parts }: IntakeParts): IntakeTools => ({
  ...parts,
  ledger: sharedLedger(ledger),
  store,
  promises: openPromises({ store, now: Date.now }),
  batchKeys: openBatchKeys(store),
  notedLots: openNotedLots(store),
  now: Date.now,
})

async function listen(app: Api, { host, port }: ProducerOptions['config']): Promise<string> {
  await app.listen({ host, port }).catch((error: Error & { code?: string }) => {
    if (error.code !== 'EADDRINUSE') throw error
    const said = `port ${port} is taken by another program: end it, or set PORT to a free one`
    throw new RestyleError('PortTaken', said, {}, error)
  })
  const taken = app.server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${taken.port}`
}

async function closeServer(app: Api): Promise<void> {
  // a connection that was opened and never used would keep the server for ever
  const grace = setTimeout(() => app.server.closeAllConnections(), stopGraceMs)
  try {
    await app.close()
  } finally {
    clearTimeout(grace)
  }
}
