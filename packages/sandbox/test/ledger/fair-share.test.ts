import { Redis } from 'ioredis'
import { digestOf } from '@restyle/shared/ids'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { about, countOf, openTurnWorld, type TurnWorld } from './turn-world.ts'

let server: RedisServer
let redis: Redis
let world: TurnWorld
let worlds = 0

const openWorld = (): void => {
  worlds += 1
  world = openTurnWorld(redis, `{share${worlds}}`)
}

beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(openWorld)
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

/** Everything that Redis holds of this world but the settings of its producers, and tokens, which pass. */
async function snapshot(): Promise<Record<string, string>> {
  const names = (await redis.keys(`{share${worlds}}*`)).filter((name) => !/:(producers?|tokens)\b/.test(name))
  const dumps = await Promise.all(names.map(async (name) => (await redis.dumpBuffer(name))?.toString('hex')))
  return Object.fromEntries(names.map((name, i) => [name, dumps[i] ?? '']))
}

describe('the weight of a producer', () => {
  it('divides the images', async () => {
    await world.weigh('three', 3)
    await world.enqueue('one', 100)
    await world.enqueue('three', 100)
    expect(about(60)).toContain(countOf(await world.turns(80), 'three'))
  })

  it('divides them too where edits have several images', async () => {
    await world.weigh('three', 3)
    await world.enqueue('one', 40, { n: 4 })
    await world.enqueue('three', 100, { n: 2 })
    // 42 images in 6 turns of four for the one, and 18 of two for the other
    expect(about(51)).toContain(countOf(await world.turns(60), 'three'))
  })

  it('counts from the next admission on when it changes, and touches no edit', async () => {
    await world.enqueue('a', 100)
    await world.enqueue('b', 100)
    await world.turns(20)
    const before = await snapshot()
    await world.weigh('a', 4)
    expect(await snapshot()).toEqual(before)
    expect(about(40)).toContain(countOf(await world.turns(50), 'a'))
  })

  it('lets nobody starve at its largest, nor come to nothing at its smallest', async () => {
    await world.weigh('large', 1_000)
    await world.enqueue('large', 1_300)
    await world.enqueue('small', 5)
    const drawn = await world.turns(1_010)
    expect(countOf(drawn, 'small')).toBeGreaterThanOrEqual(1)
    expect(countOf(drawn, 'small')).toBeLessThanOrEqual(2)
  })

  it('is one until it is set, and can be read', async () => {
    expect(await world.ledger.readProducer('a')).toBeUndefined()
    await redis.sadd(world.keys.producers, 'a')
    expect(await world.ledger.readProducer('a')).toMatchObject({ weight: 1 })
    await world.weigh('a', 1_000)
    expect(await world.ledger.readProducer('a')).toMatchObject({ weight: 1_000 })
  })

  it('leaves an interactive producer its lead of twenty images, whatever it weighs', async () => {
    for (const weight of [1, 10]) {
      openWorld()
      await world.weigh('shop', weight)
      await world.enqueue('bulky', 200)
      await world.turns(10)
      await world.enqueue('shop', 100, { class: 'interactive' })
      const drawn = await world.turns(40)
      const lead = drawn.indexOf('bulky')
      // it begins at the clock, which may be an image of the other behind
      expect(lead).toBeGreaterThanOrEqual(20)
      expect(lead).toBeLessThanOrEqual(21 + weight)
    }
  })
})

describe('the share of a producer', () => {
  it('is given back exactly where nothing was submitted, though the weight has changed meanwhile', async () => {
    await world.enqueue('a', 3, { n: 3 })
    await world.next()
    const before = await world.tagOf('a')
    const edit = await world.next()
    await world.weigh('a', 7)
    await world.moved(edit, { to: 'queued', givesBack: true })
    expect(await world.tagOf('a')).toBe(before)
    expect(before).toBe('3000000')
  })

  it('is given back once', async () => {
    await world.enqueue('a', 3)
    await world.next()
    const before = await world.tagOf('a')
    const back = await world.moved(await world.next(), { to: 'queued', givesBack: true })
    await world.moved(back, { to: 'queued', givesBack: true })
    expect(await world.tagOf('a')).toBe(before)
  })

  it('saves no credit up while it is idle', async () => {
    await world.enqueue('a', 1_020)
    await world.enqueue('b', 1)
    await world.turns(1_001)
    await world.enqueue('b', 20)
    expect(about(5)).toContain(countOf(await world.turns(10), 'b'))
  })

  it('saves no credit up while it is paused', async () => {
    await world.enqueue('a', 1_020)
    await world.enqueue('b', 30)
    await world.turns(10)
    await world.ledger.pauseProducer('b', true)
    expect(countOf(await world.turns(1_000), 'b')).toBe(0)
    await world.ledger.pauseProducer('b', false)
    expect(about(5)).toContain(countOf(await world.turns(10), 'b'))
  })

  it('keeps the credit of one who waited for a submit with an unknown outcome', async () => {
    await redis.hset(world.keys.uncertain('one'), digestOf('blue'), 'other')
    await world.enqueue('a', 50)
    await world.enqueue('b', 30, { prompt: 'blue' })
    expect(countOf(await world.turns(20), 'a')).toBe(20)
    await redis.del(world.keys.uncertain('one'))
    const drawn: string[] = []
    for (let i = 0; i < 20; i += 1) {
      const edit = await world.next()
      drawn.push(edit.producer)
      await world.moved(edit, { to: 'running', set: { taskId: edit.id, submittedAt: 1 } })
    }
    expect(countOf(drawn, 'b')).toBeGreaterThanOrEqual(19)
  })
})
