import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** `up` = from the client to the target, `down` = back. */
export type Direction = 'up' | 'down'

/** What can go wrong on the way. Each holds for every connection, open or new, until `heal`. */
export interface Faults {
  /** Bytes arrive `ms` ± `jitter` later, in order. */
  latency(ms: number, jitter?: number): void
  /** A partition: nothing passes, and connections stay open. What was held back arrives after `heal`. */
  blackhole(direction?: Direction): void
  /** RST on every open connection, once. */
  reset(): void
  /** Nobody listens any more (ECONNREFUSED) and open connections are reset. */
  refuse(): Promise<void>
  /** Each connection passes so many more bytes and is then cut: FIN ahead, RST behind. At most `times` connections. */
  cut(afterBytes: number, direction?: Direction, times?: number): void
  bandwidth(bytesPerSecond: number, direction?: Direction): void
  /** The next request (that `matches`) reaches the target, its answer is dropped and the connection reset. Resolves then. */
  nextReplyLost(matches?: (request: Buffer) => boolean): Promise<void>
  heal(): Promise<void>
  /** How often each has struck: chunks for latency, blackhole and bandwidth, connections for reset and cut. */
  readonly fired: Readonly<Record<Fault, number>>
}

type Fault = 'latency' | 'blackhole' | 'reset' | 'refuse' | 'cut' | 'bandwidth' | 'replyLost'

/** A TCP proxy on 127.0.0.1 with faults on demand. */
export interface Proxy {
  port: number
  url(scheme?: string): string
  stop(): Promise<void>
  faults: Faults
}

interface Toxics {
  latency?: { ms: number; jitter: number }
  blackhole?: { direction: Direction | undefined; over: PromiseWithResolvers<void> }
  cut?: { afterBytes: number; direction: Direction; times: number; passed: WeakMap<Socket, number> }
  bandwidth?: { bytesPerSecond: number; direction: Direction | undefined }
  replyLost?: { matches: (request: Buffer) => boolean; done: () => void }
}

const MAX_WAITING_BYTES = 256 * 1024
const SLICES_PER_SECOND = 20

/** Starts a proxy to `target`; `port` 0 or absent = a free one. */
export async function startProxy({
  target,
  port: wanted = 0,
  random = Math.random,
}: {
  target: { host: string; port: number }
  port?: number
  random?: () => number
}): Promise<Proxy> {
  const fired = { latency: 0, blackhole: 0, reset: 0, refuse: 0, cut: 0, bandwidth: 0, replyLost: 0 }
  const clients = new Map<Socket, Socket>()
  const losing = new WeakMap<Socket, () => void>()
  let toxics: Toxics = {}

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const upstream = connect({ ...target, allowHalfOpen: true, noDelay: true })
    clients.set(client, upstream)
    client.once('close', () => clients.delete(client))
    carry(client, upstream, 'up')
    carry(upstream, client, 'down')
  })

  /** One direction: its bytes and its end, one after the other, through whatever is wrong at the time. */
  function carry(from: Socket, to: Socket, direction: Direction): void {
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
      const { blackhole } = toxics
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
      const { latency } = toxics
      if (latency) {
        fired.latency++
        const due = arrived + latency.ms + (2 * random() - 1) * latency.jitter
        await sleep(Math.max(0, due - performance.now()), undefined, gone)
      }
      if (hole()) {
        fired.blackhole++
        await opened()
      }

      const { replyLost, cut, bandwidth } = toxics
      if (direction === 'up' && replyLost?.matches(bytes)) {
        losing.set(to, replyLost.done)
        delete toxics.replyLost
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
      const slice = Math.max(1, Math.floor(bandwidth.bytesPerSecond / SLICES_PER_SECOND))
      for (let at = 0; at < bytes.length; at += slice) {
        const part = bytes.subarray(at, at + slice)
        await sleep((1_000 * part.length) / bandwidth.bytesPerSecond, undefined, gone)
        await write(part)
      }
    }
  }

  function reset(...sockets: Socket[]): void {
    for (const socket of sockets) if (!socket.destroyed) socket.resetAndDestroy()
  }
  const resetAll = () => {
    for (const pair of clients) reset(...pair)
  }
  const listen = async (on: number) => {
    server.listen(on, '127.0.0.1')
    await once(server, 'listening')
  }
  const close = async () => {
    resetAll()
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    await closed
  }
  const release = () => {
    const { blackhole } = toxics
    toxics = {}
    blackhole?.over.resolve()
  }

  await listen(wanted)
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : wanted
  return {
    port,
    url: (scheme = 'http') => `${scheme}://127.0.0.1:${port}`,
    async stop() {
      release()
      await close()
    },
    faults: {
      fired,
      latency: (ms, jitter = 0) => void (toxics.latency = { ms, jitter }),
      blackhole(direction) {
        const old = toxics.blackhole
        toxics.blackhole = { direction, over: Promise.withResolvers() }
        old?.over.resolve()
      },
      reset() {
        fired.reset += clients.size
        resetAll()
      },
      async refuse() {
        fired.refuse++
        await close()
      },
      cut(afterBytes, direction = 'down', times = Infinity) {
        toxics.cut = { afterBytes, direction, times, passed: new WeakMap() }
      },
      bandwidth: (bytesPerSecond, direction) => void (toxics.bandwidth = { bytesPerSecond, direction }),
      nextReplyLost: (matches = () => true) =>
        new Promise((done) => {
          toxics.replyLost = { matches, done }
        }),
      async heal() {
        release()
        if (!server.listening) await listen(port)
      },
    },
  }
}
