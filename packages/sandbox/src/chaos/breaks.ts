import { createHash } from 'node:crypto'
import type { DashScope } from '@restyle/dashscope/client'
import type { Edit } from '@restyle/shared/contract/edit'
import { moves } from '@restyle/shared/contract/edit-state'
import { eventOf } from '@restyle/shared/contract/event'
import { ledgerKeys } from '@restyle/shared/ledger/keys'
import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import type { Change } from '@restyle/shared/ledger/move'
import { joined } from '@restyle/shared/ledger/record'
import type { Store } from '@restyle/shared/store/store'
import type { WorkerOverrides } from '@restyle/worker/start'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import type { Dispatcher } from 'undici'
import type { OnPlace } from './asking.ts'
import { hastyScripts } from './hasty-scripts.ts'
import { unclaimedScripts } from './unclaimed-scripts.ts'
import { unfairScripts } from './unfair-scripts.ts'
import { untoldScripts } from './untold-scripts.ts'

/** The guards that can be taken out, to see that the run notices. */
export const guards = [
  'no-intent',
  'no-receipt',
  'no-fence',
  'blind-retry',
  'event-outside-script',
  'fold-before-told',
  'copy-without-check',
  'swap-claims',
  'no-fair',
  'cancel-forgets-task',
] as const
export type Guard = (typeof guards)[number]

/** What a worker is handed so that one guard is missing. */
export type Broken = Pick<WorkerOverrides, 'seams'> & { dispatcher?: (dispatcher: Dispatcher) => Dispatcher }

/** Plants a bug around the parts of a worker; production code stays as it is. */
export function breakGuard(guard: Guard, failpoint: OnPlace): Broken {
  switch (guard) {
    case 'no-intent':
      return { seams: { ledger: forgetfulOfIntents } }
    case 'no-receipt':
      return { seams: { store: withoutReceipts } }
    case 'no-fence':
      return { seams: { ledger: overwriting, client: neverTooLate } }
    case 'blind-retry':
      return { seams: { client: sendingAgain } }
    case 'event-outside-script':
      return { seams: { ledger: (_, redis, prefix) => tellingLater(redis, prefix, failpoint) } }
    case 'fold-before-told':
      return { seams: { ledger: (_, redis, prefix) => foldingUntold(redis, prefix) } }
    case 'copy-without-check':
      return { seams: { checkImage: believing }, dispatcher: withoutSums }
    case 'cancel-forgets-task':
      return { seams: { ledger: forgettingTasks } }
    case 'swap-claims':
      return { seams: { ledger: (_, redis, prefix) => owningNothing(redis, prefix), store: withoutClaims } }
    case 'no-fair':
      return {
        seams: { ledger: (_, redis, prefix) => openLedger(redis, prefix, { scripts: unfairScripts }) },
      }
  }
}

/** As if the intent had only been in the memory of the worker that died: the edit looks queued again. */
function forgetfulOfIntents(ledger: Ledger): Ledger {
  const forget = async (edit: Edit): Promise<Edit> => {
    if (edit.state !== 'submitting' || (edit.leaseUntil ?? 0) > (await ledger.now())) return edit
    const moved = await ledger.move(edit, { to: 'queued' })
    return moved.kind === 'moved' ? moved.edit : edit
  }
  return {
    ...ledger,
    readEach: async (ids) =>
      Promise.all(
        (await ledger.readEach(ids)).map(async (record) =>
          record.kind === 'edit' ? { ...record, edit: await forget(record.edit) } : record,
        ),
      ),
  }
}

/** What an attempt leaves, and whose a task is; not the rows that rest and the orders, which lie beside them. */
const isReceipt = (key: string) => /^receipts\/(tasks\/.+|[^/]+\/\d+\/(intent|answer|ended))$/.test(key)

function withoutReceipts(store: Store): Store {
  return {
    ...store,
    putIfAbsent: async (key, ...rest) =>
      isReceipt(key) ? { kind: 'created' } : store.putIfAbsent(key, ...rest),
    get: async (key) => (isReceipt(key) ? undefined : store.get(key)),
  }
}

/** Whoever writes last wins, and the lease is not asked. */
function overwriting(ledger: Ledger): Ledger {
  const force = async (edit: Edit, change: Change): ReturnType<Ledger['move']> => {
    const moved = await ledger.move(edit, change)
    if (moved.kind !== 'lost') return moved
    const now = await ledger.read(edit.id)
    return now !== undefined && moves[now.state].includes(change.to) ? force(now, change) : moved
  }
  return { ...ledger, move: force }
}

function neverTooLate(client: DashScope): DashScope {
  return {
    ...client,
    submit: (model, body, options) => client.submit(model, body, { ...options, mayStart: () => true }),
  }
}

