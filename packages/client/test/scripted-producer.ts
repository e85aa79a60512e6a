import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createClient } from '../src/client.ts'
import type { ClientOptions } from '../src/connection.ts'

/** One request as it came. */
type Seen = { call: string; headers: IncomingMessage['headers']; body: string }

/** Answers by itself; `undefined` cuts the connection. */
type Script = (seen: Seen, response: ServerResponse) => unknown

/** A producer on loopback that answers as each test scripts it, and a client whose waits take no time. */
export async function startScriptedProducer() {
  const seen: Seen[] = []
  const waits: number[] = []
  const scripted = { answer: (() => ({})) as Script }
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (text: string) => (body += text))
    request.on('end', () => {
      const each = { call: `${request.method} ${request.url}`, headers: request.headers, body }
      seen.push(each)
      const answer = scripted.answer(each, response)
      if (answer === undefined) request.socket.destroy()
      else if (answer !== null) response.end(JSON.stringify(answer))
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    seen,
    waits,
    scripted,
    client: (more: Partial<ClientOptions & { key: string }> = {}) =>
      createClient({
        url,
        key: 'rk_key_secret',
        wait: async (ms, signal) => {
          waits.push(ms)
          signal.throwIfAborted()
        },
        newKey: () => 'made-up-key',
        ...more,
      }),
    stop: async () => {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}

/** A refusal as the producer words it. */
export const refuse = (response: ServerResponse, status: number, code: string, more: object = {}): object => {
  response.writeHead(status, { 'content-type': 'application/problem+json' })
  return { type: `/problems#${code}`, code, title: 'A title', status, detail: 'A reason.', ...more }
}
