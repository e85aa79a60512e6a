import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Deed, History, Place } from './history.ts'
import type { Ambush } from './plan.ts'
import type { FromProcess, HowToGoOn } from './asking.ts'
import type { ProducerOrders } from './producer-process.ts'
import type { Orders } from './worker-process.ts'

const programOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

/** A worker that is asked to leave and does not is killed after this. */
const gentleMs = 12_000

/** The worker processes: as many as wanted, each replaced when it has died. */
export type Workers = {
  /** SIGKILL of one that is up; whichever the number picks. */
  kill: (pick: number) => void
  /** SIGTERM: it may finish what it began. */
  term: (pick: number) => void
  /** SIGSTOP, and SIGCONT after `ms`. */
  stop: (pick: number, ms: number) => void
  /** From now on these are waited for, at the nth time any worker comes to the point; no others but those that stay. */
  expect: (ambushes: readonly Ambush[]) => void
  /** Waits for this one too, until it is lifted. */
  lieInWait: (ambush: Ambush) => { fired: () => number; lift: () => void }
  /** One worker after the other leaves gently, and another comes with these variables changed. Resolves when all are up. */
  restartWith: (env: Record<string, string>) => Promise<void>
  /** Ends every sleep now. */
  wake: () => void
  /** How many are stopped, or have woken less than a second ago: they may have something to finish. */
  readonly asleep: number
  /** Addresses that a worker has connected to and should not have. */
  readonly strangers: string[]
  /** Resolves when every worker is up and has said so. */
  ready: () => Promise<void>
  /** Kills all of them, for good. */
  end: () => Promise<void>
}

type Running = { child: ChildProcess; pid: number; ready: boolean; stopped: boolean }

/** A stopped worker that wakes when another one comes to `until` with the edit it slept over. */
type Sleeper = { worker: Running; editId: string; until: Place; wake: AbortController }

type Pack = {
  program: string
  orders: Orders | ProducerOrders
  history: History
  log: Writable
  running: Set<Running>
  strangers: string[]
  ambushes: (Ambush & { seen: number; stays?: true })[]
  sleepers: Sleeper[]
  asleep: number
  ending: boolean
}

/** Starts `count` workers; their logs go to `log`. */
export const startWorkers = (count: number, orders: Orders, history: History, log: Writable): Workers =>
  startPack('./worker-process.ts', count, orders, history, log)

/** Starts the producer as a process of its own; another takes its place when it has died. */
export const startProducerProcess = (orders: ProducerOrders, history: History, log: Writable): Workers =>
  startPack('./producer-process.ts', 1, orders, history, log)

function startPack(
  file: string,
  count: number,
  orders: Pack['orders'],
  history: History,
  log: Writable,
): Workers {
  const running = new Set<Running>()
  const nobody = { running, strangers: [], ambushes: [], sleepers: [], asleep: 0, ending: false }
  const pack: Pack = { ...nobody, program: programOf(file), orders, history, log }
  for (let i = 0; i < count; i += 1) start(pack)
  return {
    strangers: pack.strangers,
    kill: (pick) => {
      const worker = pickOne(running, pick)
      if (worker !== undefined) killOne(pack, worker)
    },
    term: (pick) => {
      const worker = pickOne(running, pick)
      if (worker !== undefined) termOne(worker)
    },
    stop: (pick, ms) => {
      const worker = pickOne(running, pick)
      if (worker !== undefined) stopOne(pack, worker, ms)
    },
    expect: (next) => {
      const staying = pack.ambushes.filter(({ stays }) => stays)
      pack.ambushes = [...staying, ...next.map((ambush) => ({ ...ambush, seen: 0 }))]
    },
    lieInWait: (ambush) => lieInWait(pack, ambush),
    restartWith: async (env) => {
      if ('env' in orders) pack.orders = { ...orders, env: { ...orders.env, ...env } }
      const old = [...running]
      for (const worker of old) {
        await replaceOne(pack, worker)
        await allReady(running, count)
      }
    },
    wake: () => {
      for (const worker of running) if (worker.stopped) continueOne(worker)
    },
    get asleep() {
      return pack.asleep
    },
    ready: () => allReady(running, count),
    end: async () => {
      pack.ending = true
      await Promise.all([...running].map(endOne))
    },
  }
}

function lieInWait(pack: Pack, ambush: Ambush): ReturnType<Workers['lieInWait']> {
  const waiting = { ...ambush, seen: 0, stays: true as const }
  pack.ambushes.push(waiting)
  return {
    fired: () => (waiting.seen >= waiting.nth ? 1 : 0),
    lift: () => void (pack.ambushes = pack.ambushes.filter((each) => each !== waiting)),
  }
}

