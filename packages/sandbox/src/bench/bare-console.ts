import { EventEmitter } from 'node:events'
import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { fastify } from 'fastify'

/** The least that a service does which sends so many bytes, or tells of what ends at once. */
export async function startBareConsole() {
  const app = fastify()
  const ends = new EventEmitter()
  const kept = new Map<number, Buffer>()
  app.get<{ Params: { bytes: string } }>('/bytes/:bytes', async ({ params }, reply) => {
    const length = Number(params.bytes)
    const bytes = kept.get(length) ?? randomBytes(length)
    kept.set(length, bytes)
    return reply.type('application/octet-stream').send(bytes)
  })
  app.get('/live', (_request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream', connection: 'close' })
    reply.raw.write(': open\n\n')
    ends.on('end', (began: number) => reply.raw.write(`data: ${began}\n\n`))
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    url,
    /** How long (ms) after each of so many events, 50 a second, a reader hears of it. */
    lag: async (events: number): Promise<number[]> => {
      const over = new AbortController()
      const answer = await fetch(`${url}/live`, { signal: over.signal })
      const lags: number[] = []
      const reading = (async () => {
        const decoder = new TextDecoder()
        for await (const piece of answer.body ?? [])
          for (const [, began] of decoder.decode(piece).matchAll(/^data: (.*)$/gm)) {
            lags.push(performance.now() - Number(began))
            if (lags.length === events) return
          }
      })()
      for (let i = 0; i < events; i += 1) {
        ends.emit('end', performance.now())
        await setTimeout(20)
      }
      await reading
      over.abort()
      return lags
    },
    stop: () => app.close(),
  }
}
