import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { PassThrough } from 'node:stream'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog } from '@restyle/shared/log'
import { failpoints } from '@restyle/worker/hand/failpoints'
import { seededRandom } from '../dashscope/dice.ts'
import { type Arena, endpointsOf, startArena } from './arena.ts'
import type { Guard } from './breaks.ts'
import { check } from './check.ts'
import type { Facts, Violation } from './facts.ts'
import { startConsumers } from './consumers.ts'
import { startWebhooks } from './webhooks.ts'
import type { Witness } from './gather.ts'
import { faultNames } from './fault-names.ts'
import { type Entry, openHistory, type Place } from './history.ts'
import { planSeed } from './plan.ts'
import type { AckedEdit } from './producers.ts'
import { recoveryTimes } from './recovery.ts'
import { type FaultCounts, runSeed, type Stage } from './run-seed.ts'
import { producerPoints } from './producer-points.ts'
import { startProducerProcess, startWorkers } from './workers.ts'

/** What to run. `minutes` bounds the whole; seeds that have not begun by then are left out. */
export type ChaosOptions = {
  seeds: readonly number[]
  minutes: number
  guard?: Guard
  /** Where the history and the logs are kept; absent = a temporary folder, removed when all went well. */
  dir?: string
  workers?: number
  onSeed?: (line: SeedReport) => void
  signal?: AbortSignal
}

export type SeedReport = { seed: number; ms: number; edits: number; review: number; violations: Violation[] }

/** Where processes are killed on purpose. */
const killPoints = [...failpoints, ...producerPoints, 'event-answered'] as const
type KillPoint = (typeof killPoints)[number]

/** How a run went. `history` is of the first edits whose promises were broken. */
export type ChaosReport = {
  seeds: SeedReport[]
  totals: {
    accepted: number
    /** POSTs that reached the vendor, and the tasks that came of them. */
    posts: number
    tasks: number
    billed: number
    stored: number
    delivered: number
    review: number
  }
  kills: Record<KillPoint, number>
  faults: FaultCounts
  recoveryMs: number[]
  ms: number
  guard?: Guard
  dir: string
  broken?: { seed: number; violations: Violation[]; history: Entry[] }
}

/** Lets one seed after the other strike the same servers, and checks after each. Stops at the first broken promise. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seeds, guard, workers: count = 3 } = options
  const begun = performance.now()
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'restyle-chaos-')))
  // what an earlier run left would be taken for this one's
  for (const left of ['redis', 'spill']) await rm(join(dir, left), { recursive: true, force: true })
  await mkdir(dir, { recursive: true })
  const history = openHistory(join(dir, 'history.jsonl'))
  const logged = keepLog()
  const report = newReport(dir, guard)
  const releasers: (() => Promise<unknown>)[] = [() => history.close()]
  try {
    const log = createLog('debug', { write: (line) => void logged.stream.write(line) })
    const arena = await startArena(dir, log)
    releasers.push(() => arena.stop())
    const { workerEnv: env, ports, resultsPorts: results } = arena
    const endpoints = endpointsOf(arena.receivers)
    const orders = { env, ports, results, endpoints, ...(guard === undefined ? {} : { breaks: guard }) }
    const workers = startWorkers(count, orders, history, logged.stream)
    releasers.push(() => workers.end())
    const producer = startProducerProcess(arena.producerOrders, history, logged.stream)
    releasers.push(() => producer.end())
    await producer.ready()
    const consumers = startConsumers(arena, seededRandom(seeds[0] ?? 0), history)
    releasers.push(() => consumers.stop())
    const webhooks = await startWebhooks(arena, history, consumers)
    releasers.push(() => webhooks.stop())
    await workers.ready()
    const stage: Stage = { arena, workers, producer, history, webhooks, faults: report.faults }
    const seen: Seen = {
      deliveries: consumers.deliveries,
      consumers: consumers.names,
      strangers: workers.strangers,
      logged: logged.text,
    }
    await runSeeds(options, stage, seen, report, begun)
  } finally {
    for (const each of releasers.toReversed()) await each()
    await logged.save(join(dir, 'log.jsonl'))
  }
  report.recoveryMs = recoveryTimes(history.entries)
  countKills(report, history.entries)
  report.ms = Math.round(performance.now() - begun)
  if (report.broken === undefined && options.dir === undefined)
    await rm(dir, { recursive: true, force: true })
  return report
}

/** What is seen over all seeds. */
type Seen = Omit<Witness, 'acked' | 'canceled' | 'earlier'>