/** Lets one worker leave; another comes by itself. */
async function replaceOne({ running }: Pack, worker: Running): Promise<void> {
  if (worker.stopped) continueOne(worker)
  const gone = once(worker.child, 'exit')
  termOne(worker)
  if (running.has(worker)) await gone
}

async function allReady(running: ReadonlySet<Running>, count: number): Promise<void> {
  while ([...running].filter(({ ready }) => ready).length < count) await sleep(20)
}

function start(pack: Pack): void {
  const { running, history, log, program } = pack
  const child = fork(program, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  const worker: Running = { child, pid: child.pid ?? 0, ready: false, stopped: false }
  running.add(worker)
  child.stdout?.pipe(log, { end: false })
  child.stderr?.pipe(log, { end: false })
  child.on('message', (message: FromProcess) => hear(pack, worker, message))
  child.on('error', () => {})
  child.once('exit', (code, signal) => {
    running.delete(worker)
    history.add({ what: 'left', pid: worker.pid, how: signal ?? String(code) })
    if (!pack.ending) start(pack)
  })
  tell(worker, pack.orders)
}

// a worker that has just died cannot be told anything
const tell = ({ child }: Running, message: Pack['orders'] | HowToGoOn): void =>
  void child.send(message, () => {})

function hear(pack: Pack, worker: Running, message: FromProcess): void {
  const { history, strangers } = pack
  switch (message.say) {
    case 'ready':
      worker.ready = true
      return history.add({ what: 'started', pid: worker.pid })
    case 'stranger':
      return void strangers.push(message.address)
    case 'at': {
      const { call, point, editId } = message
      const ambush = strikeAt(pack, point)
      history.add({ what: 'point', point, editId, pid: worker.pid, ...(ambush && { deed: ambush.deed }) })
      for (const sleeper of pack.sleepers)
        if (sleeper.editId === editId && sleeper.until === point && sleeper.worker !== worker)
          sleeper.wake.abort()
      return goOn(pack, worker, { call, editId, ambush })
    }
  }
}

function strikeAt({ ambushes }: Pack, point: Ambush['point']): Ambush | undefined {
  let struck: Ambush | undefined
  for (const ambush of ambushes) {
    if (ambush.point !== point) continue
    ambush.seen += 1
    if (ambush.seen === ambush.nth) struck ??= ambush
  }
  return struck
}

function goOn(
  pack: Pack,
  worker: Running,
  { call, editId, ambush }: { call: number; editId: string; ambush: Ambush | undefined },
): void {
  const deed: Deed | 'go' = ambush?.deed ?? 'go'
  switch (deed) {
    case 'kill':
      return killOne(pack, worker)
    case 'stop':
      // in this order: it must not get a step further before it sleeps
      stopOne(pack, worker, ambush?.ms ?? 0, wakeAt(pack, worker, editId, ambush?.until))
      return tell(worker, { call, do: 'go' })
    case 'block':
      return tell(worker, { call, do: 'block', ms: ambush?.ms ?? 0 })
    case 'go':
    case 'throw':
      return tell(worker, { call, do: deed })
  }
}

function wakeAt(
  { sleepers }: Pack,
  worker: Running,
  editId: string,
  until: Place | undefined,
): AbortSignal | undefined {
  if (until === undefined) return undefined
  const wake = new AbortController()
  sleepers.push({ worker, editId, until, wake })
  return wake.signal
}

function pickOne(running: Set<Running>, pick: number): Running | undefined {
  const up = [...running].filter(({ ready, stopped }) => ready && !stopped)
  return up[pick % Math.max(1, up.length)]
}

function killOne({ history }: Pack, worker: Running): void {
  history.add({ what: 'killed', pid: worker.pid })
  worker.child.kill('SIGKILL')
}

function termOne(worker: Running): void {
  worker.ready = false
  worker.child.kill('SIGTERM')
  void sleep(gentleMs, undefined, { ref: false }).then(() => worker.child.kill('SIGKILL'))
}

function stopOne(pack: Pack, worker: Running, ms: number, signal?: AbortSignal): void {
  pack.asleep += 1
  worker.stopped = true
  worker.child.kill('SIGSTOP')
  void sleep(ms, undefined, { ref: false, ...(signal && { signal }) })
    .catch(() => {})
    .then(() => continueOne(worker))
    .then(() => sleep(1_000, undefined, { ref: false }))
    .then(() => (pack.asleep -= 1))
}

function continueOne(worker: Running): void {
  worker.stopped = false
  worker.child.kill('SIGCONT')
}

async function endOne({ child }: Running): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
