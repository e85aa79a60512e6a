import { capsLeft, type CapLeft } from './caps-left.ts'
import type { Batch } from './contract/batch.ts'
import type { Budget } from './contract/money.ts'
import { type StopReason, stopsOf } from './contract/stop.ts'
import { endOfDay } from './days.ts'
import { together, type Forecast, forecast, type ForecastFacts, paidFrom } from './forecast/forecast.ts'
import type { Load } from './forecast/load.ts'
import { type MoneyLeft, mostMicros, type Priced, pursesOf } from './forecast/purses.ts'
import type { Queue } from './forecast/turn.ts'
import type { LaneCard } from './ledger/lanes.ts'
import type { Ledger } from './ledger/ledger.ts'

/** What stops a producer, and what is left of its caps. */
type Account = { stops: readonly StopReason[]; caps: Awaited<ReturnType<typeof capsLeft>> }

export async function readAccount(
  producer: string,
  ledger: Pick<Ledger, 'stopsOfProducer'> & Parameters<typeof capsLeft>[1],
): Promise<Account> {
  const [stops, caps] = await Promise.all([ledger.stopsOfProducer(producer), capsLeft(producer, ledger)])
  return { stops: stops.map(({ reason }) => reason), caps }
}

/** What is left of the budget of a batch. */
type BudgetLeft = Budget & { freeMicros: number; isStopped: boolean }

export function budgetLeft({ budget, pausedAt, stops, ...batch }: Batch): { budget?: BudgetLeft } {
  if (budget === undefined) return {}
  const { currency, micros } = budget
  const of = (what: 'billed' | 'reserved') => batch[currency === 'CNY' ? what : (`${what}.USD` as const)]
  const isStopped = stopsOf(pausedAt, stops).some(({ reason }) => reason === 'budget')
  return { budget: { ...budget, freeMicros: micros - of('billed') - of('reserved'), isStopped } }
}

/** Where facts come from; each is kept for a moment. */
export type MoneySources = {
  cards: () => Promise<LaneCard[]>
  load: (model: string) => Promise<Load>
  account: (producer: string) => Promise<Account>
}

/** When rows begin and end, and what is left of all that they are paid from. */
export type Paid = { forecast: Forecast; left: readonly MoneyLeft[] }

/** The forecast of all parts together, with the money that there is. Rows whose price no lane tells are paid from nothing. */
export async function paidForecast(
  parts: readonly { model: string; facts: ForecastFacts }[],
  { producer, budget }: { producer: string; budget?: BudgetLeft },
  sources: MoneySources,
): Promise<Paid> {
  const told = together(parts.map(({ facts }) => forecast(facts)))
  const { stops, caps } = await sources.account(producer)
  if (budget === undefined && caps === undefined) return { forecast: told, left: [] }
  const cards = await sources.cards()
  const ahead = caps === undefined ? [] : await aheadOf(producer, parts, cards, sources)
  const left: MoneyLeft[] = [
    ...(budget === undefined ? [] : [{ ...budget, of: 'budget' as const, aheadMicros: 0 }]),
    ...(caps?.caps ?? []).map((cap) => leftOf(cap, { zone: caps?.zone ?? 'UTC', stops, ahead })),
  ]
  const priced = parts.map(({ model, facts }) => ({ ...facts.queue.mine, prices: pricesOf(model, cards) }))
  const rows = priced.reduce((sum, part) => sum + part.rows, 0)
  const { now = 0, hours } = parts[0]?.facts ?? {}
  const course = { now, rows, ...(hours === undefined ? {} : { hours }) }
  return { forecast: paidFrom(told, pursesOf(left, priced), course), left }
}

/** A lane of an older worker does not say its price. */
const pricesOf = (model: string, cards: readonly LaneCard[]): Budget[] =>
  cards.flatMap((card) => (card.model === model && card.price !== undefined ? [card.price] : []))

/** What of the producer's goes before these rows, and all that it has of other models: that goes beside them. */
async function aheadOf(
  producer: string,
  parts: readonly { model: string; facts: { queue: Queue } }[],
  cards: readonly LaneCard[],
  { load }: MoneySources,
): Promise<Priced[]> {
  const models = [...new Set(cards.map(({ model }) => model))]
  const sum = (all: readonly { images: number }[]) => all.reduce((images, each) => images + each.images, 0)
  return Promise.all(
    models.map(async (model) => {
      const prices = pricesOf(model, cards)
      const asked = parts.filter((part) => part.model === model)
      // the parts of one model have those before them in common
      if (asked.length > 0)
        return { prices, images: Math.max(...asked.map(({ facts }) => facts.queue.before.images)) }
      const own = (await load(model)).producers.find(({ name }) => name === producer)
      return { prices, images: sum((own?.lots ?? []).map(({ waiting }) => waiting)) }
    }),
  )
}

function leftOf(
  { per, currency, micros, freeMicros }: CapLeft,
  { zone, stops, ahead }: { zone: string; stops: readonly StopReason[]; ahead: readonly Priced[] },
): MoneyLeft {
  const left = { currency, micros, freeMicros, aheadMicros: mostMicros(ahead, currency) }
  return per === 'day'
    ? { ...left, of: 'day', isStopped: stops.includes('day'), endOf: (at) => endOfDay(zone, at) }
    : { ...left, of: 'total', isStopped: stops.includes('budget') }
}
