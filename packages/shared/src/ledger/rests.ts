import type { Failure } from '../contract/edit.ts'
import type { NewEdit } from '../contract/new-edit.ts'
import { type Answer, type LedgerContext, newFields } from './record.ts'

/** What a batch has of one model and class. */
export type Lot = { model: string; class: string }

export const lotOf = ({ request }: Pick<NewEdit, 'request'>): Lot => ({
  model: request.model,
  class: request.class ?? 'standard',
})

/** A lot, and how many rows some edits have of it and how many images those ask for. */
export type CountedLot = Lot & { rows: number; images: number }

/** The lots that some edits belong to. */
export const distinctLots = (edits: Iterable<Pick<NewEdit, 'request'>>): CountedLot[] => {
  const lots = new Map<string, CountedLot>()
  for (const edit of edits) {
    const lot = lotOf(edit)
    const name = `${lot.model} ${lot.class}`
    const { rows, images } = lots.get(name) ?? { rows: 0, images: 0 }
    lots.set(name, { ...lot, rows: rows + 1, images: images + edit.request.n })
  }
  return [...lots.values()]
}

/**
 * Rows of a batch that come next: `count` of them from row `first` on (counted from 0), of these lots. `left`: those of them
 * that do not rest, since nobody knows what became of them.
 */
export type NewRows = {
  batch: string
  first: number
  count: number
  lots: readonly (Lot | CountedLot)[]
  left?: readonly number[]
}

/**
 * `appended`: they rest now. `known`: they, or some of them, were taken before. `gap`: rows are missing before them.
 * `closed`: the batch has no more rows. `none`: there is no such batch. `accepted`: how many rows the batch has taken.
 */
export type Appended = {
  kind: 'appended' | 'known' | 'gap' | 'closed' | 'canceled' | 'none'
  accepted: number
}

/** Takes the next rows of a batch, at least one: from now on they rest, until the workers feed them. */
export async function appendRows(
  { keys, run }: LedgerContext,
  { left = [], ...rows }: NewRows,
): Promise<Appended> {
  const [kind, accepted] = (await run('append-rows', [keys.batch(rows.batch)], { ...rows, left })) as Answer
  return { kind: kind as Appended['kind'], accepted: Number(accepted) }
}

/** Of a lot up to `room` rows are to be fed, from row `from` on. */
export type Wanted = Lot & { from: number; room: number }

/** Whose rows are fed next: this caller's for five seconds. `none`: nobody's; `ms`: when to ask again, where that is known. */
export type NextToFeed =
  | ({ kind: 'feed'; batch: string; producer: string } & Wanted)
  | { kind: 'none'; ms: number | undefined }

export async function nextToFeed({ keys, run }: LedgerContext): Promise<NextToFeed> {
  const [kind, ...rest] = (await run('next-to-feed', [keys.hungry], {})) as Answer
  if (kind === 'none') {
    const ms = Number(rest[0])
    return { kind, ms: ms < 0 ? undefined : ms }
  }
  const [batch, model, lotClass, producer, from, room] = rest.map(String)
  return {
    kind: 'feed',
    batch: batch ?? '',
    model: model ?? '',
    class: lotClass ?? '',
    producer: producer ?? '',
    from: Number(from),
    room: Number(room),
  }
}

/** For how long (ms) they are left out; `gone`: the bucket answered, and does not have them, or has them damaged. */
export type Skipping = { ms: number; gone: boolean }

/** How often in a row, and for how long (ms), the bucket did not have these rows. */
export type Skipped = { tries: number; goneMs: number }

/** Its rows cannot be read now: it is not fed for a while, and other batches of its producer are. */
export async function skipRows(
  { keys, run }: LedgerContext,
  { batch, model, class: lotClass, producer, from }: Extract<NextToFeed, { kind: 'feed' }>,
  { ms, gone }: Skipping,
): Promise<Skipped> {
  const ask = { model, class: lotClass, producer, from, ms, gone }
  const [tries, goneMs] = (await run('skip-rows', [keys.batch(batch)], ask)) as [number, number]
  return { tries, goneMs }
}

/** Rows of a batch from `from` on before `to` that the bucket has lost, and as which they end. */
export type GoneRows = Lot & { batch: string; from: number; to: number; failure: Failure }

/** Ends those of them that rest. Gives how many these were. */
export const failRows = async ({ keys, run }: LedgerContext, rows: GoneRows): Promise<number> =>
  Number(await run('fail-rows', [keys.batch(rows.batch)], rows))

/** Rows of a batch that were looked at: from `from` on, `to` is the first that was not; `edits`: those of the lot. */
export type Feeding = Lot & {
  batch: string
  from: number
  to: number
  edits: readonly NewEdit[]
  /** Failed rows that are not retried after all. */
  spared?: readonly number[]
  /** With which code the edit before had failed, by the id of the new one. */
  failures?: Readonly<Record<string, string>>
}

/** Makes queued edits of resting rows, at most 500 in a call. `stale`: somebody else has fed these rows, or nobody may. */
export async function feed(
  { keys, run }: LedgerContext,
  { edits, spared = [], failures = {}, ...feeding }: Feeding,
): Promise<{ kind: 'fed'; edits: number } | { kind: 'stale' }> {
  const names = [keys.batch(feeding.batch), ...edits.map(({ id }) => keys.edit(id))]
  const [kind, fed] = (await run('feed', names, {
    ...feeding,
    spared,
    failures,
    edits: edits.map(newFields),
  })) as Answer
  return kind === 'fed' ? { kind, edits: Number(fed) } : { kind: 'stale' }
}

/** So many lots are looked at, and so many batches of each. */
const [mostLots, mostBatches] = [200, 50]

/**
 * Rows of a model that rest although too few edits of their producer are queued, and that nobody holds back: what ought to be
 * fed, or is about to be. No more than a bounded part of them.
 */
export async function hungryRows({ redis, keys }: LedgerContext, model: string): Promise<number> {
  const lots = (await redis.zrange(keys.hungry, '0', '-1')).map((name) => name.split(' '))
  const own = lots.filter(([of, , , past]) => of === model && past === undefined).slice(0, mostLots)
  const looks = own.map(async ([, lotClass = '', producer = '']) => {
    const stops = await redis.hmget(keys.producer(producer), 'pausedAt', 'stops')
    if (stops.some((stop) => stop !== null)) return []
    return redis.zrange(keys.resting(model, lotClass, producer), '0', String(mostBatches - 1))
  })
  // a batch may have rows of several lots
  const batches = [...new Set((await Promise.all(looks)).flat())]
  const resting = await Promise.all(batches.map((batch) => redis.hget(keys.batch(batch), 'resting')))
  return resting.reduce((sum, rows) => sum + Math.max(0, Number(rows ?? 0)), 0)
}
