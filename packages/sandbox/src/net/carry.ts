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

type Bandwidth = NonNullable<Toxics['bandwidth']>

const MAX_WAITING_BYTES = 256 * 1024
const SLICES_PER_SECOND = 20

/** One direction of one connection. `gone` aborts when `to` is closed. */
type Way = { wire: Wire; from: Socket; to: Socket; direction: Direction; gone: AbortController }

/** Carries one direction: its bytes and its end, one after the other, through whatever is wrong at the time. */
export function carry(wire: Wire, from: Socket, to: Socket, direction: Direction): void {
  const way: Way = { wire, from, to, direction, gone: new AbortController() }
  let turn = Promise.resolve()
  let waiting = 0
  const next = (step: () => Promise<unknown>) => {
    turn = turn.then(step).then(
      () => {},
      () => reset(from, to),
    )
  }

  from.on('error', () => {})
  to.once('close', () => way.gone.abort())
  from.on('data', (bytes: Buffer) => {
    const arrived = performance.now()
    waiting += bytes.length
    if (waiting > MAX_WAITING_BYTES) from.pause()
    next(async () => {
      await pass(way, bytes, arrived)
      waiting -= bytes.length
      if (waiting <= MAX_WAITING_BYTES) from.resume()
    })
  })
  from.once('end', () => next(() => opened(way).then(() => to.end())))
  from.once('close', (failed) => {
    if (failed) next(() => opened(way).then(() => to.resetAndDestroy()))
  })
}

async function pass(way: Way, bytes: Buffer, arrived: number): Promise<void> {
  await delay(way, arrived)
  if (hole(way)) {
    way.wire.fired.blackhole++
    await opened(way)
  }
  if (loseReply(way, bytes) || cutOff(way, bytes)) return
  const { bandwidth } = way.wire.toxics
  if (bandwidth && (bandwidth.direction ?? way.direction) === way.direction)
    await trickle(way, bytes, bandwidth)
  else await write(way, bytes)
}

async function delay({ wire, gone }: Way, arrived: number): Promise<void> {
  const { latency } = wire.toxics
  if (!latency) return
  wire.fired.latency++
  const due = arrived + latency.ms + (2 * wire.random() - 1) * latency.jitter
  await sleep(Math.max(0, due - performance.now()), undefined, gone)
}

function hole({ wire, direction }: Way): Toxics['blackhole'] {
  const { blackhole } = wire.toxics
  return (blackhole?.direction ?? direction) === direction ? blackhole : undefined
}

async function opened(way: Way): Promise<void> {
  for (let closed = hole(way); closed; closed = hole(way)) await closed.over.promise
}

/** Notes a request whose answer is to be lost, or loses the answer: true then. */
function loseReply({ wire, from, to, direction }: Way, bytes: Buffer): boolean {
  const { replyLost } = wire.toxics
  if (direction === 'up' && replyLost?.matches(bytes)) {
    wire.losing.set(to, replyLost.done)
    delete wire.toxics.replyLost
  }
  const lost = direction === 'down' ? wire.losing.get(from) : undefined
  if (!lost) return false
  wire.fired.replyLost++
  reset(from, to)
  lost()
  return true
}

/** Passes the last bytes and ends both sides if the connection has carried enough: true then. */
function cutOff({ wire, from, to, direction }: Way, bytes: Buffer): boolean {
  const { cut } = wire.toxics
  if (!cut || cut.direction !== direction || cut.times <= 0) return false
  const passed = (cut.passed.get(from) ?? 0) + bytes.length
  cut.passed.set(from, passed)
  if (passed < cut.afterBytes) return false
  wire.fired.cut++
  cut.times--
  to.end(bytes.subarray(0, bytes.length - (passed - cut.afterBytes)))
  to.destroySoon()
  from.resetAndDestroy()
  return true
}

async function trickle(way: Way, bytes: Buffer, bandwidth: Bandwidth): Promise<void> {
  way.wire.fired.bandwidth++
  // many connections take turns on a shared line, so that each has its share of every moment
  const slices = bandwidth.line === undefined ? SLICES_PER_SECOND : 10 * SLICES_PER_SECOND
  const slice = Math.max(1, Math.floor(bandwidth.bytesPerSecond / slices))
  for (let at = 0; at < bytes.length; at += slice) {
    const part = bytes.subarray(at, at + slice)
    await sleep(turnMs(bandwidth, part.length), undefined, way.gone)
    await write(way, part)
  }
}

async function write({ to, gone }: Way, bytes: Buffer): Promise<void> {
  if (!to.write(bytes)) await once(to, 'drain', { signal: gone.signal })
}

/** How long a part of the bytes is under way: its own time, and where the line is shared, until those before it are through. */
function turnMs({ bytesPerSecond, line }: Bandwidth, bytes: number): number {
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
