import { openLedger } from '@restyle/shared/ledger/ledger'
import { createApiKey } from '@restyle/producer/http/api-keys'
import { openProducer, type World } from './open-producer.ts'

describe('the weights of producers', () => {
  let world: World
  let admin: { authorization: string }

  beforeAll(async () => {
    world = await openProducer()
    const { key } = await createApiKey(world.redis, world.prefix, 'office', ['admin'])
    admin = { authorization: `Bearer ${key}` }
    await world.keyOf('catalog')
  })
  afterAll(() => world.stop())

  const set = (name: string, weight: number) => ({ name, weight, zone: 'UTC', caps: [] })
  const weigh = (name: string, payload: object, headers = admin) =>
    world.producer.app.inject({ method: 'PATCH', url: `/v1/producers/${name}`, headers, payload })

  it('are set and listed by an admin, and reach the ledger', async () => {
    const answer = await weigh('catalog', { weight: 3 })
    expect([answer.statusCode, answer.json()]).toEqual([200, set('catalog', 3)])
    const listed = await world.producer.app.inject({ url: '/v1/producers', headers: admin })
    expect(listed.json()).toEqual({
      producers: [set('catalog', 3), set('office', 1)],
    })
    const first = await world.producer.app.inject({ url: '/v1/producers?limit=1', headers: admin })
    const { producers, nextCursor } = first.json()
    expect(producers).toEqual([set('catalog', 3)])
    const next = await world.producer.app.inject({
      url: `/v1/producers?limit=1&cursor=${nextCursor}`,
      headers: admin,
    })
    expect(next.json()).toEqual({ producers: [set('office', 1)] })
    expect(await openLedger(world.redis, world.prefix).readProducer('catalog')).toMatchObject({ weight: 3 })
  })

  it('are whole numbers from 1 to 1,000', async () => {
    for (const weight of [0, 1001, 1.5, -1, '3', null]) {
      const answer = await weigh('catalog', { weight })
      expect(answer.statusCode).toBe(422)
      expect(answer.json().errors[0].pointer).toBe('/weight')
    }
    expect((await weigh('catalog', {})).statusCode).toBe(422)
    expect((await weigh('nobody', { weight: 2 })).statusCode).toBe(404)
  })

  it('are none of the business of other keys', async () => {
    const own = await world.keyOf('catalog')
    expect((await weigh('catalog', { weight: 9 }, own)).statusCode).toBe(403)
    expect((await world.producer.app.inject({ url: '/v1/producers', headers: own })).statusCode).toBe(403)
  })
})
