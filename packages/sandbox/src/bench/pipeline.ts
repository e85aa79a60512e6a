import { setTimeout } from 'node:timers/promises'
import { bareLoop } from './bare-loop.ts'
import { startBenchWorker } from './bench-worker.ts'
import { openIntake, placeOf } from './enqueue-batch.ts'
import { median, rounded } from './figures.ts'
import { atLeast, atMost, type Figure } from './report.ts'
import { costPerEdit, readRedisCost } from './redis-cost.ts'
import { type Servers, startServers } from './servers.ts'

export type PipelineOptions = {
  /** Edits of each run. */
  edits: number
  /** Pairs of runs, one of each side after the other; the median of the pairs counts. */
  runs: number
  /** Edits under way at a time, on either side. */
  inFlight: number
  /** Told before each run. */
  onRun?: (what: string) => void
}

/** The share of the bare loop's edits per second, its CPU, and commands of Redis for an edit. */
const asked = { ratio: 0.6, cpuRatio: 1.6, commands: 140 }

/** Edits of the first run, which does not count. */
const warmUp = 300

type Run = { perSecond: number; cpuMs: number }
type WorldRun = Run & { enqueuedPerSecond: number; redis: ReturnType<typeof costPerEdit> }

/** The run that makes a small picture of each image, too. */
const smallOf = (name: string): string => `small-${name}`

/**
 * Edits per second of the whole world and of a bare loop, in turns, on the same servers and in this process, which does
 * the worker's work and nothing else. CPU is this process's.
 */
export async function benchPipeline({ edits, runs, inFlight, onRun = () => {} }: PipelineOptions) {
  const names = ['warm', ...Array.from({ length: runs }, (_, i) => `run-${i + 1}`)]
  const servers = await startServers(names.flatMap((name) => [name, smallOf(name), `bare-${name}`]))
  try {
    const [worlds, bares, pictured]: [WorldRun[], Run[], WorldRun[]] = [[], [], []]
    for (const name of names) {
      const count = name === 'warm' ? Math.min(edits, warmUp) : edits
      onRun(`${name}: ${count} edits, bare, whole, and whole with small pictures`)
      bares.push(await runBare(servers, name, count, inFlight))
      worlds.push(await runWorld(servers, name, count, { inFlight, small: 'none' }))
      pictured.push(await runWorld(servers, smallOf(name), count, { inFlight, small: 'all' }))
    }
    return figures(worlds.slice(1), bares.slice(1), pictured.slice(1))
  } finally {
    await servers.stop()
  }
}
export type PipelineFigures = Awaited<ReturnType<typeof benchPipeline>>

/** The same in the form that every bench prints. Redis's commands include those inside scripts. */
export function pipelineFigures(measured: PipelineFigures): Figure[] {
  const { world, bare, small, ratio, cpuRatio, redisPerEdit, enqueuedPerSecond } = measured
  const { commands, scripts, cpuMs } = redisPerEdit
  return [
    { name: 'edits', value: world.editsPerSecond, unit: '/s', beside: bare.editsPerSecond },
    { name: 'ratio', value: ratio, unit: '', asked: atLeast(asked.ratio) },
    { name: 'CPU of an edit', value: world.cpuMsPerEdit, unit: 'ms', beside: bare.cpuMsPerEdit },
    { name: 'ratio of CPU', value: cpuRatio, unit: '', asked: atMost(asked.cpuRatio) },
    {
      name: 'edits with small pictures',
      value: small.editsPerSecond,
      unit: '/s',
      beside: world.editsPerSecond,
    },
    {
      name: 'CPU of an edit with a small picture',
      value: small.cpuMsPerEdit,
      unit: 'ms',
      beside: world.cpuMsPerEdit,
    },
    { name: 'Redis commands of an edit', value: commands, unit: '', asked: atMost(asked.commands) },
    { name: 'Redis scripts of an edit', value: scripts, unit: '' },
    { name: "Redis's CPU of an edit", value: cpuMs, unit: 'ms' },
    { name: 'enqueued through POST /v1/batches', value: enqueuedPerSecond, unit: 'edits/s' },
  ]
}

