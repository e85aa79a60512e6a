import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { apiFigures, benchApi } from '../src/bench/api.ts'
import { benchExport } from '../src/bench/export.ts'
import { benchIntake, intakeFigures } from '../src/bench/intake.ts'
import { benchFair } from '../src/bench/fair.ts'
import { benchForecast } from '../src/bench/forecast.ts'
import { offByPercent, shareOfClass } from '../src/bench/fair-figures.ts'
import { median, slope } from '../src/bench/figures.ts'
import { allMet, asJson, asLines, atLeast, atMost } from '../src/bench/report.ts'
import { sdkWaitMs } from '../src/bench/sdk-loop.ts'
import { quantile, slotUse } from '../src/bench/slot-figures.ts'
import { benchSlots } from '../src/bench/slots.ts'

const bench = fileURLToPath(new URL('../src/cli/bench.ts', import.meta.url))

/** What the command prints. Its exit code is that of the figures, which mean nothing with so few edits. */
async function figuresOf(...args: string[]): Promise<unknown> {
  const child = spawn(process.execPath, [bench, ...args, '--json'], { stdio: ['ignore', 'pipe', 'ignore'] })
  const [printed] = await Promise.all([text(child.stdout), once(child, 'exit')])
  return JSON.parse(printed)
}

const Side = z.object({ editsPerSecond: z.number().positive(), cpuMsPerEdit: z.number().positive() })

const Figures = z.array(
  z.object({
    name: z.string(),
    value: z.number(),
    unit: z.string(),
    asked: z.string().nullable(),
    ok: z.boolean(),
    beside: z.number().nullable(),
  }),
)

const PipelineFigures = z.object({
  bench: z.literal('pipeline'),
  figures: Figures,
  world: Side,
  bare: Side,
  ratio: z.number().positive(),
  redisPerEdit: z.object({ commands: z.number().min(20), scripts: z.number().min(5), cpuMs: z.number() }),
  enqueuedPerSecond: z.number().positive(),
})

const ConsoleFigures = z.object({ bench: z.literal('console'), figures: Figures })

const BacklogFigures = z.object({ bench: z.literal('backlog'), figures: Figures })

const Trend = z.object({
  mbPerThousandEdits: z.number(),
  lastToFirst: z.number().positive(),
  flat: z.boolean(),
})

const MemoryFigures = z.object({
  bench: z.literal('memory'),
  figures: Figures,
  samples: z.array(z.object({ edits: z.number(), rssMb: z.number().min(20), heapMb: z.number().min(5) })),
  rss: Trend,
  heap: Trend,
})

describe('the benchmarks', () => {
  it('set the whole world against a bare loop', async () => {
    const figures = PipelineFigures.parse(await figuresOf('pipeline', '--edits', '12', '--runs', '1'))
    expect(figures.ratio).toBeCloseTo(figures.world.editsPerSecond / figures.bare.editsPerSecond, 1)
  })

  it('weigh rows at rest, and see what depends on how many they are', async () => {
    const args = ['backlog', '--rows', '3000', '--admissions', '50', '--idle-seconds', '1']
    const { figures } = BacklogFigures.parse(await figuresOf(...args))
    const of = (name: string) => figures.find((figure) => figure.name === name)
    expect(of('Redis per resting row, 1 producer')).toMatchObject({ asked: '<= 60', ok: true })
    expect(of('Redis per edit in the backlog, 200 producers')?.value).toBeGreaterThan(500)
    expect(of('who is next, p99, 200 producers')?.beside).toBeGreaterThan(0)
    expect(of('commands a minute while idle')?.value).toBeGreaterThan(0)
    expect(of('rows that are not back, or were not looked at')).toMatchObject({ value: 0 })
    // some were sent, and their requests had to be read; the others rest
    expect(of('chunks of rows read')).toMatchObject({ value: 1, ok: true })
  }, 60_000)

  it('weigh a worker on its way', async () => {
    const { samples } = MemoryFigures.parse(await figuresOf('memory', '--edits', '20'))
    expect(samples).toHaveLength(20)
    expect(samples.at(-1)?.edits).toBe(20)
  })
})

