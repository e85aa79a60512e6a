import { evenWhenFull } from '../redis/even-when-full.ts'
import type { RedisClient } from '../redis/redis-client.ts'
import type { Batch } from '../contract/batch.ts'
import type { Edit } from '../contract/edit.ts'
import type { NewBatch, NewEdit } from '../contract/new-edit.ts'
import type { Priority } from '../contract/priority.ts'
import { accept, type Accepted } from './accept.ts'
import { type KeyShelf, openKeyShelf } from './api-keys.ts'
import { type Accounts, openAccounts, type Recall } from './accounts.ts'
import { admit, type LaneRoom, type Next } from './admit.ts'
import { type BatchOpened, closeBatch, openBatch, readBatch, readBatchNames, setPriority } from './batches.ts'
import { type Control, openControl } from './control.ts'
import { classes } from './facts.ts'
import { fold, nextToFold, type Results, restoreResults, settleFold, type Slice } from './fold.ts'
import { ledgerKeys } from './keys.ts'
import { type Lanes, openLanes } from './lanes.ts'
import { type Expectations, openExpectations } from './expectations.ts'
import { type Events, openEvents } from './events.ts'
import { type Held, listHeld } from './held.ts'
import { type LedgerScripts, ledgerScripts } from './lua.ts'
import { type MadeLists, openMadeLists } from './made.ts'
import { openOperations, type Operations } from './operations.ts'
import { openPlanes, type PlaneReader } from './planes.ts'
import { type Change, move, type Moved } from './move.ts'
import { answersOf, type EditRecord, editOf, type LedgerContext, recordOf } from './record.ts'
import {
  type Appended,
  appendRows,
  failRows,
  feed,
  type Feeding,
  type GoneRows,
  hungryRows,
  type NewRows,
  nextToFeed,
  type Skipped,
  type Skipping,
  skipRows,
  type NextToFeed,
} from './rests.ts'
import { reopen, restore, type RestorePoint } from './restore.ts'
import { type Memory, readMemory } from './room.ts'
import { openWebhooks, type Webhooks } from './webhooks.ts'
import { openRefusals, type Refusals } from './refusals.ts'
import { openVerdicts, type Verdicts } from './verdicts.ts'
import { openVerdictsKept, type VerdictsKept } from './kept-verdicts.ts'
import { openWindows, type Windows } from './windows.ts'
import { openSchedules, type Schedules } from './schedules.ts'
import { openScripts } from './script.ts'
import { openTaskOwners, type TaskOwners } from './task-owners.ts'
import { type Dying, findDying, firstExpiryOf, readClock, readServer, takeTurn } from './upkeep.ts'

/**
 * The truth about every edit. Queues are only wake-ups: whatever they hold, an edit is where the ledger says, and it is
 * written by scripts only (`accept`, `feed`, `admit`, `move`, `restore`, and those of control.ts), each all or nothing. Nothing
 * else writes edits: the connection and the names of keys are private to this folder.
 */
