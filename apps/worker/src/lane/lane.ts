import { createClient, type DashScope } from '@restyle/dashscope/client'
import { findModel } from '@restyle/dashscope/models'
import type { Model, Region } from '@restyle/dashscope/model'
import type { Currency } from '@restyle/shared/contract/money'
import type { Edit, World } from '@restyle/shared/contract/edit'
import type { EditRequest } from '@restyle/shared/contract/edit-request'
import { RestyleError } from '@restyle/shared/errors'
import { digestOf } from '@restyle/shared/ids'
import { laneIdOf } from '@restyle/shared/lane-id'
import type { Claims, LaneRoom } from '@restyle/shared/ledger/admit'
import type { LaneCard } from '@restyle/shared/ledger/lanes'
import type { ProxySettings } from '@restyle/shared/net/proxy-settings'
import { addressOf, type LaneConfig } from './lane-config.ts'

/** One DashScope account in one region for one model, with its quotas and price. */
export type Lane = {
  /** For people; what is kept of it is kept under `id`. */
  name: string
  id: string
  model: Model
  region: Region
  /** Lanes of one account share its query quota. */
  account: string
  /** The base address of its API, and the workspace: tasks of another one are not in its list. */
  baseUrl: string
  workspace: string | undefined
  client: DashScope
  /** Only this installation submits with this account, so an unknown task in its list is ours. */
  exclusive: boolean
  running: number
  submitPerSecond: number
  /** POSTs under way at a time: one at the documented quota; more if the quota allows several within one round trip. */
  posting: number
  /** Of one image. */
  priceMicros: number
  currency: Currency
  queryPerSecond: number
}

/** How long a POST, a receipt and a query may take. `receiptMs`: from the admission to the start of the POST. */
export type Deadlines = { postMs: number; receiptMs: number; queryMs: number }

/** An accepted POST takes about 0.2 s to be answered (docs/models.md §2). */
const roundTripSeconds = 0.2

export function openLane(config: LaneConfig, deadlines: Deadlines, proxies?: ProxySettings): Lane {
  const model = findModel(config.model)
  if (model === undefined)
    throw new RestyleError('BadConfiguration', `lane ${config.name}: there is no model ${config.model}`)
  const price = model.price[config.region]?.output
  if (price === undefined)
    throw new RestyleError(
      'BadConfiguration',
      `lane ${config.name}: ${config.model} is not offered in ${config.region}`,
    )
  const baseUrl = addressOf(config)
  if (baseUrl === undefined)
    throw new RestyleError(
      'BadConfiguration',
      `lane ${config.name}: ${config.region} has no shared host, baseUrl is needed`,
    )
  const submitPerSecond = config.submitPerSecond ?? model.quota.submit.count / model.quota.submit.perSeconds
  const running = config.running ?? model.quota.running
  const { account, workspace } = config
  return {
    name: config.name,
    id: laneIdOf({ baseUrl, account, workspace }, model.id),
    model,
    region: config.region,
    account,
    baseUrl,
    workspace,
    client: createClient({
      baseUrl,
      apiKey: config.apiKey,
      workspace,
      deadlines: { submit: deadlines.postMs, query: deadlines.queryMs },
      proxies,
    }),
    exclusive: config.exclusive,
    running,
    submitPerSecond,
    posting: Math.max(1, Math.min(running, Math.floor(submitPerSecond * roundTripSeconds))),
    priceMicros: (config.price ?? price).micros,
    currency: (config.price ?? price).currency,
    queryPerSecond: config.queryPerSecond,
  }
}

/**
 * What a lost task can be recognised by: the prompt, where results echo it. Where they do not, every submit has the same
 * fingerprint, so that such a lane has one uncertain submit at a time.
 */
export const fingerprintOf = ({ model }: Pick<Lane, 'model'>, request: EditRequest): string =>
  model.echoesPrompt ? digestOf(request.prompt) : 'any'

/** Where receipts are kept, and how they are created only once. */
export type ReceiptPlace = Pick<World, 'bucket' | 'createOnce'>

/** What a lane allows, but for what this process prepares. */
export type Room = Omit<LaneRoom, keyof Claims>

export const roomOf = (
  lane: Lane,
  deadlines: Deadlines,
  maxCopyBacklog: number,
  place: ReceiptPlace,
): Room => ({
  lane: lane.id,
  model: lane.model.id,
  running: lane.running,
  posting: lane.posting,
  // two per cent slower than the quota, so that it is never reached exactly
  submitIntervalMicros: Math.ceil(1_020_000 / lane.submitPerSecond),
  maxCopyBacklog,
  priceMicros: lane.priceMicros,
  currency: lane.currency,
  leaseMs: deadlines.receiptMs + deadlines.postMs,
  echoesPrompt: lane.model.echoesPrompt,
  world: worldOf(lane, place),
})

/** What the ledger writes into an edit that this lane admits. */
const worldOf = ({ baseUrl, account, workspace }: Lane, place: ReceiptPlace): World => ({
  baseUrl,
  account,
  ...(workspace === undefined ? {} : { workspace }),
  ...place,
})

/** What the ledger is told of a lane, for the producer side. */
export const cardOf = (lane: Lane): LaneCard => ({
  id: lane.id,
  name: lane.name,
  model: lane.model.id,
  region: lane.region,
  running: lane.running,
  submitPerSecond: lane.submitPerSecond,
  account: lane.account,
  price: { currency: lane.currency, micros: lane.priceMicros },
})

/** What an edit's images cost, in the currency in which it was admitted: a lane's price may change meanwhile. */
export const priceOf = (
  lane: Pick<Lane, 'currency' | 'priceMicros'>,
  { currency = 'CNY', reserved, request }: Pick<Edit, 'currency' | 'reserved' | 'request'>,
): number => (currency === lane.currency ? lane.priceMicros : Math.ceil(reserved / request.n))
