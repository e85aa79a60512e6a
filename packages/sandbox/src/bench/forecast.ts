import { normal, steadyRandom } from '@restyle/shared/forecast/dice'
import { type Forecast, forecast } from '@restyle/shared/forecast/forecast'
import { alwaysOpen, openHours } from '@restyle/shared/forecast/open-hours'
import { quantile } from './slot-figures.ts'
import {
  queueOf,
  stepOn,
  type Lot,
  type Vendor,
  type VirtualLane,
  type VirtualWorld,
} from './forecast-lane.ts'
import { atLeast, atMost, type Figure } from './report.ts'

export type ForecastOptions = { batches: number; seed: number; onBatch?: (line: string) => void }

/** A range that was told, and what came: `half` is half its width by the time that was left to its middle, in open hours. */
type Told = { when: 'enqueued' | 'seen' | 'halfway'; inside: boolean; half: number; unseen: boolean }

const seenEnough = 50

/** Batches in virtual time; at three moments of each a range is told, and in the end it is known what was right. */
export function benchForecast({ batches, seed, onBatch = () => {} }: ForecastOptions): Figure[] {
  const told = Array.from({ length: batches }, (_, i) => {
    const random = steadyRandom(seed * 100_000 + i)
    const ranges = tellOfBatch(openWorld(random))
    onBatch(
      `batch ${i + 1}: ${ranges.map(({ when, inside, half }) => `${when} ±${Math.round(half * 100)} % ${inside ? 'right' : 'WRONG'}`).join(', ')}`,
    )
    return ranges
  }).flat()
  const rightOf = (some: readonly Told[]) => (some.filter(({ inside }) => inside).length / some.length) * 100
  const widths = (some: readonly Told[]) => some.map(({ half }) => half * 100).toSorted((a, b) => a - b)
  const [known, unseen] = [told.filter((each) => !each.unseen), told.filter((each) => each.unseen)]
  const first = known.filter(({ when }) => when === 'enqueued')
  const seen = known.filter(({ when }) => when === 'seen')
  const half = known.filter(({ when }) => when === 'halfway')
  return [
    { name: 'right when enqueued', value: rightOf(first), unit: 'per cent', asked: atLeast(90) },
    { name: 'right once 50 tasks were seen', value: rightOf(seen), unit: 'per cent', asked: atLeast(90) },
    { name: 'right halfway', value: rightOf(half), unit: 'per cent', asked: atLeast(90) },
    { name: 'right before any task was seen', value: rightOf(unseen), unit: 'per cent', asked: atLeast(90) },
    {
      name: 'width once 50 were seen, widest',
      value: widths(seen).at(-1) ?? Number.NaN,
      unit: '± per cent',
      asked: atMost(20),
    },
    { name: 'width once 50 were seen, middle', value: quantile(widths(seen), 0.5), unit: '± per cent' },
    { name: 'width halfway, middle', value: quantile(widths(half), 0.5), unit: '± per cent' },
    { name: 'width before any, middle', value: quantile(widths(unseen), 0.5), unit: '± per cent' },
  ]
}

const monday = Date.parse('2026-03-02T09:00:00Z')

/** Another world for each batch: lanes, quotas, how long tasks take, who else waits, and whether there is a window. */
function openWorld(random: () => number): VirtualWorld {
  const between = (least: number, most: number) => least + random() * (most - least)
  const whole = (least: number, most: number) => Math.floor(between(least, most + 1))
  const images = () => (random() < 0.7 ? 1 : whole(2, 4))
  const some = whole(0, 3)
  const others = Array.from({ length: some }, (_, i): Lot => ({
    producer: `other ${i}`,
    bulk: random() < 0.3,
    n: images(),
    rows: whole(10, 600),
    isMine: false,
  }))
  const lanes = Array.from({ length: random() < 0.25 ? 2 : 1 }, (): VirtualLane => ({
    slots: random() < 0.7 ? 5 : whole(2, 20),
    submitPerSecond: 5,
  }))
  const mine: Lot = {
    producer: 'mine',
    bulk: random() < 0.2,
    n: images(),
    rows: whole(150, 1500),
    isMine: true,
  }
  const night = { from: '20:00', to: '08:00', timeZone: 'Europe/Paris' }
  return {
    now: monday + between(0, 7 * 24 * 3600_000),
    lots: [mine, ...others],
    lanes,
    weights: new Map([mine, ...others].map(({ producer }) => [producer, whole(1, 4)])),
    hours: random() < 0.2 ? openHours(night) : alwaysOpen,
    vendor: openVendor(random, between(50_000, 110_000)),
    random,
    running: [],
    seen: lanes.map(() => []),
    tags: new Map(),
    tokens: lanes.map(() => 0),
    bulkOwed: 0,
    mineEnded: 0,
    mineEndedAt: 0,
    later: [],
  }
}

