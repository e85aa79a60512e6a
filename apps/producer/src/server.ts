import type { EventStream } from '@restyle/shared/event/event-stream'
import type { Forecasts } from '@restyle/shared/forecasts'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import type { Queues } from '@restyle/shared/queues'
import type { RowReader } from '@restyle/shared/rows/read-rows'
import type { SourceBucket } from '@restyle/shared/store/source-buckets'
import type { Store } from '@restyle/shared/store/store'
import type { EndpointRules } from '@restyle/shared/webhook/endpoint-address'
import { batchRoutes } from './batch/batch-routes.ts'
import { openBatchRoutes, rowRoutes } from './batch/row-routes.ts'
import { changeBatch } from './batch/change-batch.ts'
import { mapRoutes } from './batch/map-routes.ts'
import { catalogRoutes } from './catalog/catalog-routes.ts'
import { consolePages } from './console/page-routes.ts'
import { sessionListRoutes } from './console/session-list-routes.ts'
import { sessionRoutes } from './console/session-routes.ts'
import { batchControlRoutes } from './control/batch-control-routes.ts'
import { controlRoutes } from './control/control-routes.ts'
import { retryRoutes } from './control/retry-routes.ts'
import { settingsRoutes } from './control/settings-routes.ts'
import { editRoutes } from './edit/edit-routes.ts'
import { historyRoutes } from './edit/history-routes.ts'
import { eventRoutes } from './event/event-routes.ts'
import type { Followers } from './event/followers.ts'
import type { Patience } from './http/send-frames.ts'
import { groupRoutes } from './event/group-routes.ts'
import { redoRoutes } from './redo/redo-routes.ts'
import { editForecastRoutes } from './forecast/edit-forecast-routes.ts'
import { forecastRoutes } from './forecast/forecast-routes.ts'
import { type Checks, healthRoutes } from './health/health-routes.ts'
import type { ApiKeys } from './http/api-keys.ts'
import type { Api } from './http/api.ts'
import { authenticate } from './http/authenticate.ts'
import { docsPage } from './http/docs-page.ts'
import { openBodyRoom } from './http/large-bodies.ts'
import type { LimitsOf } from './http/limits-of.ts'
import { openPictureRoom } from './http/picture-bodies.ts'
import type { KeyWatch } from './http/live-keys.ts'
import { oneAtATime } from './http/one-at-a-time.ts'
import { type HttpOptions, openServer } from './http/open-server.ts'
import { describeApi } from './http/openapi.ts'
import { problemsPage } from './http/problems-page.ts'
import { limitRate, type Rates } from './http/request-rate.ts'
import type { Sessions } from './http/sessions.ts'
import { sparingLog } from './http/sparing-log.ts'
import type { Sources } from './intake/sources.ts'
import type { IntakeTools } from './intake/tools.ts'
import { keyRoutes } from './key/key-routes.ts'
import { laneRoutes } from './lane/lane-routes.ts'
import { listRoutes } from './list/list-routes.ts'
import { liveRoutes } from './live/live-routes.ts'
import { watchBatches } from './live/watch-batches.ts'
import { modelRoutes } from './model/model-routes.ts'
import type { Pictures } from './result/pictures.ts'
import { resultRoutes } from './result/result-routes.ts'
import { reviewRoutes } from './review/review-routes.ts'
import { scheduleRoutes } from './schedule/schedule-routes.ts'
import { sourceRoutes } from './source/source-routes.ts'
import { usageRoutes } from './usage/usage-routes.ts'
import { operationRoutes } from './verdict/operation-routes.ts'
import { verdictRoutes } from './verdict/verdict-routes.ts'
import { deliveryRoutes } from './webhook/delivery-routes.ts'
import { webhookRoutes } from './webhook/webhook-routes.ts'