async function runSeeds(
  { seeds, minutes, guard, signal, onSeed }: ChaosOptions,
  stage: Stage,
  seen: Seen,
  report: ChaosReport,
  begun: number,
): Promise<void> {
  const { history } = stage
  const earlier: AckedEdit[] = []
  for (const seed of seeds) {
    if (signal?.aborted || performance.now() - begun > minutes * 60_000 - 20_000) break
    const started = performance.now()
    history.add({ what: 'seed', seed })
    const facts = await runSeed(
      planSeed(seed, guard),
      stage,
      { ...seen, acked: [], canceled: [], earlier },
      signal,
    )
    // a seed that was called off has proven nothing
    if (signal?.aborted) break
    const violations = check(facts)
    addTotals(report, facts)
    earlier.push(...facts.acked)
    const line = {
      seed,
      ms: Math.round(performance.now() - started),
      edits: facts.acked.length,
      review: reviewsIn(facts),
      violations,
    }
    report.seeds.push(line)
    onSeed?.(line)
    if (violations.length > 0) {
      report.broken = { seed, violations, history: historyOf(history.entries, violations) }
      await saveVendor(stage.arena, join(report.dir, 'vendor.json'))
      break
    }
  }
}

/** What the vendor was asked for, and what it made: a promise may be broken by what nobody else has seen. */
const saveVendor = ({ dashscope, elsewhere }: Arena, path: string): Promise<void> =>
  writeFile(
    path,
    JSON.stringify([dashscope, elsewhere].map(({ posts, tasks }) => ({ posts, tasks: tasks() }))),
  )

const newReport = (dir: string, guard: Guard | undefined): ChaosReport => ({
  seeds: [],
  totals: { accepted: 0, posts: 0, tasks: 0, billed: 0, stored: 0, delivered: 0, review: 0 },
  kills: counters(killPoints),
  faults: counters([...faultNames, 'redis-rewind', 'client-cut']),
  recoveryMs: [],
  ms: 0,
  ...(guard === undefined ? {} : { guard }),
  dir,
})

function countKills({ kills }: ChaosReport, entries: readonly Entry[]): void {
  for (const entry of entries)
    if (entry.what === 'point' && entry.deed === 'kill' && isKillPoint(entry.point)) kills[entry.point] += 1
}

const isKillPoint = (place: Place): place is KillPoint => killPoints.some((point) => point === place)

const reviewsIn = ({ held }: Facts): number => held.length

function addTotals({ totals }: ChaosReport, facts: Facts): void {
  const { acked, tasks, images, deliveries, traffic } = facts
  totals.accepted += acked.length
  totals.posts += traffic.posts
  totals.tasks += tasks.length
  totals.billed += tasks.reduce((sum, { billed }) => sum + billed, 0)
  totals.stored += images.length
  totals.delivered += deliveries.length
  totals.review += reviewsIn(facts)
}

const counters = <Name extends string>(names: readonly Name[]): Record<Name, number> =>
  Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>

/** What happened to the first three edits that a violation names, oldest first. */
function historyOf(entries: readonly Entry[], violations: readonly Violation[]): Entry[] {
  const ids = new Set(violations.flatMap(({ editId }) => editId ?? []).slice(0, 3))
  return entries.filter(
    (entry) =>
      ('editId' in entry && ids.has(entry.editId)) || (entry.what === 'told' && ids.has(entry.subject)),
  )
}

/** Keeps every log line in memory, to be searched for secrets and saved at the end. */
function keepLog() {
  let text = ''
  const stream = new PassThrough()
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  return { stream, text: () => text, save: (file: string) => writeFile(file, text) }
}