/** Log-normal as the simulated DashScope's, a twentieth slower and faster in the course of hours, and some tasks fail. */
function openVendor(random: () => number, medianMs: number): Vendor {
  const phase = random() * 2 * Math.PI
  const [failing, again] = [random() * 0.04, random() * 0.06]
  const perImage = random() * 0.1
  return (n, at) => {
    const tide = 1 + 0.05 * Math.sin((2 * Math.PI * at) / (6 * 3600_000) + phase)
    const ms = medianMs * tide * (1 + perImage * (n - 1)) * Math.exp(0.3 * normal(random))
    const fate = random()
    if (fate < failing) return { ms: 8_000, fate: 'failed' }
    return { ms, fate: fate < failing + again ? 'again' : 'done' }
  }
}

/** Lets the lanes work for others first in most worlds, so that something is known; then plays the batch to its end. */
function tellOfBatch(world: VirtualWorld): Told[] {
  const told: { when: Told['when']; at: number; range: Forecast; unseen: boolean }[] = []
  const rows = world.lots[0]?.rows ?? 0
  const isNew = world.random() < 0.25
  if (!isNew) workBefore(world)
  const tasks = () => world.seen.reduce((sum, seen) => sum + seen.length, 0)
  const tell = (when: Told['when']) =>
    told.push({ when, at: world.now, range: forecastOf(world), unseen: tasks() === 0 })
  tell('enqueued')
  while (world.mineEnded < rows && stepOn(world)) {
    if (tasks() >= seenEnough && !told.some(({ when }) => when === 'seen')) tell('seen')
    if (world.mineEnded >= rows / 2 && !told.some(({ when }) => when === 'halfway')) tell('halfway')
  }
  const end = world.mineEndedAt
  return told.map(({ when, at, range, unseen }) => {
    if (range.kind !== 'range') return { when, unseen, inside: false, half: Number.NaN }
    const { from, to } = range.end
    return {
      when,
      unseen,
      inside: from <= end && end <= to,
      half: halfWidth(openMs(world, at, from), openMs(world, at, to)),
    }
  })
}

const halfWidth = (from: number, to: number): number => (to - from) / (to + from)

/** Open time between two moments: whether the last round ends tonight or tomorrow night, the closed hours are no width. */
function openMs({ hours }: VirtualWorld, from: number, to: number): number {
  let [low, high] = [0, to - from]
  while (high - low > 1) {
    const middle = (low + high) / 2
    if (hours.afterOpen(from, middle) < to) low = middle
    else high = middle
  }
  return high
}

/** The lanes have ended some of another producer's before the batch comes. */
function workBefore(world: VirtualWorld): void {
  const [lots, hours] = [world.lots, world.hours]
  const before: Lot = {
    producer: 'before',
    bulk: false,
    n: lots[0]?.n ?? 1,
    rows: Math.floor(12 + world.random() * 150),
    isMine: false,
  }
  world.lots = [before]
  world.hours = alwaysOpen
  while (before.rows > 0 && stepOn(world));
  world.hours = hours
  world.lots = lots
}

const forecastOf = (world: VirtualWorld): Forecast =>
  forecast({
    now: world.now,
    queue: queueOf(world),
    lanes: world.lanes.map((lane, i) => ({
      ...lane,
      seen: world.seen[i] ?? [],
      ages: world.running.filter((each) => each.lane === i).map(({ from }) => world.now - from),
    })),
    pausedLanes: 0,
    running: world.running.filter(({ lot }) => lot.isMine).length,
    hours: world.hours,
  })