const tags = [
  { name: 'edits', description: 'One instruction over one to three pictures' },
  { name: 'batches', description: 'Many edits at once' },
  { name: 'catalogs', description: 'What became of the rows of a catalog that is run again and again' },
  { name: 'reviews', description: 'Edits that wait for a person to decide' },
  { name: 'verdicts', description: 'What persons think of results' },
  { name: 'events', description: 'How every edit ended, at least once and in order per edit' },
  { name: 'webhooks', description: 'Events sent to your own addresses, signed after Standard Webhooks' },
  { name: 'schedules', description: 'Catalogs that are run again and again' },
  { name: 'sources', description: 'Pictures uploaded under their SHA-256' },
  { name: 'producer', description: 'The producer that the key belongs to' },
  { name: 'keys', description: 'Keys of producers: what they may do, and how long they live' },
  {
    name: 'lanes',
    description: 'Accounts and models that edits are submitted to; for keys with the scope admin',
  },
  { name: 'console', description: 'Sessions of browsers' },
  { name: 'models', description: 'What can be asked for' },
  { name: 'health', description: 'Whether this process works' },
]

/** What all features need together; each one's type names its own part. */
export type ServerParts = {
  apiKeys: ApiKeys
  sessions: Sessions
  rates: Rates
  ledger: Ledger
  queues: Queues
  store: Store
  rows: RowReader
  sources: Sources
  pictures: Pictures
  intake: IntakeTools
  /** What the manifests of schedules may name. */
  sourceBuckets: readonly SourceBucket[]
  /** Which addresses webhooks may have. */
  endpoints: EndpointRules
  forecasts: Forecasts
  streamOf: (producer: string) => EventStream
  followers: Followers
  keyWatch: KeyWatch
  limitsOf: LimitsOf
  /** How long a stream of events waits for its reader. */
  patience?: Patience | undefined
  checks: Checks
  http: HttpOptions
  /** Where the console was built into. */
  consoleDir: string
  log: Log
}

/** A server with all features side by side, ready to listen or to be injected into. */
export async function createServer(parts: ServerParts): Promise<Api> {
  const { followers, http, log, rates } = parts
  const warn = sparingLog(log)
  const app = await openServer(http, { log, warn, stopping: followers.stopping })
  const batchWatch = watchBatches(parts.ledger, warn)
  app.addHook('preClose', async () => {
    batchWatch.stop()
    followers.stop()
  })
  await describeApi(app, tags)
  problemsPage(app)
  docsPage(app)
  await app.register(async (open: Api) => consolePages(open, { dir: parts.consoleDir }))

  // a plugin each, so that what one of them sets holds for its own routes only
  await app.register(async (open: Api) => {
    healthRoutes(open, { ...parts, warn })
  })
  const [bodies, pictureRoom] = [openBodyRoom(), openPictureRoom()]
  await app.register(async (keyed: Api) => {
    authenticate(keyed, parts)
    limitRate(keyed, rates)
    oneAtATime(keyed)
    sessionRoutes(keyed, parts)
    sessionListRoutes(keyed, { ...parts, now: Date.now })
    modelRoutes(keyed)
    changeBatch(keyed, parts)
    mapRoutes(keyed, parts)
    reviewRoutes(keyed, parts)
    openBatchRoutes(keyed, parts)
    catalogRoutes(keyed, { ...parts, stopping: followers.stopping })
    eventRoutes(keyed, parts)
    groupRoutes(keyed, parts)
    controlRoutes(keyed, parts)
    batchControlRoutes(keyed, parts)
    retryRoutes(keyed, parts)
    redoRoutes(keyed, parts)
    laneRoutes(keyed, parts)
    listRoutes(keyed, parts)
    liveRoutes(keyed, { ...parts, batchWatch })
    historyRoutes(keyed, parts)
    scheduleRoutes(keyed, parts)
    resultRoutes(keyed, parts)
    settingsRoutes(keyed, parts)
    usageRoutes(keyed, parts)
    forecastRoutes(keyed, parts)
    editForecastRoutes(keyed, parts)
    keyRoutes(keyed, { ...parts, now: Date.now })
    webhookRoutes(keyed, parts)
    deliveryRoutes(keyed, parts)
    verdictRoutes(keyed, parts)
    operationRoutes(keyed, parts)
    await keyed.register(async (bytes: Api) => editRoutes(bytes, { ...parts, pictureRoom }))
    await keyed.register(async (bytes: Api) => batchRoutes(bytes, { ...parts, bodies, pictureRoom }))
    await keyed.register(async (bytes: Api) => rowRoutes(bytes, { ...parts, bodies, pictureRoom }))
    await keyed.register(async (bytes: Api) => sourceRoutes(bytes, { ...parts, bodies }))
  })
  await app.ready()
  return app
}
