import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** `up` = from the client to the target, `down` = back. */
export type Direction = 'up' | 'down'

/** What is wrong with a wire at the moment; absent = nothing. Without a direction, both. */
export interface Toxics {
  latency?: { ms: number; jitter: number }
  blackhole?: { direction: Direction | undefined; over: PromiseWithResolvers<void> }
  cut?: { afterBytes: number; direction: Direction; times: number; passed: WeakMap<Socket, number> }
  bandwidth?: {
    bytesPerSecond: number
    direction: Direction | undefined
    /** One line for all connections: when it is free again, on the monotonic clock. Absent: each has a line of its own. */
    line?: { freeAt: number }
  }
  replyLost?: { matches: (request: Buffer) => boolean; done: () => void }
}

/** How often each fault has struck: chunks for latency, blackhole and bandwidth, connections for reset, cut and replyLost. */
export type Fired = Record<keyof Toxics | 'reset' | 'refuse', number>

/** What the connections of a proxy share. `losing` are upstream sockets whose next answer is dropped. */
export interface Wire {
  toxics: Toxics
  fired: Fired
  losing: WeakMap<Socket, () => void>
  random: () => number
}

const MAX_WAITING_BYTES = 256 * 1024
const SLICES_PER_SECOND = 20

/** Carries one direction: its bytes and its end, one after the other, through whatever is wrong at the time. */
export function carry(wire: Wire, from: Socket, to: Socket, direction: Direction): void {
  const { fired, losing } = wire
  const gone = new AbortController()
  let turn = Promise.resolve()
  let waiting = 0
  const next = (step: () => Promise<unknown>) => {
    turn = turn.then(step).then(
      () => {},
      () => reset(from, to),
    )
  }
  const hole = () => {
    const { blackhole } = wire.toxics
    return (blackhole?.direction ?? direction) === direction ? blackhole : undefined
  }
  const opened = async () => {
    for (let closed = hole(); closed; closed = hole()) await closed.over.promise
  }
  const write = async (bytes: Buffer) => {
    if (!to.write(bytes)) await once(to, 'drain', { signal: gone.signal })
  }

  from.on('error', () => {})
  to.once('close', () => gone.abort())
  from.on('data', (bytes: Buffer) => {
    const arrived = performance.now()
    waiting += bytes.length
    if (waiting > MAX_WAITING_BYTES) from.pause()
    next(async () => {
      await pass(bytes, arrived)
      waiting -= bytes.length
      if (waiting <= MAX_WAITING_BYTES) from.resume()
    })
  })
  from.once('end', () => next(() => opened().then(() => to.end())))
  from.once('close', (failed) => {
    if (failed) next(() => opened().then(() => to.resetAndDestroy()))
  })

  async function pass(bytes: Buffer, arrived: number): Promise<void> {
    const { latency } = wire.toxics
    if (latency) {
      fired.latency++
      const due = arrived + latency.ms + (2 * wire.random() - 1) * latency.jitter
      await sleep(Math.max(0, due - performance.now()), undefined, gone)
    }
    if (hole()) {
      fired.blackhole++
      await opened()
    }

    const { replyLost, cut, bandwidth } = wire.toxics
    if (direction === 'up' && replyLost?.matches(bytes)) {
      losing.set(to, replyLost.done)
      delete wire.toxics.replyLost
    }
    const lost = direction === 'down' ? losing.get(from) : undefined
    if (lost) {
      fired.replyLost++
      reset(from, to)
      return lost()
    }

    if (cut && cut.direction === direction && cut.times > 0) {
      const passed = (cut.passed.get(from) ?? 0) + bytes.length
      cut.passed.set(from, passed)
      if (passed >= cut.afterBytes) {
        fired.cut++
        cut.times--
        to.end(bytes.subarray(0, bytes.length - (passed - cut.afterBytes)))
        to.destroySoon()
        from.resetAndDestroy()
        return
      }
    }

    if (!bandwidth || (bandwidth.direction ?? direction) !== direction) return write(bytes)
    fired.bandwidth++
    // many connections take turns on a shared line, so that each has its share of every moment
    const slices = bandwidth.line === undefined ? SLICES_PER_SECOND : 10 * SLICES_PER_SECOND
    const slice = Math.max(1, Math.floor(bandwidth.bytesPerSecond / slices))
    for (let at = 0; at < bytes.length; at += slice) {
      const part = bytes.subarray(at, at + slice)
      await sleep(turnMs(bandwidth, part.length), undefined, gone)
      await write(part)
    }
  }
}

/** How long a part of the bytes is under way: its own time, and where the line is shared, until those before it are through. */
function turnMs({ bytesPerSecond, line }: NonNullable<Toxics['bandwidth']>, bytes: number): number {
  const ownMs = (1_000 * bytes) / bytesPerSecond
  if (line === undefined) return ownMs
  const now = performance.now()
  line.freeAt = Math.max(now, line.freeAt) + ownMs
  return line.freeAt - now
}

/** RST on each that is still open. */
export function reset(...sockets: Socket[]): void {
  for (const socket of sockets) if (!socket.destroyed) socket.resetAndDestroy()
}
