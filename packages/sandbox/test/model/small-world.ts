import { AsyncLocalStorage } from 'node:async_hooks'
import type { Edit } from '@restyle/shared/contract/edit'
import type { NewEdit } from '@restyle/shared/contract/new-edit'
import { type LedgerKeys, ledgerKeys } from '@restyle/shared/ledger/keys'
import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import type { LedgerScripts } from '@restyle/shared/ledger/lua'
import { handOf } from '@restyle/shared/queues'
import { writeAcceptance } from '@restyle/shared/receipt/acceptance'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import type { Store } from '@restyle/shared/store/store'
import type { DashScope } from '@restyle/dashscope/client'
import { moveDate } from '../moved-date.ts'
import { type Action, editsPerSequence, type Stop } from './actions.ts'
import { type Backup, dump, restore } from './backup.ts'
import { batchId, feedSome, type Intake, producer, readNewest, requestOf, takeBatch } from './batch.ts'
import { type Bucket, missesAnAnswer, openBucket } from './bucket.ts'
import { setCap, watchCaps } from './caps.ts'
import { clocked } from './clocked-redis.ts'
import { type Holds, openHolds } from './holds.ts'
import { interrupted } from './interrupted.ts'
import { type LaneIs, laneIds } from './lanes.ts'
import { giveOrder, idOf, settleAll } from './orders.ts'
import {
  deadlines,
  intakeOf,
  type Outside,
  putBack,
  recallOf,
  startProcess,
  sweepAll,
  throwUnlessBucket,
} from './process.ts'
import { openVendor, type Refusal, type Reply, type Vendor } from './vendor.ts'

/*
 * One sequence: the real hands and the real ledger on a database of their own, a vendor and a bucket in memory, and clocks
 * that move when told: Redis's, the vendor's, and the one on the wall of every process.
 */

const startsAt = 1_800_000_000_000
const hourMs = 3600_000

/** Takes a guard out, to see that the suite notices. */
export type Break = {
  ledger?: (ledger: Ledger) => Ledger
  scripts?: LedgerScripts
  store?: (store: Store) => Store
  client?: (client: DashScope) => DashScope
}

/** What has happened so far that lets the promises be weaker. */
export type Past = {
  /** Redis lost something. */
  forgot: boolean
  /** Everybody was away for a day. */
  away: boolean
  /** What the vendor refused to tell. */
  refused: Set<Refusal>
  /** What the lane was, at any time. */
  lanes: Set<LaneIs>
}

export type SmallWorld = {
  redis: RedisClient
  keys: LedgerKeys
  ledger: Ledger
  vendor: Vendor
  bucket: Bucket
  /** Ids the producer asked for. */
  asked: ReadonlySet<string>
  /** Those of which it was told that they are accepted. */
  acked: ReadonlySet<string>
  past: Readonly<Past>
  /** What the lane is at the end. */
  readonly lane: LaneIs
  /** Whether what the vendor refuses stays refused. */
  readonly lasts: boolean
  /** What a person was promised. */
  holds: Holds
  /** Epoch ms. */
  now: () => number
  act: (action: Action) => Promise<void>
}

/** How a world is made. */
type Manner = { samePrompt: boolean; broken: Break }

const walls = new AsyncLocalStorage<() => number>()

/** Whether the lane has led elsewhere, or nowhere. */
export const ledElsewhere = ({ lanes }: Past): boolean =>
  [...lanes].some((is) => is !== 'there' && is !== 'rekeyed' && is !== 'renamed')

/** Gives each world the clock on its own wall while it is at work. Gives back what ends that. */
export const hangUpClocks = (): (() => void) => moveDate((real) => walls.getStore()?.() ?? real)

/** `samePrompt`: all edits share one, as those of a batch do. Nothing is under the prefix, which is this world's. */
export async function inSmallWorld<T>(
  plainRedis: RedisClient,
  prefix: string,
  { samePrompt, broken }: Manner,
  work: (world: SmallWorld) => Promise<T>,
): Promise<T> {
  const { redis, clock } = clocked(plainRedis, prefix)
  await clock.set(startsAt)
  const world = openSmallWorld(plainRedis, prefix, { redis, clock }, { samePrompt, broken })
  return walls.run(
    () => clock.wall(),
    () => work(world),
  )
}

