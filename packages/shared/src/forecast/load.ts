import type { StopReason } from '../contract/stop.ts'
import type { ForecastFacts } from './forecast.ts'
import type { LaneSeen } from './simulate.ts'
import type { Queue, Waiting } from './turn.ts'

/** What a producer has waiting of one class in a batch, or of edits that came alone: then `batch` is empty. */
export type LotLoad = { class: string; batch: string; place: number; waiting: Waiting }

export type ProducerLoad = { name: string; weight: number; paused: boolean; lots: LotLoad[] }

export type LaneLoad = LaneSeen & { name: string; region: string; paused: boolean }

/** What waits for one model, of all producers, and the lanes that take it. */
export type Load = { lanes: LaneLoad[]; producers: ProducerLoad[] }

/** Rows that are forecast. `batch`: they wait already; otherwise they would be enqueued now with this priority. */
export type Asked = {
  producer: string
  class: Queue['class']
  mine: Waiting
  batch?: string
  priority?: number
}

/** The place of a batch among its producer's, as in ledger/includes/resting.lua: first the higher priority, then the older. */
export const placeOfBatch = (priority: number, createdAt: number): number => (9 - priority) * 1e13 + createdAt

/** What goes before and beside rows, out of all that waits. */
export function queueFor({ producers }: Load, asked: Asked, now: number): Queue {
  const { producer, batch, mine, priority = 5 } = asked
  const own = producers.find(({ name }) => name === producer)
  const lots = own?.lots ?? []
  const isMine = (lot: LotLoad) => lot.class === asked.class && batch !== undefined && lot.batch === batch
  const at = lots.findIndex(isMine)
  const place = lots[at]?.place ?? placeOfBatch(priority, now)
  const others = lots.filter((lot) => !isMine(lot))
  const goesBefore = (lot: LotLoad) => {
    if (lot.class !== asked.class) return asked.class === 'standard' && lot.class === 'interactive'
    // of two that came in the same millisecond the list has the order
    return lot.place === place ? lots.indexOf(lot) < at : lot.place < place
  }
  const isOtherKind = (lot: LotLoad) => (lot.class === 'bulk') !== (asked.class === 'bulk')
  return {
    class: asked.class,
    mine,
    before: total(others.filter(goesBefore)),
    beside: total(others.filter(isOtherKind)),
    weight: own?.weight ?? 1,
    others: producers
      .filter(({ name, paused }) => name !== producer && !paused)
      .map((each) => ({
        weight: each.weight,
        usual: total(each.lots.filter((lot) => lot.class !== 'bulk')),
        bulk: total(each.lots.filter((lot) => lot.class === 'bulk')),
      })),
  }
}

/** Money that stops a producer is reckoned with (paid-forecast.ts); what a person has paused goes on when a person says so. */
export function factsOf(load: Load, stops: readonly StopReason[], now: number): Omit<ForecastFacts, 'queue'> {
  const lanes = load.lanes.filter((lane) => !lane.paused)
  return {
    now,
    lanes,
    pausedLanes: load.lanes.length - lanes.length,
    ...(stops.includes('person') ? { paused: 'producer' as const } : {}),
  }
}

const total = (lots: readonly LotLoad[]): Waiting =>
  lots.reduce(
    ({ rows, images }, { waiting }) => ({ rows: rows + waiting.rows, images: images + waiting.images }),
    { rows: 0, images: 0 },
  )
