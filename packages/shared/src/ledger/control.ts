import type { EditState } from '../contract/edit-state.ts'
import { type Stop, type StopReason, stopsOf, StopsText } from '../contract/stop.ts'
import { rowOfEditId } from './batches.ts'
import type { Answer, LedgerContext } from './record.ts'
import type { Lot } from './rests.ts'

/** `canceled`, now or before; `asked`: it was admitted and goes on (enter-state.lua); `ended`: in another way; or `none`. */
export type EditCanceled = 'canceled' | 'asked' | 'ended' | 'none'

/**
 * What became of an order for a batch. `done`: its edits in Redis follow, and `mark` names the order. `same`: it was so
 * before. `canceled` and `completed`: nothing can be ordered for it any more.
 */
export type BatchSteered =
  | { kind: 'done'; mark: string }
  | { kind: 'same' | 'canceled' | 'completed' | 'none' }

/** `known`: the order was carried out before; `pending`: rows of the order before it rest; `empty`: no row has failed. */
export type BatchRetried =
  | { kind: 'done'; rows: number }
  | { kind: 'known' | 'pending' | 'empty' | 'canceled' | 'older' | 'none' }

/** `until` (epoch ms): it ends by itself then. `detail`: a sentence that says how to go on. `quiet`: nobody is told. */
export type Stopping = { until?: number; detail?: string; quiet?: true }

/** Some of a batch's edits were brought in line. `cursor`: where to go on, '0' at the end; `asked`: what was admitted. */
export type Settled = { cursor: string; asked: string[] }

/** What a person steers: which edits go. Each level has a pause of its own, and the end of one ends no other. */
export type Control = {
  /** Ends a queued edit, or a row that rests. One that was admitted is not submitted again. The bucket must know of it before. */
  cancelEdit(id: string): Promise<EditCanceled>
  /** Its state: `queued` where it is paused, or resumed, now. */
  pauseEdit(id: string, pause: boolean): Promise<EditState | 'none'>
  /** Ends all rows that rest, at once. The bucket must know of it before. */
  cancelBatch(batch: string): Promise<BatchSteered>
  /** What a person does: stops a batch for the reason `person`, or ends that. */
  pauseBatch(batch: string, pause: boolean, how?: Pick<Stopping, 'quiet'>): Promise<BatchSteered>
  /** Nothing of a batch goes while any reason stops it. What is stopped for a reason stays so since the first time. */
  stopBatch(batch: string, reason: StopReason, how?: Stopping): Promise<BatchSteered>
  /** Ends one reason; others stop it still. */
  goBatch(batch: string, reason: StopReason): Promise<BatchSteered>
  /** The same for all that a producer has. Gives the reasons that stop it then. */
  stopProducer(producer: string, reason: StopReason, how?: Omit<Stopping, 'quiet'>): Promise<Stop[]>
  goProducer(producer: string, reason: StopReason): Promise<Stop[]>
  stopsOfProducer(producer: string): Promise<Stop[]>
  /** Ends the stops whose time is over, at most 50 in a call; how many ended. */
  endStops(): Promise<number>
  /** Brings up to some 250 edits of a batch in line with the order that has this mark. */
  settleBatch(batch: string, mark: string, cursor: string): Promise<Settled>
  /** Batches whose edits do not follow yet what was ordered, each with the mark of the order. */
  unsettled(): Promise<[batch: string, mark: string][]>
  /** Has the rows of a batch that have failed rest again. The bucket must know of the order before. */
  retryBatch(batch: string, number: number): Promise<BatchRetried>
  /** How many rows of a batch failed, by their newest edits, with which code. */
  failuresOf(batch: string): Promise<ReadonlyMap<string, number>>
  /** What a batch has rows of. */
  lotsOf(batch: string): Promise<Lot[]>
  /** Since when (epoch ms) the producer is paused, as it is then. */
  pauseProducer(producer: string, pause: boolean): Promise<number | undefined>
}

/** Edits in one call: Redis serves nobody else meanwhile, about 10 ms. */
const sliceSize = 250

export const openControl = (context: LedgerContext): Control => ({
  ...steering(context),
  ...stopping(context),
})