function sendingAgain(client: DashScope): DashScope {
  return {
    ...client,
    submit: async (model, body, options) => {
      const outcome = await client.submit(model, body, options)
      return outcome.kind === 'unknown' ? client.submit(model, body, options) : outcome
    },
  }
}

/** The event is written after the move, in a call of its own; between the two a worker may die. */
function tellingLater(redis: RedisClient, prefix: string, failpoint: OnPlace): Ledger {
  const keys = ledgerKeys(prefix)
  const ledger = openLedger(redis, prefix, { scripts: untoldScripts })
  return {
    ...ledger,
    move: async (edit, change) => {
      const moved = await ledger.move(edit, change)
      const type = eventOf[change.to]
      if (moved.kind !== 'moved' || type === undefined) return moved
      await failpoint('untold', edit.id)
      const data = JSON.stringify(joined(await redis.hgetall(keys.edit(edit.id))))
      const fields = { type, id: `${edit.id}-${change.to}`, subject: edit.id, time: String(Date.now()), data }
      await redis.xadd(keys.events(edit.producer), '*', ...Object.entries(fields).flat())
      return moved
    },
  }
}

/** A courier tells of ends some seconds later, out of what the ledger then says of the edit: of one that was folded, nothing. */
function foldingUntold(redis: RedisClient, prefix: string): Ledger {
  const keys = ledgerKeys(prefix)
  const ledger = openLedger(redis, prefix, { scripts: hastyScripts })
  const tell = async (edit: Edit, type: string): Promise<void> => {
    const fields = joined(await redis.hgetall(keys.edit(edit.id)))
    const { id, state = '' } = fields
    if (id === undefined) return
    const event = {
      type,
      id: `${id}-${state}`,
      subject: id,
      time: String(Date.now()),
      data: JSON.stringify(fields),
    }
    await redis.xadd(keys.events(edit.producer), '*', ...Object.entries(event).flat())
    await redis.hset(keys.edit(id), 'told', state)
  }
  return {
    ...ledger,
    move: async (edit, change) => {
      const moved = await ledger.move(edit, change)
      const type = eventOf[change.to]
      if (moved.kind === 'moved' && type !== undefined)
        setTimeout(() => void tell(edit, type).catch(() => {}), courierMs).unref()
      return moved
    },
  }
}

/** What is canceled ends, whatever task it may have. */
export function forgettingTasks(ledger: Ledger): Ledger {
  const end = async (edit: Edit): Promise<Edit> => {
    if (edit.state !== 'running' || edit.cancelAsked === undefined) return edit
    const moved = await ledger.move(edit, { to: 'canceled' })
    return moved.kind === 'moved' ? moved.edit : edit
  }
  return {
    ...ledger,
    read: async (id) => {
      const edit = await ledger.read(id)
      return edit && end(edit)
    },
    readEach: async (ids) => {
      const records = await ledger.readEach(ids)
      return Promise.all(
        records.map(async (record) =>
          record.kind === 'edit' ? { ...record, edit: await end(record.edit) } : record,
        ),
      )
    },
  }
}

/** Later than the chaos run folds. */
const courierMs = 3_000

/** Whose a task is, is neither asked nor kept apart in the ledger. */
function owningNothing(redis: RedisClient, prefix: string): Ledger {
  const ledger = openLedger(redis, prefix, { scripts: unclaimedScripts })
  return { ...ledger, ownerOf: async (_, taskIds) => taskIds.map(() => undefined) }
}

/** Nor in the bucket. */
function withoutClaims(store: Store): Store {
  const isClaim = (key: string) => key.startsWith('receipts/tasks/')
  return {
    ...store,
    putIfAbsent: async (key, ...rest) =>
      isClaim(key) ? { kind: 'created' } : store.putIfAbsent(key, ...rest),
    get: async (key) => (isClaim(key) ? undefined : store.get(key)),
  }
}

/** Takes any bytes for a whole picture. */
const believing: NonNullable<NonNullable<WorkerOverrides['seams']>['checkImage']> = async () => ({
  kind: 'whole',
  format: 'png',
  width: 1,
  height: 1,
  contentType: 'image/png',
  extension: 'png',
})

/** Hides the sums by which the server vouches for its bytes. */
const withoutSums = (dispatcher: Dispatcher): Dispatcher =>
  dispatcher.compose((dispatch) => (options, handler) => {
    const onResponseStart: typeof handler.onResponseStart = (controller, status, headers, message) => {
      for (const name of ['content-md5', 'x-oss-hash-crc64ecma']) delete headers[name]
      return handler.onResponseStart?.(controller, status, headers, message)
    }
    return dispatch(options, Object.assign(Object.create(handler), { onResponseStart }) as typeof handler)
  })

/** Names a guard as a number, so that a broken run draws other dice than a whole one. */
export const saltOf = (guard: Guard | undefined): number =>
  guard === undefined ? 0 : createHash('sha256').update(guard).digest().readUInt32LE(0)
