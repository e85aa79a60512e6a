import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { PassThrough } from 'node:stream'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLog } from '@restyle/shared/log'
import { defaultPrefix, ledgerKeys } from '@restyle/shared/ledger/keys'
import { type Failpoint, failpoints } from '@restyle/worker/hand/failpoints'
import { seededRandom } from '../dashscope/dice.ts'
import { type Arena, lane, startArena } from './arena.ts'
import type { Guard } from './breaks.ts'
import { check, type Facts, type Violation } from './check.ts'
import { startConsumers } from './consumers.ts'
import { areDone, gather, leftoversOf, mark, type Witness } from './gather.ts'
import { type FaultName, faultNames } from './fault-names.ts'
import { type Entry, openHistory, type History } from './history.ts'
import { faultsMs, type Plan, planSeed, type Strike } from './plan.ts'
import { type AckedEdit, call } from './producers.ts'
import { recoveryTimes } from './recovery.ts'
import { strikeWith } from './strikes.ts'
import { startWorkers, type Workers } from './workers.ts'

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
  kills: Record<Failpoint, number>
  faults: Record<FaultName | 'redis-rewind', number>
  recoveryMs: number[]
  ms: number
  guard?: Guard
  dir: string
  broken?: { seed: number; violations: Violation[]; history: Entry[] }
}

/** After the faults all edits must have ended within this (ms). */
const drainMs = 45_000

/** After all edits have ended, events and queues must have come to rest within this (ms). */
const quietMs = 8_000

/** Lets one seed after the other strike the same servers, and checks after each. Stops at the first broken promise. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seeds, minutes, guard, signal, workers: count = 3 } = options
  const begun = performance.now()
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'restyle-chaos-')))
  // what an earlier run left would be taken for this one's
  await rm(join(dir, 'redis'), { recursive: true, force: true })
  await mkdir(dir, { recursive: true })
  const history = openHistory(join(dir, 'history.jsonl'))
  const logged = keepLog()
  const report: ChaosReport = {
    seeds: [],
    totals: { accepted: 0, posts: 0, tasks: 0, billed: 0, stored: 0, delivered: 0, review: 0 },
    kills: counters(failpoints),
    faults: counters([...faultNames, 'redis-rewind']),
    recoveryMs: [],
    ms: 0,
    ...(guard === undefined ? {} : { guard }),
    dir,
  }
  const releasers: (() => Promise<unknown>)[] = [() => history.close()]
  try {
    const arena = await startArena(
      dir,
      createLog('debug', { write: (line) => void logged.stream.write(line) }),
    )
    releasers.push(() => arena.stop())
    const { workerEnv: env, ports, resultsPort: results } = arena
    const orders = { env, ports, results, ...(guard === undefined ? {} : { breaks: guard }) }
    const workers = startWorkers(count, orders, history, logged.stream)
    releasers.push(() => workers.end())
    const consumers = startConsumers(arena, seededRandom(seeds[0] ?? 0), history)
    releasers.push(() => consumers.stop())
    await workers.ready()

    const earlier: AckedEdit[] = []
    for (const seed of seeds) {
      if (signal?.aborted || performance.now() - begun > minutes * 60_000 - 20_000) break
      const started = performance.now()
      history.add({ what: 'seed', seed })
      const witness: Witness = {
        acked: [],
        earlier,
        deliveries: consumers.deliveries,
        consumers: consumers.names,
        strangers: workers.strangers,
        logged: logged.text,
      }
      const facts = await runSeed(planSeed(seed, guard), arena, workers, witness, history, report, signal)
      // a seed that was called off has proven nothing
      if (signal?.aborted) break
      const violations = check(facts)
      addTotals(report, facts)
      earlier.push(...facts.acked)
      const review = facts.ledger.filter(({ state }) => state === 'review').length
      const line = {
        seed,
        ms: Math.round(performance.now() - started),
        edits: facts.acked.length,
        review,
        violations,
      }
      report.seeds.push(line)
      options.onSeed?.(line)
      if (violations.length > 0) {
        report.broken = { seed, violations, history: historyOf(history.entries, violations) }
        break
      }
    }
  } finally {
    for (const each of releasers.toReversed()) await each()
    await logged.save(join(dir, 'log.jsonl'))
  }
  report.recoveryMs = recoveryTimes(history.entries)
  for (const entry of history.entries)
    if (entry.what === 'point' && entry.deed === 'kill' && entry.point !== 'untold')
      report.kills[entry.point] += 1
  report.ms = Math.round(performance.now() - begun)
  if (report.broken === undefined && options.dir === undefined)
    await rm(dir, { recursive: true, force: true })
  return report
}

/** Enqueue and strike at once; heal; drain; look at what is left. A rewind is what a failover to a replica that is behind looks like. */
async function runSeed(
  plan: Plan,
  arena: Arena,
  workers: Workers,
  witness: Witness,
  history: History,
  report: ChaosReport,
  signal: AbortSignal | undefined,
): Promise<Facts> {
  const marks = mark(arena, witness)
  let kept = 0
  const snapshot = async () => {
    await arena.snapshot()
    kept = arena.dashscope.tasks().length
  }
  if (plan.rewind === 'before') await snapshot()
  workers.expect([...plan.ambushes, ...plan.trap.ambushes])
  const acking = Promise.all(
    plan.calls.map(async (each, i) => {
      witness.acked.push(...(await call(each, `seed-${plan.seed}-${i}`, arena, history)))
    }),
  )
  const rewinding = acking.then(async () => {
    if (plan.rewind === 'no') return
    if (plan.rewind === 'after') await snapshot()
    await sleep(faultsMs / 3)
    // a rewind that forgets no submit proves nothing; where the account was paused, they come after the healing
    const end = performance.now() + 3 * faultsMs
    while (arena.dashscope.tasks().length < kept + 3 && performance.now() < end) await sleep(50)
    await arena.rewind()
    history.add({ what: 'struck', fault: 'redis-rewind' })
    report.faults['redis-rewind'] += 1
  })
  await Promise.all([
    acking,
    ...[...plan.strikes, ...plan.trap.strikes].map((strike) => hit(strike, arena, workers, history, report)),
  ])
  await heal(arena, workers, plan)
  await rewinding

  let deadline = performance.now() + drainMs
  for (let done = false; !signal?.aborted && performance.now() < deadline; await sleep(150)) {
    await hurrySweep(arena, 3_000)
    if (!done && (await areDone(arena, witness.acked))) {
      done = true
      deadline = performance.now() + quietMs
    }
    if (done && workers.asleep === 0 && (await isQuiet(arena, witness, marks.deliveries))) break
  }
  for (const edit of await arena.ledger.readMany(witness.acked.map(({ id }) => id)))
    if (edit !== undefined) history.add({ what: 'ended', editId: edit.id, state: edit.state })
  return gather(arena, marks, witness)
}

