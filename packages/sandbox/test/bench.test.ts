import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { median, slope } from '../src/bench/figures.ts'

const bench = fileURLToPath(new URL('../src/cli/bench.ts', import.meta.url))

/** What the command prints. Its exit code is that of the figures, which mean nothing with so few edits. */
async function figuresOf(...args: string[]): Promise<unknown> {
  const child = spawn(process.execPath, [bench, ...args, '--json'], { stdio: ['ignore', 'pipe', 'ignore'] })
  const [printed] = await Promise.all([text(child.stdout), once(child, 'exit')])
  return JSON.parse(printed)
}

const Side = z.object({ editsPerSecond: z.number().positive(), cpuMsPerEdit: z.number().positive() })

const PipelineFigures = z.object({
  world: Side,
  bare: Side,
  ratio: z.number().positive(),
  redisPerEdit: z.object({ commands: z.number().min(20), scripts: z.number().min(5), cpuMs: z.number() }),
  enqueuedPerSecond: z.number().positive(),
})

const Trend = z.object({
  mbPerThousandEdits: z.number(),
  lastToFirst: z.number().positive(),
  flat: z.boolean(),
})

const MemoryFigures = z.object({
  samples: z.array(z.object({ edits: z.number(), rssMb: z.number().min(20), heapMb: z.number().min(5) })),
  rss: Trend,
  heap: Trend,
})

describe('the benchmarks', () => {
  it('set the whole world against a bare loop', async () => {
    const figures = PipelineFigures.parse(await figuresOf('pipeline', '--edits', '12', '--runs', '1'))
    expect(figures.ratio).toBeCloseTo(figures.world.editsPerSecond / figures.bare.editsPerSecond, 1)
  })

  it('weigh a worker on its way', async () => {
    const { samples } = MemoryFigures.parse(await figuresOf('memory', '--edits', '20'))
    expect(samples).toHaveLength(20)
    expect(samples.at(-1)?.edits).toBe(20)
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