describe('the intake', () => {
  it('is measured from the catalog to the batch, and loses no row to a kill', async () => {
    const measured = await benchIntake({ rows: 3_000 })
    expect(measured).toMatchObject({ rows: 3_000, twice: 0, missing: 0 })
    expect(intakeFigures(measured).map(({ asked }) => asked)).toContainEqual(atLeast(0.5))
    for (const { value } of intakeFigures(measured)) expect(value).toBeGreaterThanOrEqual(0)
  }, 120_000)
})

describe('an export', () => {
  it('is measured beside a bare pipe of the same bytes, plain and packed', async () => {
    const figures = await benchExport({ rows: 1_200 })
    const of = (name: string) => figures.find((figure) => figure.name === name)
    for (const format of ['csv', 'csv, packed', 'jsonl'])
      expect(of(`${format}: text a second`)?.value).toBeGreaterThan(0)
    const { value = 0, beside = 0 } = of('csv, packed: sent') ?? {}
    expect(value).toBeGreaterThan(0.01)
    // each piece is flushed
    expect(value / beside).toBeLessThan(1.5)
    expect(figures.map(({ asked }) => asked)).toContainEqual(atMost(150))
  }, 60_000)
})

describe('the API', () => {
  it('is measured beside a bare route, with edits and with batches', async () => {
    const figures = apiFigures(await benchApi({ seconds: 0.3, runs: 1, atOnce: 4 }))
    expect(figures.map(({ name }) => name)).toContain('batches of 500, share of the bare route')
    expect(figures.filter(({ asked }) => asked !== undefined)).toHaveLength(2)
    for (const { value, beside = 1 } of figures) expect(Math.min(value, beside)).toBeGreaterThan(0)
  }, 60_000)
})

describe('what the console asks', () => {
  it('is measured beside bare routes, at 100,000 and at 1,000,000 rows', async () => {
    const args = ['console', '--only', 'api', '--reads', '3', '--events', '5']
    const { figures } = ConsoleFigures.parse(await figuresOf(...args))
    expect(figures.filter(({ asked }) => asked !== null)).toHaveLength(8)
    for (const { value, beside } of figures) expect(Math.min(value, beside ?? 1)).toBeGreaterThan(0)
  }, 180_000)
})

describe('the use of slots', () => {
  it('is read from the simulator, for us and for the schedule of the SDK', async () => {
    const schedule = { firstMs: 100, growth: 0.2, minMs: 50, maxMs: 200, usualMs: 1_000 }
    const figures = await benchSlots({ tasks: 6, median: 0.5, sigma: 0.1, seed: 1, schedule })
    const of = (name: string) => figures.find((figure) => figure.name === name)
    expect(of('tasks')).toMatchObject({ value: 6, beside: 6 })
    expect(of('refused by the quotas')).toMatchObject({ value: 0, beside: 0 })
    // asked at 0 and 1 s, of a task of half a second; on a busy machine the first may come after the end
    expect(of('queries of a task')?.beside).toBeGreaterThan(1)
    expect(of('queries of a task')?.beside).toBeLessThanOrEqual(2)
    expect(of('lag p95')?.value).toBeGreaterThan(0)
    expect(of('lag p95')?.beside).toBeGreaterThan(0)
  })

  it('is the share of the time in which a task held them, until the last submit', () => {
    const task = (submittedAt: number, endedAt: number, toldAt: number) => ({ submittedAt, endedAt, toldAt })
    // two slots: one idle for 10 of 100 ms, the other for 30; what comes after the last submit does not count
    const tasks = [task(0, 40, 45), task(0, 70, 90), task(50, 130, 140), task(100, 200, 201)]
    expect(slotUse(tasks, 2)).toEqual({ used: 0.8, lags: [1, 5, 10, 20], refills: [5, 10] })
  })

  it('takes the value that a share of all does not exceed', () => {
    expect([quantile([1, 2, 3, 4], 0.5), quantile([1, 2, 3, 4], 0.95), quantile([7], 0)]).toEqual([2, 4, 7])
  })

  it('sets it beside the waits of the SDK', () => {
    const at = [0]
    for (let queries = 1; queries < 12; queries += 1) at.push((at.at(-1) ?? 0) + sdkWaitMs(queries) / 1000)
    expect(at).toEqual([0, 1, 2, 4, 6, 8, 12, 16, 20, 25, 30, 35])
  })
})

