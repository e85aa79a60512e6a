import type { Edit } from '@restyle/shared/contract/edit'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { createLog } from '@restyle/shared/log'
import type { Queues } from '@restyle/shared/queues'
import { openRecall } from '@restyle/shared/receipt/usage-record'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import type { Store } from '@restyle/shared/store/store'
import { StoreError } from '@restyle/shared/store/store-error'
import type { DashScope } from '@restyle/dashscope/client'
import type { checkImage } from '@restyle/worker/copy/check-image'
import { copy } from '@restyle/worker/copy/copy'
import type { HandContext, Step } from '@restyle/worker/hand/step'
import { fingerprintOf, roomOf } from '@restyle/worker/lane/lane'
import { type Admitted, laneReaching } from '@restyle/worker/lane/lane-reaching'
import { openPrivateResults } from '@restyle/worker/copy/private-results'
import { openThumbnails } from '@restyle/worker/copy/thumbnails'
import { openDurations } from '@restyle/worker/poll/durations'
import { poll } from '@restyle/worker/poll/poll'
import { untimed } from '@restyle/worker/hand/pulse'
import { settingsAgain } from '@restyle/worker/rebuild/order-again'
import { rebuild } from '@restyle/worker/rebuild/rebuild'
import { reconcile } from '@restyle/worker/reconcile/reconcile'
import { moment } from '@restyle/worker/submit/moment'
import { openBreakers } from '@restyle/worker/submit/breakers'
import { submit } from '@restyle/worker/submit/submit'
import { sweepOnce } from '@restyle/worker/sweep'
import { recordUsage } from '@restyle/worker/usage/record-usage'
import type { Intake } from './batch.ts'
import { type LaneIs, lanesWhere } from './lanes.ts'
import { fetchImage } from './vendor.ts'

/*
 * A process of its own for one step: the real hands, and a boundary before each of their calls to the outside, where the
 * process can die or fall asleep.
 */

export const deadlines = { postMs: 6_000, receiptMs: 3_000, queryMs: 15_000 }
const settleMs = 60_000
const place = { bucket: 'here', createOnce: 'if-none-match' }
const keyTemplate = '{edit}/{index}.{ext}'
const log = createLog('silent')

/** What a process finds outside when it starts. */
export type Outside = {
  ledger: Ledger
  store: Store
  clientOf: (account: string) => DashScope
  lane: LaneIs
}

export type Process = Record<'submit' | 'reconcile' | 'poll' | 'copy', (edit: Edit) => Promise<Step>>

export function startProcess(outside: Outside, boundary: () => Promise<void>): Process {
  const own = {
    ledger: stepwise(outside.ledger, ['admit', 'move', 'read', 'now', 'ownerOf'], boundary),
    store: stepwise(outside.store, ['putIfAbsent', 'get', 'head'], boundary),
  }
  const lanes = lanesWhere(outside.lane, (account) =>
    stepwise(outside.clientOf(account), ['submit', 'task', 'list'], boundary),
  )
  const tools = {
    ...contextOf(own.ledger, own.store, boundary),
    deadlines,
    breakers: openBreakers(),
    addresses: {
      of: async (edit: Edit) => ({
        kind: 'ready' as const,
        urls: edit.request.images,
        usesOss: false,
        until: Infinity,
      }),
    },
    writer: `process-${Math.random()}`,
    laneOf: (edit: Admitted) => laneReaching(lanes, edit),
    settleMs,
    skewMs: 2_000,
    onUnknown: 'hold' as const,
    place,
    countState: () => 1,
    schedule: { firstMs: -Infinity, growth: 0, minMs: 0, maxMs: 0, usualMs: 0 },
    durations: openDurations(),
    privateResults: openPrivateResults(),
    fetchImage: (_editId: string, { url }: { url?: string | undefined }) => fetchImage(url),
    keyTemplate,
    checkImage: alwaysWhole,
    thumbnails: openThumbnails({ ...own, log }),
    spillBeforeMs: 0,
    spillWaitMs: 0,
    host: 'here',
  }
  return {
    // the ledger says which: it may be another one
    submit: async (edit) => {
      const [lane] = lanes
      if (lane === undefined) return { edit }
      const askedAt = moment()
      const claims = { ahead: 0, preparing: [], prepared: [], released: [] }
      const next = await own.ledger.admit({ ...roomOf(lane, deadlines, 10, place), ...claims })
      if (next.kind !== 'admitted') return { edit }
      return submit(next.edit, { lane, askedAt, sources: undefined }, tools)
    },
    reconcile: (edit) => reconcile(edit, tools),
    poll: (edit) => poll(edit, tools),
    copy: (edit) => copy(edit, tools),
  }
}

