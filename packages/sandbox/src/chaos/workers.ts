import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Deed, History, Place } from './history.ts'
import type { Ambush } from './plan.ts'
import type { FromWorker, Orders, ToWorker } from './worker-process.ts'

const program = fileURLToPath(new URL('./worker-process.ts', import.meta.url))

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
  /** From now on these are waited for, at the nth time any worker comes to the point. */
  expect: (ambushes: readonly Ambush[]) => void
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

/** Starts `count` workers; their logs go to `log`. */
export function startWorkers(count: number, orders: Orders, history: History, log: Writable): Workers {
  const running = new Set<Running>()
  const strangers: string[] = []
  let ambushes: (Ambush & { seen: number })[] = []
  const sleepers: Sleeper[] = []
  let ending = false
  let asleep = 0

  function start(): void {
    const child = fork(program, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
    const worker: Running = { child, pid: child.pid ?? 0, ready: false, stopped: false }
    running.add(worker)
    child.stdout?.pipe(log, { end: false })
    child.stderr?.pipe(log, { end: false })
    child.on('message', (message: FromWorker) => hear(worker, message))
    child.on('error', () => {})
    child.once('exit', (code, signal) => {
      running.delete(worker)
      history.add({ what: 'left', pid: worker.pid, how: signal ?? String(code) })
      if (!ending) start()
    })
    tell(worker, orders)
  }

  // a worker that has just died cannot be told anything
  const tell = ({ child }: Running, message: ToWorker): void => void child.send(message, () => {})

  function hear(worker: Running, message: FromWorker): void {
    switch (message.say) {
      case 'ready':
        worker.ready = true
        return history.add({ what: 'started', pid: worker.pid })
      case 'stranger':
        return void strangers.push(message.address)
      case 'at': {
        const { call, point, editId } = message
        const ambush = strikeAt(point)
        history.add({
          what: 'point',
          point,
          editId,
          pid: worker.pid,
          ...(ambush && { deed: ambush.deed }),
        })
        for (const sleeper of sleepers)
          if (sleeper.editId === editId && sleeper.until === point && sleeper.worker !== worker)
            sleeper.wake.abort()
        return goOn(worker, call, editId, ambush)
      }
    }
  }

  function strikeAt(point: Ambush['point']): Ambush | undefined {
    let struck: Ambush | undefined
    for (const ambush of ambushes) {
      if (ambush.point !== point) continue
      ambush.seen += 1
      if (ambush.seen === ambush.nth) struck ??= ambush
    }
    return struck
  }

  function goOn(worker: Running, call: number, editId: string, ambush: Ambush | undefined): void {
    const deed: Deed | 'go' = ambush?.deed ?? 'go'
    switch (deed) {
      case 'kill':
        return killOne(worker)
      case 'stop':
        // in this order: it must not get a step further before it sleeps
        stopOne(worker, ambush?.ms ?? 0, wakeAt(worker, editId, ambush?.until))
        return tell(worker, { call, do: 'go' })
      case 'block':
        return tell(worker, { call, do: 'block', ms: ambush?.ms ?? 0 })
      case 'go':
      case 'throw':
        return tell(worker, { call, do: deed })
    }
  }

  function killOne(worker: Running): void {
    history.add({ what: 'killed', pid: worker.pid })
    worker.child.kill('SIGKILL')
  }

  function wakeAt(worker: Running, editId: string, until: Place | undefined): AbortSignal | undefined {
    if (until === undefined) return undefined
    const wake = new AbortController()
    sleepers.push({ worker, editId, until, wake })
    return wake.signal
  }

  function stopOne(worker: Running, ms: number, signal?: AbortSignal): void {
    asleep += 1
    worker.stopped = true
    worker.child.kill('SIGSTOP')
    void sleep(ms, undefined, { ref: false, ...(signal && { signal }) })
      .catch(() => {})
      .then(() => continueOne(worker))
      .then(() => sleep(1_000, undefined, { ref: false }))
      .then(() => (asleep -= 1))
  }

  function continueOne(worker: Running): void {
    worker.stopped = false
    worker.child.kill('SIGCONT')
  }

  const pickOne = (pick: number): Running | undefined => {
    const up = [...running].filter(({ ready, stopped }) => ready && !stopped)
    return up[pick % Math.max(1, up.length)]
  }

  for (let i = 0; i < count; i += 1) start()
  return {
    strangers,
    kill: (pick) => {
      const worker = pickOne(pick)
      if (worker !== undefined) killOne(worker)
    },
    term: (pick) => {
      const worker = pickOne(pick)
      if (worker === undefined) return
      worker.ready = false
      worker.child.kill('SIGTERM')
      void sleep(gentleMs, undefined, { ref: false }).then(() => worker.child.kill('SIGKILL'))
    },
    stop: (pick, ms) => {
      const worker = pickOne(pick)
      if (worker !== undefined) stopOne(worker, ms)
    },
    expect: (next) => {
      ambushes = next.map((ambush) => ({ ...ambush, seen: 0 }))
    },
    wake: () => {
      for (const worker of running) if (worker.stopped) continueOne(worker)
    },
    get asleep() {
      return asleep
    },
    ready: async () => {
      while ([...running].filter(({ ready }) => ready).length < count) await sleep(20)
    },
    end: async () => {
      ending = true
      await Promise.all(
        [...running].map(async ({ child }) => {
          const gone = once(child, 'exit')
          child.kill('SIGKILL')
          await gone
        }),
      )
    },
  }
}