/** One strike from its begin to its end; counts how often it really hit something. */
async function hit(
  strike: Strike,
  arena: Arena,
  workers: Workers,
  history: History,
  report: ChaosReport,
): Promise<void> {
  await sleep(strike.atMs)
  const struck = await strikeWith(strike, arena, workers)
  history.add({ what: 'struck', fault: strike.fault })
  await sleep(strike.ms)
  await struck.lift()
  history.add({ what: 'healed', fault: strike.fault })
  report.faults[strike.fault] += struck.fired()
}

/** All is well from here on, but for the trap; a person has looked at what was paused. */
async function heal(arena: Arena, workers: Workers, { trap }: Plan): Promise<void> {
  const { dashscope, s3, wires, ledger } = arena
  dashscope.faults.clear()
  s3.faults.clear()
  for (const wire of Object.values(wires)) await wire.faults.heal()
  workers.expect(trap.ambushes)
  for (const strike of trap.strikes) await strikeWith(strike, arena, workers)
  for (const paused of ['bucket', lane]) await ledger.lanes.resume(paused)
}

/** The sweep looks after an edit a minute after its last step; a run has not got that minute. */
async function hurrySweep({ redis, ledger }: Arena, ms: number): Promise<void> {
  const soon = (await ledger.now()) + ms
  const late = await redis.zrangebyscore(ledgerKeys(defaultPrefix).due, `(${soon}`, '+inf')
  await ledger.postpone(late, soon)
}

/** Whether nothing is left to do and every consumer has heard every end. */
async function isQuiet(
  arena: Arena,
  { acked, consumers, deliveries }: Witness,
  from: number,
): Promise<boolean> {
  if (Object.values(await leftoversOf(arena)).some((count) => count !== 0)) return false
  const heard = new Set(
    deliveries
      .slice(from)
      .flatMap(({ consumer, subject, type }) =>
        type === 'restyle.edit.held' ? [] : [`${consumer} ${subject}`],
      ),
  )
  return consumers.every(({ name, producer }) =>
    acked
      .filter((edit) => edit.producer === producer)
      .every(
        ({ id, batch }) =>
          heard.has(`${name} ${id}`) && (batch === undefined || heard.has(`${name} ${batch}`)),
      ),
  )
}

function addTotals(
  { totals }: ChaosReport,
  { acked, tasks, images, deliveries, ledger, traffic }: Facts,
): void {
  totals.accepted += acked.length
  totals.posts += traffic.posts
  totals.tasks += tasks.length
  totals.billed += tasks.reduce((sum, { billed }) => sum + billed, 0)
  totals.stored += images.length
  totals.delivered += deliveries.length
  totals.review += ledger.filter(({ state }) => state === 'review').length
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
