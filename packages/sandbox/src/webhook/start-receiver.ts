import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A request as a receiver got it. `at`: epoch ms on this machine's clock. */
export type Received = {
  id: string
  at: number
  headers: Record<string, string>
  body: string
}

/** What a receiver does with a request. `afterMs`: how long it thinks; `hang`: it never answers; `reset`: it cuts the connection. */
export type Behaviour =
  | { kind: 'answer'; status: number; headers?: Record<string, string>; body?: string; afterMs?: number }
  | { kind: 'hang' }
  | { kind: 'reset' }

/** An endpoint that does what a test wants. */
export type Receiver = {
  url: string
  port: number
  /** Every request, whatever became of it. */
  received: Received[]
  /** Those that it answered with success. */
  taken: Received[]
  /** From now on, for each request. */
  behave(how: Behaviour | ((request: Received) => Behaviour)): void
  /** Nobody listens any more, and open connections are cut. */
  die(): Promise<void>
  /** It listens again, at the same port. */
  revive(): Promise<void>
  stop(): Promise<void>
}

const fine: Behaviour = { kind: 'answer', status: 204 }

/** Starts a receiver on 127.0.0.1 that takes everything. `keep`: whether it remembers what it got. */
export async function startReceiver({ keep = true }: { keep?: boolean } = {}): Promise<Receiver> {
  const received: Received[] = []
  const taken: Received[] = []
  let behaviour: (request: Received) => Behaviour = () => fine
  const server = createServer((request, response) => void take(request, response))
  // a hanging answer is a matter of whoever asks
  server.requestTimeout = 0

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = []
    try {
      for await (const part of request) parts.push(part as Buffer)
    } catch {
      return
    }
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    )
    const got: Received = {
      id: headers['webhook-id'] ?? '',
      at: Date.now(),
      headers,
      body: keep ? Buffer.concat(parts).toString() : '',
    }
    if (keep) received.push(got)
    const how = behaviour(got)
    if (how.kind === 'hang') return
    if (how.kind === 'reset') return void request.socket.resetAndDestroy()
    if (how.afterMs !== undefined) await sleep(how.afterMs)
    if (keep && how.status >= 200 && how.status < 300) taken.push(got)
    response.writeHead(how.status, how.headers).end(how.body)
  }

  const listen = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  const close = async (): Promise<void> => {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  await listen(0)
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/hook`,
    port,
    received,
    taken,
    behave: (how) => {
      behaviour = typeof how === 'function' ? how : () => how
    },
    die: close,
    revive: () => listen(port),
    stop: close,
  }
}
