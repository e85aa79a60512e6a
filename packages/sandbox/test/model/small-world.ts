import type { Edit, Image } from '@restyle/shared/contract/edit'
import { EditRequest } from '@restyle/shared/contract/edit-request'
import { isTerminal } from '@restyle/shared/contract/edit-state'
import { type LedgerKeys, ledgerKeys } from '@restyle/shared/ledger/keys'
import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import type { LedgerScripts } from '@restyle/shared/ledger/lua'
import { laneIdOf } from '@restyle/shared/lane-id'
import { createLog } from '@restyle/shared/log'
import { handOf, type Queues } from '@restyle/shared/queues'
import type { Store } from '@restyle/shared/store/store'
import { StoreError } from '@restyle/shared/store/store-error'
import type { DashScope } from '@restyle/dashscope/client'
import { defaultModel } from '@restyle/dashscope/models'
import type { checkImage } from '@restyle/worker/copy/check-image'
import { download } from '@restyle/worker/copy/download'
import { copy } from '@restyle/worker/copy/copy'
import { openPrivateResults } from '@restyle/worker/copy/private-results'
import type { HandContext, Step } from '@restyle/worker/hand/step'
import { admissionOf, type Lane } from '@restyle/worker/lane/lane'
import { openDurations } from '@restyle/worker/poll/durations'
import { poll } from '@restyle/worker/poll/poll'
import { reconcile } from '@restyle/worker/reconcile/reconcile'
import { moment } from '@restyle/worker/submit/moment'
import { openBreakers } from '@restyle/worker/submit/breakers'
import { submit } from '@restyle/worker/submit/submit'
import type { WaitForLane } from '@restyle/worker/submit/wait-for-lane'
import { sweepOnce } from '@restyle/worker/sweep'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import { MockAgent } from 'undici'
import { type Action, editsPerSequence, type Stop } from './actions.ts'
import { type Backup, dump, restore } from './backup.ts'
import { type Bucket, openBucket } from './bucket.ts'
import { clocked } from './clocked-redis.ts'
import { openVendor, pictureOf, pricePerImage, type Reply, type Vendor } from './vendor.ts'

/*
 * One sequence: the real hands and the real ledger on a database of their own, a vendor and a bucket in memory, and a
 * clock that moves when told. Each call of a hand to the outside is a place where its process can die or fall asleep.
 */

const deadlines = { postMs: 6_000, receiptMs: 3_000, queryMs: 15_000 }
const settleMs = 60_000
const vendorAt = { baseUrl: 'https://vendor.test', account: 'one', workspace: undefined }
/** What the one lane is called in the ledger. */
export const laneId = laneIdOf(vendorAt, defaultModel.id)
const place = { bucket: 'here', createOnce: 'if-none-match' }
const log = createLog('silent')
const producer = 'acme'

/** Takes a guard out, to see that the suite notices. */
export type Break = {
  ledger?: (ledger: Ledger) => Ledger
  scripts?: LedgerScripts
  store?: (store: Store) => Store
  client?: (client: DashScope) => DashScope
}

export type SmallWorld = {
  redis: RedisClient
  keys: LedgerKeys
  ledger: Ledger
  vendor: Vendor
  bucket: Bucket
  /** Ids the producer was told are accepted. */
  acked: ReadonlySet<string>
  /** Whether Redis lost anything. */
  readonly forgot: boolean
  act(action: Action): Promise<void>
  /** Everything is well again, and time passes until nothing moves. */
  heal(): Promise<void>
}

