import { createServer, type Socket } from 'node:net'

/** A request as it came over the wire; `connection` counts from 1. */
export type WireRequest = { connection: number; head: string; body: string }

/** A server for tests that answers below HTTP, byte by byte where needed: `respond` gets every whole request. */
export async function startScriptedServer(respond: (socket: Socket, request: WireRequest) => void) {
  const requests: WireRequest[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    const connection = connections
    let bytes = Buffer.alloc(0)
    sockets.add(socket)
    // a script that cuts the line is no fault of the server
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk])
      const end = bytes.indexOf('\r\n\r\n')
      const head = bytes.subarray(0, Math.max(end, 0)).toString('latin1')
      const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0)
      if (end < 0 || bytes.length < end + 4 + length) return
      const request = { connection, head, body: bytes.subarray(end + 4, end + 4 + length).toString() }
      bytes = bytes.subarray(end + 4 + length)
      requests.push(request)
      respond(socket, request)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    connections: () => connections,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A whole HTTP answer; keeps the connection open. */
export function answer(status: number, body: unknown, headers: Record<string, string> = {}): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const lines = Object.entries({ 'content-length': String(Buffer.byteLength(text)), ...headers })
  return `HTTP/1.1 ${status} Said\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${text}`
}
