import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { carry, reset, type Direction, type Fired, type Wire } from './carry.ts'

/** What can go wrong on the way. Each holds for every connection, open or new, until `heal`; those marked once do not stay. */
export interface Faults {
  /** Bytes arrive `ms` ± `jitter` later, in order. */
  latency(ms: number, jitter?: number): void
  /** A partition: nothing passes, and connections stay open. What was held back arrives after `heal`. */
  blackhole(direction?: Direction): void
  /** Once: RST on every open connection. */
  reset(): void
  /** Nobody listens any more (ECONNREFUSED) and open connections are reset. */
  refuse(): Promise<void>
  /** Each connection passes so many more bytes and is then cut: FIN ahead, RST behind. At most `times` connections. */
  cut(afterBytes: number, direction?: Direction, times?: number): void
  /** Of each connection by itself, or `shared`, of all of them together. */
  bandwidth(bytesPerSecond: number, direction?: Direction, shared?: 'shared'): void
  /** Once: the next request (that `matches`) reaches the target, its answer is dropped, the connection reset. Resolves then. */
  nextReplyLost(matches?: (request: Buffer) => boolean): Promise<void>
  heal(): Promise<void>
  readonly fired: Readonly<Fired>
}

/** A TCP proxy on 127.0.0.1 with faults on demand. */
export interface Proxy {
  port: number
  /** `http://127.0.0.1:…`, or with another scheme. */
  url(scheme?: string): string
  stop(): Promise<void>
  faults: Faults
}

/** The server's side of a proxy: whom it serves, and whether it takes more. */
type Gate = { clients: Map<Socket, Socket>; open: () => Promise<void>; close: () => Promise<void> }

/** Starts a proxy to `target`; `port` 0 or absent = a free one. `random` draws the jitter. */
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
  const wire: Wire = { toxics: {}, fired, losing: new WeakMap(), random }
  const clients = new Map<Socket, Socket>()

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const upstream = connect({ ...target, allowHalfOpen: true, noDelay: true })
    clients.set(client, upstream)
    client.once('close', () => clients.delete(client))
    carry(wire, client, upstream, 'up')
    carry(wire, upstream, client, 'down')
  })
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  const close = async () => {
    resetAll(clients)
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    await closed
  }

  await listen(wanted)
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : wanted
  const open = async () => {
    if (!server.listening) await listen(port)
  }
  return {
    port,
    url: (scheme = 'http') => `${scheme}://127.0.0.1:${port}`,
    async stop() {
      release(wire)
      await close()
    },
    faults: faultsOf(wire, { clients, open, close }),
  }
}

function faultsOf(wire: Wire, { clients, open, close }: Gate): Faults {
  const { fired } = wire
  return {
    fired,
    latency: (ms, jitter = 0) => void (wire.toxics.latency = { ms, jitter }),
    blackhole(direction) {
      const old = wire.toxics.blackhole
      wire.toxics.blackhole = { direction, over: Promise.withResolvers() }
      old?.over.resolve()
    },
    reset() {
      fired.reset += clients.size
      resetAll(clients)
    },
    async refuse() {
      fired.refuse++
      await close()
    },
    cut(afterBytes, direction = 'down', times = Infinity) {
      wire.toxics.cut = { afterBytes, direction, times, passed: new WeakMap() }
    },
    bandwidth(bytesPerSecond, direction, shared) {
      const line = shared === undefined ? {} : { line: { freeAt: 0 } }
      wire.toxics.bandwidth = { bytesPerSecond, direction, ...line }
    },
    nextReplyLost: (matches = () => true) =>
      new Promise((done) => {
        wire.toxics.replyLost = { matches, done }
      }),
    async heal() {
      release(wire)
      await open()
    },
  }
}

function resetAll(clients: Map<Socket, Socket>): void {
  for (const pair of clients) reset(...pair)
}

/** Takes away every fault that stays, and lets go what a partition held back. */
function release(wire: Wire): void {
  const { blackhole } = wire.toxics
  wire.toxics = {}
  blackhole?.over.resolve()
}
