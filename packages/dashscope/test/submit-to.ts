import type { Socket } from 'node:net'
import { createClient, type ClientOptions, type DashScope } from '../src/client.ts'
import { models } from '../src/models.ts'
import { startScriptedServer } from './scripted-server.ts'

export const model = models['wan2.5-i2i-preview']
export const body = model.body(model, { prompt: 'make it blue 蓝', images: ['https://a/b.png'], n: 1 })
/** A key that must show up nowhere. */
export const apiKey = 'sk-canary-0123456789'
export const accepted = { output: { task_status: 'PENDING', task_id: 'task-1' }, request_id: 'request-1' }

type Server = Awaited<ReturnType<typeof startScriptedServer>>

/** One submit against a server that answers by `respond`. */
export async function submitTo(
  respond: (socket: Socket, server: { url: string }) => void,
  options: Partial<ClientOptions> = {},
  submit: Parameters<DashScope['submit']>[2] = {},
) {
  const server: Server = await startScriptedServer((socket) => respond(socket, server))
  const client = createClient({ baseUrl: `${server.url}/api/v1/`, apiKey, ...options })
  try {
    const outcome = await client.submit(model, body, submit)
    return { outcome, requests: server.requests, connections: server.connections() }
  } finally {
    await client.close()
    await server.stop()
  }
}
