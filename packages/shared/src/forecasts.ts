import type { Batch } from './contract/batch.ts'
import type { Budget } from './contract/money.ts'
import type { Edit } from './contract/edit.ts'
import { type StopReason, stopsOf } from './contract/stop.ts'
import { type EditForecast, forecastOfEdit, type InBatch } from './edit-forecast.ts'
import type { Forecast, ForecastFacts } from './forecast/forecast.ts'
import { factsOf, type Load, queueFor } from './forecast/load.ts'
import { openHours } from './forecast/open-hours.ts'
import type { Queue, Waiting } from './forecast/turn.ts'
import type { LaneCard, Lanes } from './ledger/lanes.ts'
import type { Ledger } from './ledger/ledger.ts'
import { budgetLeft, paidForecast, readAccount, type MoneySources, type Paid } from './paid-forecast.ts'
import type { Hours } from './zone/window.ts'

/*
 * What the ledger knows, made into forecasts. What many ask for at the same moment is read and reckoned once: a forecast costs
 * some 20 ms, and whoever watches a batch asks every second.
 */

export type ForecastTools = {
  ledger: Pick<Ledger, 'load' | 'lotsOf'> & Parameters<typeof readAccount>[1] & { lanes: Pick<Lanes, 'list'> }
  /** Epoch ms. */
  now: () => number
}

/** Rows that may be enqueued, of one model and class. */
export type NewPart = Waiting & { model: string; class: Queue['class'] }

export type RowsAsked = {
  producer: string
  parts: readonly NewPart[]
  priority?: number
  window?: Hours
  /** What they may cost together. */
  budget?: Budget
}

export type Forecasts = {
  /** When rows would begin and end if they were enqueued now, and what is left of all that they would be paid from. */
  ofRows(asked: RowsAsked): Promise<Paid>
  /** When a batch ends; undefined where it has ended. */
  ofBatch(batch: Batch): Promise<Forecast | undefined>
  /** Where an edit that has not ended is in line, and when it is done. */
  ofEdit(edit: Edit, inBatch: InBatch | undefined): Promise<EditForecast>
  /** The lanes that take a model. */
  lanesOf(model: string): Promise<LaneCard[]>
  /** What waits for a model, of all producers, as it was a moment ago. */
  loadOf(model: string): Promise<Load>
}

const [loadMs, batchMs, mostKept] = [3_000, 10_000, 500]

export function openForecasts({ ledger, now }: ForecastTools): Forecasts {
  const cards = kept(loadMs, now, async () => (await ledger.lanes.list()).cards)
  const sources: MoneySources = {
    cards: () => cards(''),
    load: kept(loadMs, now, async (model: string) => ledger.load(model, await cards(''))),
    account: kept(loadMs, now, async (producer: string) => readAccount(producer, ledger)),
  }
  const batches = kept(batchMs, now, async (_: string, batch: Batch) =>
    ofBatch(batch, await ledger.lotsOf(batch.id), sources, now),
  )
  return {
    ofRows: (asked) => ofRows(asked, sources, now),
    // with another budget it is another one
    ofBatch: async (batch) =>
      batch.completedAt === undefined ? batches(`${batch.id} ${batch.budgets}`, batch) : undefined,
    ofEdit: (edit, inBatch) => forecastOfEdit(edit, inBatch, sources, now()),
    lanesOf: async (model) => (await cards('')).filter((card) => card.model === model),
    loadOf: sources.load,
  }
}

async function ofRows(
  { producer, parts, priority, window, budget }: RowsAsked,
  sources: MoneySources,
  now: () => number,
): Promise<Paid> {
  const { stops } = await sources.account(producer)
  const hours = window === undefined ? {} : { hours: openHours(window) }
  const asked = await Promise.all(
    parts.map(async ({ model, class: lotClass, ...mine }) => {
      const load = await sources.load(model)
      const rows = { producer, class: lotClass, mine, ...(priority === undefined ? {} : { priority }) }
      const queue = queueFor(load, rows, now())
      return { model, facts: { ...factsOf(load, stops, now()), queue, ...hours } }
    }),
  )
  const whole = budget && { budget: { ...budget, freeMicros: budget.micros, isStopped: false } }
  return paidForecast(asked, { producer, ...whole }, sources)
}

async function ofBatch(
  batch: Batch,
  lots: readonly { model: string; class: string }[],
  sources: MoneySources,
  now: () => number,
): Promise<Forecast> {
  const { producer, window } = batch
  const { stops } = await sources.account(producer)
  const hours = window === undefined ? {} : { hours: openHours(window) }
  const parts = await Promise.all(
    lots.map(async ({ model, class: lotClass }) => {
      const load = await sources.load(model)
      const part = { class: classOf(lotClass), lots: lots.length, stops, now: now() }
      return { model, facts: { ...partOf(batch, part, load), ...hours } }
    }),
  )
  // nothing waits any more of a lot that has ended, and its lane may be gone
  const going = parts.filter(({ facts }, i) => i === 0 || facts.queue.mine.rows > 0)
  return (await paidForecast(going, { producer, ...budgetLeft(batch) }, sources)).forecast
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

type Part = { class: Queue['class']; lots: number; stops: readonly StopReason[]; now: number }

/** A lot of a batch. One that is stopped is not among what waits: then the batch's own counts have to do. */
function partOf(batch: Batch, { class: lotClass, lots, stops, now }: Part, load: Load): ForecastFacts {
  const own = load.producers.find(({ name }) => name === batch.producer)
  const found = own?.lots.find((lot) => lot.batch === batch.id && lot.class === lotClass)
  const left = Math.ceil((batch.queued + batch.resting) / lots)
  const reasons = stopsOf(batch.pausedAt, batch.stops).map(({ reason }) => reason)
  const isAside = lots === 1 || reasons.length + stops.length > 0
  const mine = found?.waiting ?? (isAside ? { rows: left, images: left } : { rows: 0, images: 0 })
  const running = Math.ceil((batch.submitting + batch.uncertain + batch.running) / lots)
  const asked = { producer: batch.producer, class: lotClass, mine, batch: batch.id }
  return {
    ...factsOf(load, stops, now),
    queue: queueFor(load, asked, now),
    running,
    ...(reasons.includes('person') && mine.rows > 0 ? { paused: 'batch' as const } : {}),
  }
}