const steering = ({ redis, keys, run }: LedgerContext): Omit<Control, keyof ReturnType<typeof stopping>> => ({
  cancelEdit: async (id) =>
    (await run('cancel-edit', [keys.edit(id)], { ...rowOfEditId(id) })) as EditCanceled,
  pauseEdit: async (id, pause) => (await run('pause-edit', [keys.edit(id)], { pause })) as EditState | 'none',
  cancelBatch: async (batch) => steered(await run('cancel-batch', [keys.batch(batch)], { batch })),
  settleBatch: async (batch, mark, cursor) => {
    const ask = { batch, mark, cursor, count: sliceSize }
    const [next, asked] = (await run('settle-batch', [keys.batch(batch)], ask)) as [string, string[]]
    return { cursor: next, asked }
  },
  retryBatch: async (batch, number) => {
    const [kind, rows] = (await run('retry-batch', [keys.batch(batch)], { batch, number })) as Answer
    return kind === 'done'
      ? { kind, rows: Number(rows) }
      : { kind: kind as Exclude<BatchRetried['kind'], 'done'> }
  },
  failuresOf: async (batch) => {
    const counts = Object.entries(await redis.hgetall(keys.batch(batch)))
    const prefix = 'failures:'
    return new Map(
      counts.flatMap(([name, rows]) =>
        name.startsWith(prefix) ? [[name.slice(prefix.length), Number(rows)] as const] : [],
      ),
    )
  },
  lotsOf: async (batch) =>
    (await redis.hkeys(keys.batch(batch))).flatMap((name) => {
      const [, model, lotClass] = /^fed:(.+):([a-z]+)$/.exec(name) ?? []
      return model === undefined || lotClass === undefined ? [] : [{ model, class: lotClass }]
    }),
  unsettled: async () => Object.entries(await redis.hgetall(keys.unsettled)),
})

type Stops = Pick<
  Control,
  | 'pauseBatch'
  | 'stopBatch'
  | 'goBatch'
  | 'pauseProducer'
  | 'stopProducer'
  | 'goProducer'
  | 'stopsOfProducer'
  | 'endStops'
>

function stopping({ redis, keys, run }: LedgerContext): Stops {
  const stopBatch = async (batch: string, reason: StopReason, how: Stopping | undefined) =>
    steered(
      await run('stop-batch', [keys.batch(batch)], {
        batch,
        reason,
        quiet: how?.quiet === true,
        ...(how === undefined ? {} : { stop: stopFields(how) }),
      }),
    )
  const stopProducer = async (producer: string, reason: StopReason, how: Stopping | undefined) =>
    stopsIn(
      await run('stop-producer', [keys.producer(producer)], {
        producer,
        reason,
        ...(how === undefined ? {} : { stop: stopFields(how) }),
      }),
    )
  return {
    pauseBatch: (batch, pause, how = {}) => stopBatch(batch, 'person', pause ? how : undefined),
    stopBatch: (batch, reason, how = {}) => stopBatch(batch, reason, how),
    goBatch: (batch, reason) => stopBatch(batch, reason, undefined),
    pauseProducer: async (producer, pause) => {
      const stops = await stopProducer(producer, 'person', pause ? {} : undefined)
      return stops.find(({ reason }) => reason === 'person')?.at
    },
    stopProducer: (producer, reason, how = {}) => stopProducer(producer, reason, how),
    goProducer: (producer, reason) => stopProducer(producer, reason, undefined),
    stopsOfProducer: async (producer) =>
      stopsIn(await redis.hmget(keys.producer(producer), 'pausedAt', 'stops')),
    endStops: async () => Number(await run('end-stops', [keys.stopEnds], {})),
  }
}

/** As a script takes it: text. */
const stopFields = ({ until, detail }: Stopping) => ({
  ...(until === undefined ? {} : { untilAt: String(until) }),
  ...(detail === undefined ? {} : { detail }),
})

function stopsIn(answer: unknown): Stop[] {
  const [pausedAt, stops] = answer as [string | null, string | null]
  return stopsOf(timeOf(pausedAt), stops === null ? undefined : StopsText.parse(stops))
}

function steered(answer: unknown): BatchSteered {
  const [kind, mark] = answer as Answer
  return kind === 'done'
    ? { kind, mark: String(mark) }
    : { kind: kind as 'same' | 'canceled' | 'completed' | 'none' }
}

const timeOf = (at: unknown): number | undefined => {
  const time = Number(at ?? 0)
  return time === 0 ? undefined : time
}
