import { until } from '../stories/story.ts'
import { fine, openProducer } from './open-producer.ts'

describe('a Redis that cannot be used', () => {
  const readiness = async (world: Awaited<ReturnType<typeof openProducer>>) => {
    const [up, ready] = await Promise.all(
      ['/healthz', '/readyz'].map((url) => world.producer.app.inject({ url })),
    )
    return { up: up?.statusCode, ready: ready?.statusCode, problem: ready?.json() }
  }

  it.each<[string, (world: Awaited<ReturnType<typeof openProducer>>) => Promise<void> | void]>([
    ['is gone', (world) => world.server.redis.kill()],
    ['hangs', (world) => world.server.redis.suspend()],
  ])('is told by /readyz and turns edits away when it %s', async (_, spoil) => {
    const world = await openProducer()
    const headers = await world.keyOf('catalog')
    const post = () => world.producer.app.inject({ method: 'POST', url: '/v1/edits', headers, payload: fine })
    expect((await post()).statusCode).toBe(202)
    // a probe has a deadline, which a busy machine may miss
    await until(async () => (await readiness(world)).ready === 200)

    await spoil(world)
    expect(await readiness(world)).toMatchObject({
      up: 200,
      ready: 503,
      problem: {
        type: '/problems#unavailable',
        detail: expect.stringMatching(/: Redis cannot be used/),
      },
    })
    const refused = await post()
    expect(refused.statusCode).toBe(503)
    expect(refused.headers['retry-after']).toBe('5')
    expect(refused.json().type).toBe('/problems#unavailable')
    world.server.redis.resume()
    await world.stop()
  })

  it('is told by /readyz and turns edits away when it is full', async () => {
    const world = await openProducer()
    const headers = await world.keyOf('catalog')
    await world.redis.config('SET', 'maxmemory', '1mb')
    expect(await readiness(world)).toMatchObject({ up: 200, ready: 503 })
    const refused = await world.producer.app.inject({
      method: 'POST',
      url: '/v1/edits',
      headers,
      payload: fine,
    })
    expect(refused.statusCode).toBe(503)
    await world.redis.config('SET', 'maxmemory', '0')
    await until(async () => (await readiness(world)).ready === 200)
    await world.stop()
  })

  it('says nothing of the inside when something unforeseen happens, and notes it once', async () => {
    const world = await openProducer()
    const headers = await world.keyOf('catalog')
    await world.redis.set(`${world.prefix}:edit:strange`, 'not a hash')
    const answer = await world.producer.app.inject({ url: '/v1/edits/strange', headers })
    expect(answer.statusCode).toBe(500)
    expect(answer.json()).toEqual({
      type: '/problems#internal',
      code: 'internal',
      instance: answer.headers['x-request-id'],
      title: 'Something went wrong here',
      status: 500,
      detail: 'The fault is ours and has been noted.',
    })
    expect(world.lines.filter((line) => line.includes('WRONGTYPE'))).toHaveLength(1)
    await world.stop()
  })
})
