import fc from 'fast-check'
import { Redis } from 'ioredis'
import type { Edit } from '@restyle/shared/contract/edit'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { model, openTurnWorld, room, type TurnWorld } from './turn-world.ts'

let server: RedisServer
let redis: Redis
let world: TurnWorld
let worlds = 0

const openWorld = (): void => {
  worlds += 1
  world = openTurnWorld(redis, `{order${worlds}}`)
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

type Step =
  | { do: 'enqueue'; producer: string; count: number; n: number; class: 'standard' | 'interactive' | 'bulk' }
  | { do: 'admit' }
  | { do: 'return' }

const producers = ['a', 'b', 'c'] as const
const someProducer = fc.constantFrom(...producers)
const someWeights = fc.tuple(
  ...producers.map(() => fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 1_000 }))),
)
const someSteps = fc.array(
  fc.oneof(
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('enqueue' as const),
        producer: someProducer,
        count: fc.integer({ min: 1, max: 4 }),
        n: fc.integer({ min: 1, max: 4 }),
        class: fc.constantFrom('standard' as const, 'interactive' as const, 'bulk' as const),
      }),
    },
    { weight: 3, arbitrary: fc.constant<Step>({ do: 'admit' }) },
    { weight: 1, arbitrary: fc.constant<Step>({ do: 'return' }) },
  ),
  { minLength: 20, maxLength: 60 },
)

/** The producers and classes in the order of their turns, with all tags and clocks at `from` when it begins. */
async function orderFrom(
  from: number,
  weights: readonly number[],
  steps: readonly Step[],
): Promise<string[]> {
  openWorld()
  for (const [i, producer] of producers.entries()) {
    await world.weigh(producer, weights[i] ?? 1)
    // the last one is new
    if (producer !== 'c') await redis.hset(world.keys.tags(model), producer, String(from))
  }
  await redis.hset(world.keys.fair(model), 'now', String(from), 'nowOfBulk', String(from))
  const order: string[] = []
  let last: Edit | undefined
  for (const step of steps) {
    if (step.do === 'enqueue') {
      await world.enqueue(step.producer, step.count, { n: step.n, class: step.class })
    } else if (step.do === 'admit') {
      const answer = await world.ledger.admit(room)
      if (answer.kind !== 'admitted') continue
      last = answer.edit
      order.push(`${last.producer} ${last.request.class} ${last.request.n}`)
    } else if (last !== undefined) {
      await world.moved(last, { to: 'queued', givesBack: true })
      last = undefined
    }
  }
  return order
}

describe('the order', () => {
  it('is the same wherever the tags began, also while they are lowered', async () => {
    const top = 2 ** 52
    await fc.assert(
      fc.asyncProperty(
        someWeights,
        someSteps,
        fc.integer({ min: 0, max: 8_000_000 }),
        async (weights, steps, below) => {
          const plain = await orderFrom(50_000_000, weights, steps)
          expect(await orderFrom(top - below, weights, steps)).toEqual(plain)
        },
      ),
      { numRuns: 20 },
    )
  }, 120_000)

  /** With its first turn, which is the one's, all tags are lowered. */
  async function aboutToBeLowered(): Promise<void> {
    const top = 2 ** 52
    await world.weigh('ten', 10)
    await redis.hset(world.keys.tags(model), 'one', String(top - 900_000), 'ten', String(top - 500_000))
    await world.enqueue('one', 5)
    await world.enqueue('ten', 20)
  }

  it('goes on exactly where it was when the tags are lowered', async () => {
    await aboutToBeLowered()
    expect(await world.turns(7)).toEqual(['one', 'ten', 'ten', 'ten', 'ten', 'ten', 'ten'])
  })

  it('lets a newcomer begin at the clock also when that was lowered', async () => {
    await aboutToBeLowered()
    await world.turns(1)
    await world.enqueue('newcomer', 1)
    expect(await world.turns(2)).toEqual(['newcomer', 'ten'])
  })

  it('stays below the numbers that a double no longer holds', async () => {
    await redis.hset(world.keys.fair(model), 'now', String(2 ** 52))
    await world.enqueue('a', 5)
    await world.enqueue('b', 5)
    await world.turns(6)
    expect(Number(await world.tagOf('a'))).toBeLessThan(10_000_000)
    expect(Number(await world.tagOf('b'))).toBeLessThan(10_000_000)
  })
})

/** Between any two turns at which both waited all the time, no producer gets more than an edit ahead of its share. */
it('whoever waits gets its share, within one edit of each', async () => {
  const most = 4
  await fc.assert(
    fc.asyncProperty(
      someWeights,
      fc.array(fc.integer({ min: 1, max: most }), { minLength: 60 }),
      fc.nat(30),
      async (weights, sizes, late) => {
        openWorld()
        const weightOf = (i: number) => weights[i] ?? 1
        for (const [i, producer] of producers.entries()) await world.weigh(producer, weightOf(i))
        const fill = async (producer: string) => {
          for (const n of sizes) await world.enqueue(producer, 1, { n })
        }
        await fill('a')
        await fill('b')
        const turn = async () => {
          const { producer, request } = await world.next()
          const i = producers.findIndex((each) => each === producer)
          return { i, images: request.n }
        }
        const served = [0, 0, 0]
        const pairs = [[0, 1]]
        const check = () => {
          for (const [i = 0, j = 0] of pairs) {
            const ahead = (served[i] ?? 0) / weightOf(i) - (served[j] ?? 0) / weightOf(j)
            const bound = most / weightOf(i) + most / weightOf(j) + 1e-3
            expect(Math.abs(ahead)).toBeLessThanOrEqual(bound)
          }
        }
        const take = async (count: number) => {
          for (let turns = 0; turns < count; turns += 1) {
            const { i, images } = await turn()
            served[i] = (served[i] ?? 0) + images
            check()
          }
        }
        await take(late)
        // the latecomer's share counts from now on
        await fill('c')
        served.fill(0)
        pairs.push([0, 2], [1, 2])
        await take(28)
      },
    ),
    { numRuns: 10 },
  )
}, 120_000)