export type Ledger = Control &
  Accounts &
  Events &
  Expectations &
  MadeLists &
  Operations &
  PlaneReader &
  Refusals &
  TaskOwners &
  Verdicts &
  VerdictsKept & {
    apiKeys: KeyShelf
    lanes: Lanes
    schedules: Schedules
    webhooks: Webhooks
    windows: Windows
    accept(edits: readonly NewEdit[]): Promise<Accepted[]>
    openBatch(batch: NewBatch): Promise<BatchOpened>
    closeBatch(batch: string, total: number): ReturnType<typeof closeBatch>
    /** Gives a batch another priority; false where there is no such batch. */
    setPriority(batch: string, priority: Priority): Promise<boolean>
    /** Takes the next rows of a batch, which rest from then on. */
    appendRows(rows: NewRows): Promise<Appended>
    /** Chooses whose resting rows are fed next. */
    nextToFeed(): Promise<NextToFeed>
    /** Its rows cannot be read now: others are fed for `ms`. */
    skipRows(next: Extract<NextToFeed, { kind: 'feed' }>, how: Skipping): Promise<Skipped>
    /** Ends resting rows that the bucket has lost. */
    failRows(rows: GoneRows): Promise<number>
    /** Makes queued edits of resting rows. */
    feed(feeding: Feeding): ReturnType<typeof feed>
    /** Chooses which ended rows are folded next. */
    nextToFold(keptMs: number): Promise<Slice | undefined>
    settleFold(slice: Slice, how: Parameters<typeof settleFold>[2]): Promise<void>
    /** Drops ended edits that the bucket has as results. */
    fold(edits: readonly Pick<Edit, 'id' | 'version'>[]): ReturnType<typeof fold>
    /** Notes rows of a forgotten batch as ended. */
    restoreResults(batch: string, results: Results, told?: readonly Edit[]): ReturnType<typeof restoreResults>
    /** Batches that may get more rows. */
    unclosed(): Promise<string[]>
    /** Admits the edit whose turn it is. */
    admit(room: LaneRoom): Promise<Next>
    move(edit: Edit, change: Change): Promise<Moved>
    /** Puts back an edit that the ledger has forgotten. */
    restore(edit: NewEdit, point: RestorePoint): Promise<'restored' | 'known'>
    /** Opens an edit again that was canceled while the ledger did not know of its submit. */
    reopen(edit: NewEdit, point: RestorePoint, failure?: string): ReturnType<typeof reopen>
    read(id: string): Promise<Edit | undefined>
    /** Whether each id is an edit's or a batch's that the ledger knows. */
    known(ids: readonly string[]): Promise<boolean[]>
    readMany(ids: readonly string[]): Promise<(Edit | undefined)[]>
    /** The same for a duty that one bad record must not stop. */
    readEach(ids: readonly string[]): Promise<EditRecord[]>
    /** How many edits of a model are queued. */
    waiting(model: string): Promise<number>
    /** Whether one of them may go, or waits for a time: not all of them are paused. */
    mayGo(model: string): Promise<boolean>
    /** How many rows of a model rest that ought to be fed. */
    hungryRows(model: string): Promise<number>
    readBatch(id: string): Promise<Batch | undefined>
    /** How batches are called; those that are not known any more are left out. */
    namesOfBatches(ids: readonly string[]): ReturnType<typeof readBatchNames>
    /** Up to `limit` of a producer's edits in `review` after `after`, the longest held first. */
    listHeld(producer: string, after: Held | undefined, limit: number): Promise<Held[]>
    /** Epoch ms on Redis's clock, the only clock that all workers share. */
    now(): Promise<number>
    /** Which server this is: another name after a failover. undefined where it does not tell. */
    server(): Promise<string | undefined>
    /** Takes the turn to do something that one worker does for all; false while another's turn lasts. */
    turn(name: Turn, ms: number): Promise<boolean>
    /** Open edits whose wake-up should have come by `now` (epoch ms), oldest first. */
    overdue(now: number, limit: number): Promise<string[]>
    /** Looked at: do not look again before `at` (epoch ms). */
    postpone(ids: readonly string[], at: number): Promise<void>
    /** Since when (epoch ms) nothing is missing of what was promised, as the last audit found. */
    auditedAt(): Promise<number | undefined>
    noteAudit(at: number): Promise<void>
    /** Rendered edits that are not stored and of which an address dies within `ms`. */
    dying(ms: number): Promise<Dying | undefined>
    /** When (epoch ms) the first address of a batch's images dies, where that is among the next thousand. */
    firstExpiry(batch: string): Promise<number | undefined>
    /** How full Redis is; undefined where it has no limit, or does not tell. */
    memory(): Promise<Memory | undefined>
    /** Resolves where Redis takes a write, and rejects with what it says where not: full, read-only, away. */
    takesWrites(): Promise<void>
    /** Calls back each time the connection is there again: Redis may have come back as another that knows less. */
    onReconnect(heard: () => void): void
  }

/** What one worker does for all: a duty, or raising an alarm that all of them see. */
export type Turn = Duty | `usage:${string}` | `verdicts:${string}` | `alarm:${string}`
type Duty = 'sweep' | 'audit' | 'trim' | 'finish' | 'schedules' | 'webhooks'

type Options = { scripts?: LedgerScripts; recall?: Recall | undefined }

/**
 * `recall`: reads in the bucket what a Redis that lost data does not know of a producer; whoever admits needs it. `scripts`:
 * what Redis runs; only a test that plants a bug hands in others.
 */
