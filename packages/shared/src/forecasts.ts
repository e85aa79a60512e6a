import type { Batch } from './contract/batch.ts'
import { together, type Forecast, forecast, type ForecastFacts } from './forecast/forecast.ts'
import { type Load, queueFor } from './forecast/load.ts'
import type { OpenHours } from './forecast/open-hours.ts'
import type { Queue, Waiting } from './forecast/turn.ts'
import type { LaneCard, Lanes } from './ledger/lanes.ts'
import type { Ledger } from './ledger/ledger.ts'

/*
 * What the ledger knows, made into forecasts. What many ask for at the same moment is read and reckoned once: a forecast costs
 * some 20 ms, and whoever watches a batch asks every second.
 */

export type ForecastTools = {
  ledger: Pick<Ledger, 'load' | 'lotsOf'> & { lanes: Pick<Lanes, 'list'> }
  /** Epoch ms. */
  now: () => number
}

/** Rows that may be enqueued, of one model and class. */
export type NewPart = Waiting & { model: string; class: Queue['class'] }

export type RowsAsked = {
  producer: string
  parts: readonly NewPart[]
  priority?: number
  hours?: OpenHours
  /** How many of the rows can be paid. */
  affordable?: number
}

export type Forecasts = {
  /** When rows would begin and end if they were enqueued now. */
  ofRows(asked: RowsAsked): Promise<Forecast>
  /** When a batch ends; undefined where it has ended. */
  ofBatch(batch: Batch): Promise<Forecast | undefined>
  /** The lanes that take a model. */
  lanesOf(model: string): Promise<LaneCard[]>
  /** What waits for a model, of all producers, as it was a moment ago. */
  loadOf(model: string): Promise<Load>
}

const [loadMs, batchMs, mostKept] = [3_000, 10_000, 500]

export function openForecasts({ ledger, now }: ForecastTools): Forecasts {
  const cards = kept(loadMs, now, async () => (await ledger.lanes.list()).cards)
  const loads = kept(loadMs, now, async (model: string) => ledger.load(model, await cards('')))
  const batches = kept(batchMs, now, async (_: string, batch: Batch) => reckon(batch))

  const reckon = async (batch: Batch): Promise<Forecast> => {
    const lots = await ledger.lotsOf(batch.id)
    const parts = await Promise.all(
      lots.map(async (lot) => {
        const load = await loads(lot.model)
        return partOf(batch, { model: lot.model, class: classOf(lot.class), lots: lots.length }, load, now())
      }),
    )
    // nothing waits any more of a lot that has ended, and its lane may be gone
    return together(parts.filter(({ queue }, i) => i === 0 || queue.mine.rows > 0).map(forecast))
  }

  return {
    ofRows: async ({ producer, parts, priority, hours, affordable }) => {
      const all = parts.reduce((sum, { rows }) => sum + rows, 0)
      if (affordable !== undefined && affordable < all) return { kind: 'stops', rows: affordable }
      const told = await Promise.all(
        parts.map(async ({ model, class: lotClass, ...mine }) => {
          const load = await loads(model)
          const asked = { producer, class: lotClass, mine, ...(priority === undefined ? {} : { priority }) }
          const queue = queueFor(load, asked, now())
          return forecast({
            ...factsOf(load, producer, now()),
            queue,
            ...(hours === undefined ? {} : { hours }),
          })
        }),
      )
      return together(told)
    },
    ofBatch: async (batch) => (batch.completedAt === undefined ? batches(batch.id, batch) : undefined),
    lanesOf: async (model) => (await cards('')).filter((card) => card.model === model),
    loadOf: (model) => loads(model),
  }
}

/** Keeps each answer for a while; who asks meanwhile gets the same. A failure is not kept. */
function kept<Value, More extends unknown[]>(
  ms: number,
  now: () => number,
  ask: (name: string, ...more: More) => Promise<Value>,
): (name: string, ...more: More) => Promise<Value> {
  const known = new Map<string, { at: number; value: Promise<Value> }>()
  return (name, ...more) => {
    const found = known.get(name)
    if (found !== undefined && now() - found.at < ms && now() >= found.at) return found.value
    const value = ask(name, ...more)
    known.delete(name)
    known.set(name, { at: now(), value })
    const [oldest] = known.keys()
    if (known.size > mostKept && oldest !== undefined) known.delete(oldest)
    value.catch(() => known.delete(name))
    return value
  }
}

const classOf = (text: string): Queue['class'] =>
  text === 'interactive' || text === 'bulk' ? text : 'standard'

function factsOf(load: Load, producer: string, now: number): Omit<ForecastFacts, 'queue'> {
  const lanes = load.lanes.filter((lane) => !lane.paused)
  const paused = load.producers.some((each) => each.name === producer && each.paused)
  return {
    now,
    lanes,
    pausedLanes: load.lanes.length - lanes.length,
    ...(paused ? { paused: 'producer' as const } : {}),
  }
}

type Part = { model: string; class: Queue['class']; lots: number }

/** A lot of a batch. One that is stopped is not among what waits: then the batch's own counts have to do. */
function partOf(batch: Batch, { class: lotClass, lots }: Part, load: Load, now: number): ForecastFacts {
  const own = load.producers.find(({ name }) => name === batch.producer)
  const found = own?.lots.find((lot) => lot.batch === batch.id && lot.class === lotClass)
  const left = Math.ceil((batch.queued + batch.resting) / lots)
  const mine = found?.waiting ?? (lots === 1 ? { rows: left, images: left } : { rows: 0, images: 0 })
  const running = Math.ceil((batch.submitting + batch.uncertain + batch.running) / lots)
  const asked = { producer: batch.producer, class: lotClass, mine, batch: batch.id }
  const stopped = batch.pausedAt !== undefined || Object.keys(batch.stops ?? {}).length > 0
  return {
    ...factsOf(load, batch.producer, now),
    queue: queueFor(load, asked, now),
    running,
    ...(stopped && mine.rows > 0 ? { paused: 'batch' as const } : {}),
  }
}
