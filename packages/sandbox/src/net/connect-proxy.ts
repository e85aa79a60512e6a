import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'

/** Where the proxy finds a host that only it can resolve. */
export type Route = { host: string; port: number }

/** An HTTP proxy on 127.0.0.1, as companies and fake-ip tools have one. */
export interface ConnectProxy {
  port: number
  /** `http://127.0.0.1:…`, with the user and the password that it wants. */
  url: string
  /** The `host:port` of every tunnel that was asked for, oldest first. */
  tunnels: string[]
  /** The address of every request that was sent on without a tunnel. */
  forwarded: string[]
  /** Answers every new tunnel with this status instead; undefined heals. `silent` answers nothing. */
  refuseWith(status: number | 'silent' | undefined): void
  stop(): Promise<void>
}

/**
 * Starts a proxy that opens tunnels (CONNECT) and forwards plain requests. `routes` are the names it knows, by
 * `host:port`, and it knows no other: whoever resolves names by themselves does not arrive. `auth` is `user:password`.
 */
export async function startConnectProxy({
  routes,
  auth,
}: {
  routes: Record<string, Route>
  auth?: string
}): Promise<ConnectProxy> {
  const tunnels: string[] = []
  const forwarded: string[] = []
  const open = new Set<Socket>()
  let refusal: number | 'silent' | undefined

  const wanted = auth === undefined ? undefined : `Basic ${Buffer.from(auth).toString('base64')}`
  const faultOf = (incoming: IncomingMessage, route: Route | undefined): number | undefined => {
    if (wanted !== undefined && incoming.headers['proxy-authorization'] !== wanted) return 407
    if (typeof refusal === 'number') return refusal
    return route === undefined ? 502 : undefined
  }

  const server = createServer((incoming, response) => {
    const url = URL.parse(incoming.url ?? '')
    const route = url === null ? undefined : routes[`${url.hostname}:${url.port || '80'}`]
    const fault = faultOf(incoming, route)
    if (fault !== undefined || url === null || route === undefined)
      return void response.writeHead(fault ?? 502).end()
    forwarded.push(url.href)
    forward(incoming, response, route, `${url.pathname}${url.search}`)
  })
  server.on('connection', (socket) => keep(socket, open))
  server.on('connect', (incoming: IncomingMessage, client: Socket, head: Buffer) => {
    const to = incoming.url ?? ''
    tunnels.push(to)
    if (refusal === 'silent') return
    const route = routes[to]
    const fault = faultOf(incoming, route)
    if (fault !== undefined || route === undefined)
      return void client.end(`HTTP/1.1 ${fault ?? 502} No\r\n\r\n`)
    const upstream = connect(route)
    keep(upstream, open)
    join(client, upstream, head)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `http://${auth === undefined ? '' : `${auth}@`}127.0.0.1:${port}`,
    tunnels,
    forwarded,
    refuseWith: (status) => {
      refusal = status
    },
    stop: () => stop(server, open),
  }
}

function keep(socket: Socket, open: Set<Socket>): void {
  open.add(socket)
  socket.on('error', () => {})
  socket.once('close', () => open.delete(socket))
}

async function stop(server: Server, open: Set<Socket>): Promise<void> {
  for (const socket of open) socket.destroy()
  const closed = once(server, 'close')
  server.close()
  await closed
}

function join(client: Socket, upstream: Socket, head: Buffer): void {
  upstream.once('error', () => client.destroy())
  upstream.once('connect', () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n')
    upstream.write(head)
    client.pipe(upstream).pipe(client)
  })
}

function forward(incoming: IncomingMessage, response: ServerResponse, route: Route, path: string): void {
  const { 'proxy-authorization': _, 'proxy-connection': __, ...headers } = incoming.headers
  const onward = request({ ...route, path, method: incoming.method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  onward.on('error', () => response.destroy())
  incoming.pipe(onward)
}
