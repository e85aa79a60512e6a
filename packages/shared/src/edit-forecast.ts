import type { Batch } from './contract/batch.ts'
import type { Edit } from './contract/edit.ts'
import { type StopReason, stopsOf } from './contract/stop.ts'
import { type Forecast, forecast, type ForecastFacts } from './forecast/forecast.ts'
import { factsOf, type Load, queueFor } from './forecast/load.ts'
import { openHours } from './forecast/open-hours.ts'
import { alike } from './forecast/slot-times.ts'
import type { Waiting } from './forecast/turn.ts'
import { budgetLeft, type MoneySources, paidForecast } from './paid-forecast.ts'

/*
 * When one edit is done. One that waits is the last of those that go before it; one that runs has no more than its own task before
 * it. What waits is counted and never read, so that it costs the same in a batch of a million rows.
 */

/** The batch of a row, and how many of its rows wait and go before this one. */
export type InBatch = { batch: Batch; ahead: number }

/**
 * `place`: of an edit that waits: how many of the producer's edits go before it, at most, and how many of these are rows of its batch.
 * No forecast: nobody waits for a lane, but for a copy or for a person.
 */
export type EditForecast = { place?: { ahead: number; inBatch?: number }; forecast?: Forecast }

/** `now` in epoch ms. */
export async function forecastOfEdit(
  edit: Edit,
  inBatch: InBatch | undefined,
  sources: MoneySources,
  now: number,
): Promise<EditForecast> {
  const { model, n } = edit.request
  const { state } = edit
  if (state === 'submitting' || state === 'running') {
    const age = now - (edit.submittedAt ?? edit.intentAt ?? now)
    return { forecast: forecast(runningFacts(await sources.load(model), { n, age, now })) }
  }
  if (state !== 'queued') return {}
  const [load, { stops }] = await Promise.all([sources.load(model), sources.account(edit.producer)])
  const facts = waitingFacts(edit, inBatch, { load, stops, now })
  const { before, mine } = facts.queue
  const place = {
    ahead: before.rows + mine.rows - 1,
    ...(inBatch === undefined ? {} : { inBatch: inBatch.ahead }),
  }
  // it goes when a person says so
  if (edit.pausedAt !== undefined) return { place }
  const money = inBatch === undefined ? {} : budgetLeft(inBatch.batch)
  const paid = await paidForecast([{ model, facts }], { producer: edit.producer, ...money }, sources)
  return { place, forecast: paid.forecast }
}

/** A task that runs goes on, also where its lane is paused: it ends as those did that were seen. */
function runningFacts(load: Load, { n, age, now }: { n: number; age: number; now: number }): ForecastFacts {
  const seen = load.lanes.flatMap((lane) => lane.seen)
  const none: Waiting = { rows: 0, images: 0 }
  return {
    now,
    queue: { class: 'standard', mine: none, before: none, weight: 1, beside: none, others: [] },
    lanes: [{ slots: 1, submitPerSecond: 1, seen: alike(seen, n), ages: [age] }],
    pausedLanes: 0,
    running: 1,
  }
}

type Now = { load: Load; stops: readonly StopReason[]; now: number }

function waitingFacts(edit: Edit, inBatch: InBatch | undefined, { load, stops, now }: Now): ForecastFacts {
  const { producer, batch } = edit
  const { class: lotClass = 'standard', n } = edit.request
  const lots = load.producers.find(({ name }) => name === producer)?.lots ?? []
  const lot = lots.find((each) => each.batch === batch && each.class === lotClass)
  const waiting = lot?.waiting ?? { rows: 0, images: 0 }
  const rows = rowsUntil(inBatch, waiting)
  const each = waiting.rows === 0 ? n : waiting.images / waiting.rows
  const asked = { producer, class: lotClass, mine: { rows, images: Math.round(rows * each) }, batch }
  const { pausedAt, stops: own, window } = inBatch?.batch ?? {}
  const isPaused = stopsOf(pausedAt, own).some(({ reason }) => reason === 'person')
  return {
    ...factsOf(load, stops, now),
    queue: queueFor(load, asked, now),
    last: true,
    ...(isPaused ? { paused: 'batch' as const } : {}),
    ...(window === undefined ? {} : { hours: openHours(window) }),
  }
}

/**
 * How many edits of its lot go until this one has, which counts. Of those that came alone nobody counts who is first: it may be
 * the last of them. Of a batch with several lots each has its part of the rows that go before.
 */
function rowsUntil(inBatch: InBatch | undefined, waiting: Waiting): number {
  if (inBatch === undefined) return Math.max(1, waiting.rows)
  const { batch, ahead } = inBatch
  const all = batch.queued + batch.resting
  const part = waiting.rows === 0 || all === 0 ? 1 : Math.min(1, waiting.rows / all)
  return Math.round(ahead * part) + 1
}