function figures(worlds: readonly WorldRun[], bares: readonly Run[], pictured: readonly WorldRun[]) {
  const side = (runs: readonly Run[]) => ({
    editsPerSecond: rounded(median(runs.map(({ perSecond }) => perSecond))),
    cpuMsPerEdit: rounded(median(runs.map(({ cpuMs }) => cpuMs))),
    runs: runs.map(({ perSecond }) => rounded(perSecond)),
  })
  const [world, bare, small] = [side(worlds), side(bares), side(pictured)]
  const ofRedis = (pick: (cost: WorldRun['redis']) => number) =>
    rounded(median(worlds.map(({ redis }) => pick(redis))))
  // what slows one run of a pair slows the other: the machine is not the same from minute to minute
  const ofPairs = (pick: (run: Run) => number) =>
    rounded(median(worlds.map((run, i) => pick(run) / pick(bares[i] ?? run))))
  const byCommand = Object.entries(worlds.at(-1)?.redis.byCommand ?? {})
  return {
    world,
    bare,
    small,
    ratio: ofPairs(({ perSecond }) => perSecond),
    cpuRatio: ofPairs(({ cpuMs }) => cpuMs),
    redisPerEdit: {
      commands: ofRedis(({ commands }) => commands),
      scripts: ofRedis(({ scripts }) => scripts),
      cpuMs: ofRedis(({ cpuMs }) => cpuMs),
      byCommand: Object.fromEntries(byCommand.map(([name, count]) => [name, rounded(count)])),
    },
    enqueuedPerSecond: rounded(median(worlds.map(({ enqueuedPerSecond }) => enqueuedPerSecond))),
  }
}

async function runBare(servers: Servers, name: string, edits: number, inFlight: number): Promise<Run> {
  const measured = startClock()
  await bareLoop(edits, { ...servers, bucket: `bare-${name}`, inFlight })
  return measured(edits, Date.now())
}

/** All edits wait in the backlog before the worker starts, and with it the clock; it stops with the batch's completion. */
async function runWorld(
  servers: Servers,
  name: string,
  edits: number,
  how: { inFlight: number; small: 'all' | 'none' },
): Promise<WorldRun> {
  const place = placeOf(name)
  const intake = await openIntake(servers, place)
  try {
    const { batch, ms } = await intake.enqueue(edits)
    const before = await readRedisCost(intake.redis)
    const measured = startClock()
    const worker = await startBenchWorker(servers.env, { ...place, ...how })
    try {
      const run = measured(edits, await completion(intake, batch))
      const redis = costPerEdit(before, await readRedisCost(intake.redis), edits)
      const ended = await intake.ledger.readBatch(batch)
      if (ended?.succeeded !== edits) throw new Error(`only ${ended?.succeeded} of ${edits} edits succeeded`)
      return { ...run, enqueuedPerSecond: (edits / ms) * 1000, redis }
    } finally {
      await worker.stop()
    }
  } finally {
    await intake.stop()
  }
}

/** Waits for the end of a batch and gives its moment (epoch ms, on the clock that Redis and we share here). */
async function completion(
  { redis, keys }: Awaited<ReturnType<typeof openIntake>>,
  batch: string,
): Promise<number> {
  const key = keys.batch(batch)
  for (;;) {
    const completedAt = await redis.hget(key, 'completedAt')
    if (completedAt !== null) return Number(completedAt)
    // what it costs is counted as ours
    await setTimeout(200)
  }
}

function startClock(): (edits: number, endedAt: number) => Run {
  const startedAt = Date.now()
  const cpu = process.cpuUsage()
  return (edits, endedAt) => {
    const { user, system } = process.cpuUsage(cpu)
    return {
      perSecond: (edits / Math.max(1, endedAt - startedAt)) * 1000,
      cpuMs: (user + system) / 1000 / edits,
    }
  }
}