export function openLedger(redis: RedisClient, prefix: string, options: Options = {}): Ledger {
  const { scripts = ledgerScripts, recall } = options
  const keys = ledgerKeys(prefix)
  const context: LedgerContext = { redis, keys, run: openScripts(redis, prefix, scripts) }
  const accounts = openAccounts(context, recall)
  return {
    ...accounts,
    apiKeys: openKeyShelf(context),
    lanes: openLanes(context),
    schedules: openSchedules(context),
    webhooks: openWebhooks(context),
    windows: openWindows(context),
    ...openControl(context),
    ...openEvents(context),
    ...openExpectations(context),
    ...openMadeLists(context),
    ...openOperations(context),
    ...openPlanes(context),
    ...openRefusals(context),
    ...openTaskOwners(context),
    ...openVerdicts(context),
    ...openVerdictsKept(context),
    accept: (edits) => accept(context, edits),
    ...rowsOfBatches(context),
    admit: (room) => admit(context, room, (producer, now) => accounts.know(producer, now)),
    move: (edit, change) => move(context, edit, change),
    restore: (edit, point) => restore(context, edit, point),
    reopen: (edit, point, failure) => reopen(context, edit, point, failure),
    ...reading(context),
    now: () => readClock(context),
    server: () => readServer(context),
    turn: (name, ms) => takeTurn(context, name, ms),
    overdue: (now, limit) => redis.zrangebyscore(keys.due, '-inf', now, 'LIMIT', 0, limit),
    postpone: async (ids, at) => {
      if (ids.length > 0) await evenWhenFull(redis, 'ZADD', keys.due, 'XX', ...ids.flatMap((id) => [at, id]))
    },
    auditedAt: async () => {
      const at = await redis.get(keys.audited)
      return at === null ? undefined : Number(at)
    },
    noteAudit: async (at) => void (await redis.set(keys.audited, at)),
    dying: (ms) => findDying(context, ms),
    firstExpiry: (batch) => firstExpiryOf(context, batch),
    memory: () => readMemory(redis, prefix),
    takesWrites: async () => {
      await redis.set(keys.ready, '1', 'PX', 1_000)
    },
    onReconnect: (heard) => {
      redis.on('ready', heard)
    },
  }
}

type RowsOfBatches = Pick<
  Ledger,
  | 'openBatch'
  | 'closeBatch'
  | 'setPriority'
  | 'appendRows'
  | 'nextToFeed'
  | 'skipRows'
  | 'failRows'
  | 'feed'
  | 'nextToFold'
  | 'settleFold'
  | 'fold'
  | 'restoreResults'
  | 'unclosed'
>

/** Rows on their way: taken, at rest, fed, folded. */
const rowsOfBatches = (context: LedgerContext): RowsOfBatches => ({
  openBatch: (batch) => openBatch(context, batch),
  closeBatch: (batch, total) => closeBatch(context, batch, total),
  setPriority: (batch, priority) => setPriority(context, batch, priority),
  appendRows: (rows) => appendRows(context, rows),
  nextToFeed: () => nextToFeed(context),
  skipRows: (next, how) => skipRows(context, next, how),
  failRows: (rows) => failRows(context, rows),
  feed: (feeding) => feed(context, feeding),
  nextToFold: (keptMs) => nextToFold(context, keptMs),
  settleFold: (slice, how) => settleFold(context, slice, how),
  fold: (edits) => fold(context, edits),
  restoreResults: (batch, results, told) => restoreResults(context, batch, results, told),
  unclosed: () => context.redis.smembers(context.keys.unclosed),
})

type Reading = Pick<
  Ledger,
  | 'read'
  | 'waiting'
  | 'mayGo'
  | 'hungryRows'
  | 'readMany'
  | 'readEach'
  | 'known'
  | 'readBatch'
  | 'namesOfBatches'
  | 'listHeld'
>

function reading(context: LedgerContext): Reading {
  const { redis, keys } = context
  return {
    read: async (id) => editOf(await redis.hgetall(keys.edit(id))),
    readMany: async (ids) => {
      const pipeline = redis.pipeline()
      for (const id of ids) pipeline.hgetall(keys.edit(id))
      return (await answersOf(pipeline)).map((fields) => editOf(fields as Record<string, string>))
    },
    readEach: async (ids) => {
      const [only] = ids
      // a pipeline costs as much again as its one command
      if (only !== undefined && ids.length === 1)
        return [
          await redis.hgetall(keys.edit(only)).then(
            (fields) => recordOf(null, fields),
            (error: Error) => recordOf(error, {}),
          ),
        ]
      const pipeline = redis.pipeline()
      for (const id of ids) pipeline.hgetall(keys.edit(id))
      return ((await pipeline.exec()) ?? []).map(([error, fields]) => recordOf(error, fields))
    },
    known: async (ids) => {
      const pipeline = redis.pipeline()
      for (const id of ids) pipeline.exists(keys.edit(id), keys.batch(id))
      return (await answersOf(pipeline)).map((count) => Number(count) > 0)
    },
    waiting: async (model) => Number((await redis.hget(keys.fair(model), 'waiting')) ?? 0),
    mayGo: async (model) => {
      const places = classes.map((each) => keys.backlog(model, each))
      return (await redis.exists(...places, keys.later(model))) > 0
    },
    hungryRows: (model) => hungryRows(context, model),
    readBatch: (id) => readBatch(context, id),
    namesOfBatches: (ids) => readBatchNames(context, ids),
    listHeld: (producer, after, limit) => listHeld(context, producer, after, limit),
  }
}