/** What a process of the producer, or one that feeds, finds outside, with a boundary before each of its calls. */
export const intakeOf = ({ ledger, store }: Outside, boundary: () => Promise<void>): Intake => ({
  ledger: stepwise(
    ledger,
    [
      ...([
        'openBatch',
        'appendRows',
        'readBatch',
        'readMap',
        'readEach',
        'read',
        'nextToFeed',
        'feed',
      ] as const),
      ...(['accept', 'cancelEdit', 'pauseEdit', 'cancelBatch', 'pauseBatch', 'pauseProducer'] as const),
      ...(['settleBatch', 'retryBatch'] as const),
    ],
    boundary,
  ),
  store: stepwise(store, ['putIfAbsent', 'get'], boundary),
})

/**
 * Puts back from the bucket what the ledger does not know of what was promised since then (epoch ms). Gives whether
 * everything was looked at.
 */
export async function putBack(since: number, { ledger, store, clientOf, lane }: Outside): Promise<boolean> {
  const lanes = lanesWhere(lane, clientOf)
  const factsOf =
    ({ request }: Pick<Edit, 'request'>) =>
    (id: string) => {
      const own = lanes.find((each) => each.id === id)
      return {
        fingerprint: own === undefined ? 'any' : fingerprintOf(own, request),
        costMicros: request.n * (own?.priceMicros ?? 0),
      }
    }
  const tools = {
    ledger,
    store,
    rows: openRowReader(store),
    log,
    keyTemplate,
    factsOf,
    told: new Set<string>(),
  }
  const rebuilt = await settingsAgain(tools)
    .then(() => rebuild(since, tools))
    .catch(throwUnlessBucket)
  return rebuilt?.missed === 0
}

/** What the duties of a worker do that look after edits and money. */
export async function sweepAll(ledger: Ledger, store: Store): Promise<void> {
  const context = contextOf(ledger, store)
  await sweepOnce(context, { everyMs: 1, batchSize: 10, againMs: 1, auditMs: 1 })
  await recordUsage(context, untimed(), 1).catch(throwUnlessBucket)
}

/** Reads in the bucket what a Redis that lost data does not know of a producer. */
export const recallOf = (store: Store) => openRecall({ store, log, now: Date.now })

/** Whoever meets a bucket that fails may throw what it throws, and is tried again. Anything else is a bug. */
export const throwUnlessBucket = (error: unknown): undefined => {
  if (!(error instanceof StoreError)) throw error
}

function contextOf(ledger: Ledger, store: Store, failpoint = async (): Promise<void> => {}) {
  const queues = { wake: async () => {}, awake: async (edits: readonly Edit[]) => edits.map(() => false) }
  const stopping = new AbortController().signal
  const context = { ledger, queues: queues as unknown as Queues, store, log, stopping, failpoint }
  return { ...context, random: () => 0.5 } satisfies HandContext
}

const alwaysWhole: typeof checkImage = async () => ({
  kind: 'whole',
  format: 'png',
  width: 1,
  height: 1,
  contentType: 'image/png',
  extension: 'png',
})

/** The same thing, with a boundary before each call of these methods. */
function stepwise<T extends object>(thing: T, methods: (keyof T)[], boundary: () => Promise<void>): T {
  return new Proxy(thing, {
    get: (target, name, receiver) => {
      const value: unknown = Reflect.get(target, name, receiver)
      if (typeof value !== 'function' || !methods.some((method) => method === name)) return value
      return async (...args: unknown[]) => {
        await boundary()
        return value.apply(target, args) as unknown
      }
    },
  })
}