describe('fairness', () => {
  it('is read from what the simulator was asked for', async () => {
    const figures = await benchFair({ rows: 30, edits: 4, images: 24, task: 0.4, quickTask: 0.1 })
    const of = (name: string) => figures.find((figure) => figure.name.startsWith(name))
    // 34 edits in five places
    expect(of('4 edits beside 30')?.beside).toBeGreaterThan(1)
    expect(of('times that')?.value).toBeGreaterThan(0.5)
    expect(of('admitted before')).toMatchObject({ value: 0 })
    expect(of("bulk's share")?.value).toBeGreaterThan(0)
    expect(of('weights 1:3')?.value).toBeLessThan(60)
  })

  const admitted = (producer: string, images: number, ofClass = 'standard') => ({
    producer,
    class: ofClass,
    images,
    at: 0,
  })
  const some = [admitted('a', 2), admitted('b', 4), admitted('b', 3), admitted('c', 1, 'bulk')]

  it('compares images, by weight', () => {
    expect(offByPercent(some, ['a', 'b'], [1, 3])).toBeCloseTo(100 / 6)
    expect(offByPercent(some, ['a', 'b'], [2, 7])).toBeCloseTo(0)
  })

  it('gives a class the share of its images', () => {
    expect(shareOfClass(some, 'bulk')).toBe(10)
  })
})

describe('the forecast', () => {
  it('is right about batches that are played in another simulation', () => {
    const figures = benchForecast({ batches: 4, seed: 3 })
    const of = (name: string) => figures.find((figure) => figure.name.startsWith(name))
    expect(of('right halfway')?.value).toBeGreaterThan(60)
    expect(of('width once 50 were seen, widest')?.value).toBeLessThan(25)
    expect(of('width once 50 were seen, middle')?.value).toBeGreaterThan(4)
  })
})

describe('a report', () => {
  const figures = [
    { name: 'lag', value: 1.2345, unit: 's', asked: atMost(1.5), beside: 6.7 },
    { name: 'slot time', value: 97.99, unit: '%', asked: atLeast(98) },
  ]

  it('says of each figure whether it is met, before it is rounded', () => {
    expect(JSON.parse(asJson('slots', figures, { machine: 'm' }))).toEqual({
      bench: 'slots',
      figures: [
        { name: 'lag', value: 1.23, unit: 's', asked: '<= 1.5', ok: true, beside: 6.7 },
        { name: 'slot time', value: 98, unit: '%', asked: '>= 98', ok: false, beside: null },
      ],
      machine: 'm',
    })
    expect([allMet(figures), allMet(figures.slice(0, 1))]).toEqual([false, true])
    expect(allMet([{ name: 'n', value: Number.NaN, unit: '', asked: atMost(1) }])).toBe(false)
  })

  it('is a table for a person', () => {
    expect(asLines(figures, 'SDK')).toEqual([
      '            measured   SDK',
      'lag         1.23 s     6.7   <= 1.5 asked: met',
      'slot time   98 %             >= 98 asked: NOT met',
    ])
  })
})

describe('figures', () => {
  it('takes the middle of an odd number and the mean of the two in the middle of an even one', () => {
    expect([median([9, 1, 5]), median([1, 2, 4, 9])]).toEqual([5, 3])
  })

  it('reads the slope of a line', () => {
    const points = [1, 2, 3].map((x) => ({ x, y: 4 * x + 7 }))
    expect(slope(points)).toBeCloseTo(4)
  })
})