/** `samePrompt`: all edits share one, as those of a batch do. `redis` has a database of its own selected, and empty. */
export async function openSmallWorld(
  plainRedis: RedisClient,
  samePrompt: boolean,
  broken: Break = {},
): Promise<SmallWorld> {
  const { redis, clock } = clocked(plainRedis)
  await clock.set(1_800_000_000_000)
  const prefix = '{m}'
  const [ledger, keys] = [openLedger(redis, prefix), ledgerKeys(prefix)]
  const { scripts } = broken
  const workersLedger = (broken.ledger ?? same)(openLedger(redis, prefix, scripts && { scripts }))
  const bucket = openBucket()
  let onTheWire = async (): Promise<void> => {}
  const vendor = openVendor(
    () => clock.read(),
    deadlines.postMs,
    () => onTheWire(),
  )
  const acked = new Set<string>()
  const seen: Edit[] = []
  let backup: Backup = []
  let forgot = false

  const idOf = (edit: number) => `edit-${edit}`
  const enqueue = async (edit: number) => {
    const id = idOf(edit)
    const request = EditRequest.parse({
      prompt: samePrompt ? 'on oak' : `on oak ${edit}`,
      images: [`https://catalog.test/${id}`],
    })
    await ledger.accept([{ id, producer, batch: '', row: 0, key: id, request, bodyHash: id }])
    acked.add(id)
  }

  const act = async (action: Action): Promise<void> => {
    switch (action.kind) {
      case 'enqueue':
        return enqueue(action.edit)
      case 'run': {
        const olds = seen.filter(({ id }) => id === idOf(action.edit))
        const edit = action.old === undefined ? await ledger.read(idOf(action.edit)) : olds[action.old]
        if (edit !== undefined) await run(edit, action.reply, action.stop)
        return
      }
      case 'task': {
        const task = vendor.tasks[action.nth]
        if (task?.state !== 'running') return
        task.state = action.becomes === 'refused' ? 'failed' : action.becomes
        task.code = { failed: 'InternalError', refused: 'DataInspectionFailed' }[String(action.becomes)] ?? ''
        return
      }
      case 'bucket':
        bucket.weather = action.weather
        return
      case 'silence':
        vendor.silent = action.vendor
        return
      case 'lag':
        vendor.lagMs = action.seconds * 1000
        return
      case 'pass':
        return clock.pass(action.seconds * 1000)
      case 'sweep':
        await sweepOnce(contextOf(ledger, bucket.store), { everyMs: 1, atOnce: 10, againMs: 1, auditMs: 1 })
        return
      case 'backup':
        backup = await dump(plainRedis)
        return
      case 'rewind': {
        // of two lost submits with one prompt, one forgotten, nobody can tell which made the task: docs/reliability.md
        if (samePrompt && (await plainRedis.hlen(keys.uncertain(laneId))) > 0) return
        forgot = true
        const now = await clock.read()
        await restore(plainRedis, backup)
        return clock.set(now)
      }
    }
  }

  const during = async (actions: Action[]): Promise<void> => {
    for (const each of actions) await act(each)
  }

  /** One step by a process of its own, which may die or sleep at one of its calls. */
  async function run(edit: Edit, reply: Reply, stop: Stop): Promise<void> {
    seen.push(edit)
    const sleepsMs =
      stop.stop === 'sleep'
        ? stop.meanwhile.reduce((sum, each) => sum + (each.kind === 'pass' ? each.seconds * 1000 : 0), 0)
        : 0
    const death = Promise.withResolvers<'dead'>()
    let calls = 0
    let asleep = Promise.resolve()
    const boundary = async (): Promise<void> => {
      const call = calls
      calls += 1
      if (stop.stop === 'crash' && call >= stop.call) {
        death.resolve('dead')
        await new Promise(() => {})
      }
      if (stop.stop === 'sleep' && call === stop.call) await (asleep = during(stop.meanwhile))
    }
    const hand = handOf[edit.state]
    if (hand === undefined) return
    const tools = toolsOf(boundary, sleepsMs)
    const outer = onTheWire
    vendor.reply = reply
    onTheWire = boundary
    const steps: Record<NonNullable<typeof hand>, () => Promise<Step>> = {
      submit: () => submit(edit, tools),
      reconcile: () => reconcile(edit, tools),
      poll: () => poll(edit, tools),
      copy: () => copy(edit, tools),
    }
    const ended = await Promise.race([steps[hand](), death.promise]).catch(throwUnlessBucket)
    // a step may end while one of its calls still sleeps: what happens meanwhile is not left to happen later
    await asleep
    onTheWire = outer
    if (typeof ended === 'object') seen.push(ended.edit)
  }

  function toolsOf(boundary: () => Promise<void>, sleepsMs: number) {
    const own = {
      ledger: stepwise(workersLedger, ['admit', 'move', 'read', 'now', 'ownerOf'], boundary),
      store: stepwise((broken.store ?? same)(bucket.store), ['putIfAbsent', 'get', 'head'], boundary),
      client: stepwise((broken.client ?? same)(vendor.client), ['submit', 'task', 'list'], boundary),
    }
    const lane: Lane = {
      name: 'one',
      id: laneId,
      model: defaultModel,
      region: 'beijing',
      ...vendorAt,
      client: own.client,
      exclusive: true,
      running: 2,
      submitPerSecond: 100_000,
      posting: 2,
      priceMicros: pricePerImage,
      queryPerSecond: 100_000,
    }
    const waitForLane: WaitForLane = async (edit) => {
      // this process's own clock does not move by itself: what it will sleep through is behind it already
      const now = moment()
      const askedAt = { ...now, monotonicMs: now.monotonicMs - sleepsMs }
      const answer = await own.ledger.admit(edit, admissionOf(lane, edit, deadlines, 10, place))
      if (answer.kind === 'admitted') return { kind: 'over', edit: answer.edit, lane, askedAt }
      return answer.kind === 'lost' ? { kind: 'lost' } : { kind: 'later', ms: answer.ms }
    }
    return {
      ...contextOf(own.ledger, own.store, boundary),
      deadlines,
      // a process of its own for each step
      breakers: openBreakers(),
      waitForLane,
      lanesFor: () => [lane],
      addresses: {
        of: async (edit: Edit) => ({ kind: 'ready' as const, urls: edit.request.images, usesOss: false }),
      },
      writer: `process-${Math.random()}`,
      laneOf: () => lane,
      settleMs,
      skewMs: 2_000,
      onUnknown: 'hold' as const,
      place,
      countState: () => 1,
      schedule: { firstMs: -Infinity, growth: 0, minMs: 0, maxMs: 0, usualMs: 0 },
      durations: openDurations(),
      fetchImage: (_editId: string, { url = '' }: Image) =>
        download(url, { dispatcher, maxBytes: 1_000, deadlineMs: 10_000 }),
      privateResults: openPrivateResults(),
      keyTemplate: '{edit}/{index}.{ext}',
      checkImage: alwaysWhole,
      spillBeforeMs: 0,
      spillWaitMs: 0,
      host: 'here',
    }
  }

  return {
    redis: plainRedis,
    keys,
    ledger,
    vendor,
    bucket,
    acked,
    get forgot() {
      return forgot
    },
    act,
    async heal() {
      bucket.weather = 'well'
      vendor.silent = false
      vendor.lagMs = 0
      for (const name of [laneId, 'bucket']) await ledger.lanes.resume(name)
      // whoever lost an answer, or whose edit Redis lost, asks again with the same key
      for (let edit = 0; edit < editsPerSequence; edit += 1) if (acked.has(idOf(edit))) await enqueue(edit)
      for (let round = 0; round < 24; round += 1) {
        for (const task of vendor.tasks) if (task.state === 'running') task.state = 'succeeded'
        // only what the sweep would find
        const open = await ledger.overdue(Number.MAX_SAFE_INTEGER, 100)
        const edits = (await ledger.readMany(open)).filter((edit): edit is Edit => edit !== undefined)
        const moving = edits.filter(({ state }) => !isTerminal(state) && state !== 'review')
        if (moving.length === 0) return
        for (const { id } of moving)
          await act({ kind: 'run', edit: Number(id.slice(5)), reply: 'accept', stop: { stop: 'never' } })
        await clock.pass(30_000)
      }
    },
  }
}

/** A hand may throw what the bucket throws: its job is tried again. Anything else is a bug. */
const throwUnlessBucket = (error: unknown): undefined => {
  if (!(error instanceof StoreError)) throw error
}

const same = <T>(thing: T): T => thing
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

function contextOf(ledger: Ledger, store: Store, failpoint = async (): Promise<void> => {}): HandContext {
  const queues = { wake: async () => {}, awake: async (edits: readonly Edit[]) => edits.map(() => false) }
  const stopping = new AbortController().signal
  return { ledger, queues: queues as unknown as Queues, store, log, stopping, failpoint, random: () => 0.5 }
}

/** Where a task's image is fetched from. */
const dispatcher = new MockAgent()
dispatcher.disableNetConnect()
dispatcher
  .get('http://vendor.test')
  .intercept({ path: /.*/ })
  .reply(200, ({ path }) => pictureOf(path.slice(1)))
  .persist()
