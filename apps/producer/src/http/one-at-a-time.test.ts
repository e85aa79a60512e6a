import { fastify } from 'fastify'
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { sendProblem } from './answer-problems.ts'
import { IntakeHeaders } from './intake-headers.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { Problem } from './problem.ts'
import { validateByZod } from './validate.ts'

/** A server with a route that answers when it is told to, and fails where it is told so. */
async function open() {
  let now = 0
  const waiting: ((fails?: boolean) => void)[] = []
  const lookers: (() => void)[] = []
  const app = fastify().withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validateByZod)
  app.setSerializerCompiler(serializerCompiler)
  app.decorateRequest('producer', '')
  app.setErrorHandler((error, _request, reply) =>
    sendProblem(reply, error instanceof Problem ? error : new Problem('internal', 'x')),
  )
  oneAtATime(app, () => now)
  for (const url of ['/made', '/other'])
    app.post(
      url,
      { schema: { headers: IntakeHeaders, response: { 202: z.object({}) } } },
      async (_request, reply) => {
        const fails = await new Promise<boolean | undefined>((resolve) => {
          waiting.push(resolve)
          for (const look of lookers) look()
        })
        if (fails === true) throw new Error('on purpose')
        return reply.code(202).send({})
      },
    )
  await app.ready()
  const ask = async (key?: string, url = '/made') => {
    const headers = key === undefined ? {} : { 'idempotency-key': key }
    return (await app.inject({ method: 'POST', url, headers })).statusCode
  }
  const begun = (count: number) =>
    new Promise<'begun'>((resolve) => {
      const look = () => waiting.length >= count && resolve('begun')
      lookers.push(look)
      look()
    })
  /** What comes first: that so many were begun, or an answer to one that may not be begun at all. */
  const begunOr = (count: number, asked: Promise<number>) => Promise.race([begun(count), asked])
  return {
    ask,
    begun,
    begunOr,
    end: (i: number, fails?: boolean) => waiting[i]?.(fails),
    pass: (ms: number) => {
      now += ms
    },
  }
}

describe('a request with an Idempotency-Key', () => {
  it('is turned away while the same one is carried out, and then answered', async () => {
    const server = await open()
    const first = server.ask('a')
    await server.begun(1)
    expect(await server.begunOr(2, server.ask('"a"'))).toBe(409)
    server.end(0)
    expect(await first).toBe(202)
    const again = server.ask('a')
    expect(await server.begunOr(2, again)).toBe('begun')
    server.end(1)
    expect(await again).toBe(202)
  })

  it('is tried anew when the one before has failed', async () => {
    const server = await open()
    const first = server.ask('a')
    await server.begun(1)
    server.end(0, true)
    expect(await first).toBe(500)
    const again = server.ask('a')
    expect(await server.begunOr(2, again)).toBe('begun')
    server.end(1)
    expect(await again).toBe(202)
  })

  it('keeps no other key, no other route and no request without a key', async () => {
    const server = await open()
    const all = [server.ask('a'), server.ask('b'), server.ask('a', '/other'), server.ask(), server.ask()]
    await server.begun(5)
    for (const i of all.keys()) server.end(i)
    expect(await Promise.all(all)).toEqual([202, 202, 202, 202, 202])
  })

  it('is not turned away for ever where a handler never ends', async () => {
    const server = await open()
    const lost = server.ask('a')
    await server.begun(1)
    server.pass(10 * 60_000)
    const again = server.ask('a')
    expect(await server.begunOr(2, again)).toBe('begun')
    server.end(1)
    expect(await again).toBe(202)
    server.end(0)
    expect(await lost).toBe(202)
  })
})