function openSmallWorld(
  plainRedis: RedisClient,
  prefix: string,
  { redis, clock }: ReturnType<typeof clocked>,
  { samePrompt, broken }: Manner,
): SmallWorld {
  const [ledger, keys] = [openLedger(redis, prefix), ledgerKeys(prefix)]
  const { scripts } = broken
  const bucket = openBucket()
  const recall = recallOf(bucket.store)
  const workersLedger = (broken.ledger ?? same)(
    openLedger(redis, prefix, { recall, ...(scripts && { scripts }) }),
  )
  let onTheWire = async (): Promise<void> => {}
  const vendor = openVendor(
    () => clock.read(),
    deadlines.postMs,
    () => onTheWire(),
  )
  const asked = new Set<string>()
  const acked = new Set<string>()
  const seen: Edit[] = []
  const holds = openHolds()
  const past: Past = { forgot: false, away: false, refused: new Set(), lanes: new Set() }
  let backup: Backup = []
  let lane: LaneIs = 'there'
  let lasts = false

  const outside = (): Outside => ({
    ledger: workersLedger,
    store: (broken.store ?? same)(bucket.store),
    clientOf: (account) => (broken.client ?? same)(vendor.clientOf(account)),
    lane,
  })

  const enqueue = async (nth: number) => {
    const id = idOf(nth, editsPerSequence)
    asked.add(id)
    const request = requestOf(id, samePrompt ? 'on oak' : `on oak ${nth}`)
    const edit: NewEdit = { id, producer, batch: '', row: 0, key: id, request, bodyHash: id }
    try {
      await writeAcceptance(bucket.store, id, { v: 1, edits: [edit] }, Date.now())
    } catch (error) {
      // whoever asked is told that it is not accepted, and that it may happen all the same
      return throwUnlessBucket(error)
    }
    await ledger.accept([edit])
    acked.add(id)
  }

  const isUncertain = async () =>
    missesAnAnswer(bucket) || (await plainRedis.exists(...laneIds.map((id) => keys.uncertain(id)))) > 0

  const act = async (action: Action): Promise<void> => {
    switch (action.kind) {
      case 'enqueue':
        return enqueue(action.edit)
      case 'run': {
        const olds = seen.filter(({ id }) => id === idOf(action.edit, editsPerSequence))
        const edit =
          action.old === undefined
            ? await readNewest(ledger, action.edit, editsPerSequence)
            : olds[action.old]
        if (edit !== undefined) await run(edit, action.reply, action.stop)
        return
      }
      case 'task': {
        const task = vendor.tasks[action.nth]
        const state = action.becomes === 'refused' ? 'failed' : action.becomes
        const code = { failed: 'InternalError', refused: 'DataInspectionFailed' }[String(action.becomes)]
        if (task !== undefined) vendor.end(task, { state, ...(code && { code }) }, clock.wall())
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
      case 'day':
        past.away = true
        if (action.tasksEnd)
          for (const task of vendor.tasks) vendor.end(task, { state: 'succeeded' }, task.createdAt + 60_000)
        return clock.pass(action.hours * hourMs)
      case 'refuse': {
        const { refusal } = action
        vendor.refuses[action.asked] = refusal
        past.refused.add(refusal)
        lasts ||= action.forGood
        return
      }
      case 'answer':
        if (!lasts) vendor.refuses = {}
        return
      case 'lane':
        lane = action.becomes
        past.lanes.add(lane)
        return
      case 'sweep':
        return sweepAll(ledger, bucket.store)
      case 'audit':
        if (await putBack(startsAt, outside())) holds.audited()
        return
      case 'backup':
        backup = await dump(plainRedis, prefix)
        return
      case 'rewind': {
        // of two lost submits with one prompt, one forgotten, nobody can tell which made the task: docs/reliability.md
        if (samePrompt && (await isUncertain())) return
        past.forgot = true
        holds.forget()
        const now = await clock.read()
        await restore(plainRedis, prefix, backup)
        return clock.set(now)
      }
      case 'batch':
        if (await apart(action.stop, (own) => takeBatch(own, samePrompt))) acked.add(batchId)
        return
      case 'feed':
        await apart(action.stop, (own) => feedSome(own, action.room))
        return
      case 'order':
        await apart(action.stop, (own) => giveOrder(action, own, holds))
        return
      case 'settle':
        return settleAll(workersLedger)
      case 'cap':
        await apart({ stop: 'never' }, (own) => setCap(action, own, plainRedis, keys))
        return
    }
  }

  const during = async (actions: Action[]): Promise<void> => {
    for (const each of actions) await act(each)
  }

  /** One step by a process of its own, which may die or sleep at one of its calls. */
  async function run(edit: Edit, reply: Reply, stop: Stop): Promise<void> {
    seen.push(edit)
    const hand = edit.state === 'queued' ? 'submit' : handOf[edit.state]
    if (hand === undefined) return
    const outer = onTheWire
    const ended = await interrupted(stop, during, (boundary) => {
      vendor.reply = reply
      onTheWire = boundary
      return startProcess(watchCaps(outside(), holds, past), boundary)[hand](edit)
    }).catch(throwUnlessBucket)
    onTheWire = outer
    if (typeof ended === 'object') seen.push(ended.edit)
  }

  /** What a process of its own does that is no step of an edit. */
  const apart = async (stop: Stop, work: (outside: Intake) => Promise<void>): Promise<boolean> => {
    const ended = await interrupted(stop, during, async (boundary) => {
      await work(intakeOf(outside(), boundary))
      return 'done' as const
    }).catch(throwUnlessBucket)
    return ended === 'done'
  }

  return {
    redis: plainRedis,
    keys,
    ledger,
    vendor,
    bucket,
    asked,
    acked,
    past,
    get lane() {
      return lane
    },
    get lasts() {
      return lasts
    },
    holds,
    now: () => clock.wall(),
    act,
  }
}

const same = <T>(thing: T): T => thing
