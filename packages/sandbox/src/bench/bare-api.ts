import { Queue } from 'bullmq'
import { fastify } from 'fastify'

/**
 * The least that a service does which takes edits over HTTP: it parses the body and adds it to a queue of BullMQ. It checks
 * nothing, knows nobody, and keeps nothing but the job.
 */
export async function startBareApi(redisUrl: string): Promise<{ url: string; stop: () => Promise<void> }> {
  const { hostname, port } = new URL(redisUrl)
  const queue = new Queue('bare', { connection: { host: hostname, port: Number(port) } })
  await queue.waitUntilReady()
  const app = fastify({ bodyLimit: 64 * 1024 * 1024 })
  app.post('/v1/edits', async (request, reply) => {
    const { id } = await queue.add('edit', request.body)
    return reply.code(202).send({ id })
  })
  app.post<{ Body: { edits: object[] } }>('/v1/batches', async (request, reply) => {
    const jobs = await queue.addBulk(request.body.edits.map((data) => ({ name: 'edit', data })))
    return reply.code(202).send({ rows: jobs.length })
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    url,
    stop: async () => {
      await app.close()
      await queue.close()
    },
  }
}
