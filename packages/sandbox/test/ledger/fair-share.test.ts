import fc from 'fast-check'
import { Redis } from 'ioredis'
import type { Edit } from '@restyle/shared/contract/edit'
import type { NewEdit } from '@restyle/shared/contract/new-edit'
import { digestOf } from '@restyle/shared/ids'
import type { LaneRoom } from '@restyle/shared/ledger/admit'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { until } from '../stories/story.ts'
import { asked, lane, type LedgerWorld, openLedgerWorld } from './ledger-world.ts'

const { model } = lane
const room: LaneRoom = {
  ...lane,
  running: 1_000_000,
  posting: 1_000_000,
  submitIntervalMicros: 0,
  priceMicros: 1,
}

let server: RedisServer
let redis: Redis
let world: LedgerWorld
let worlds = 0
let ids = 0

const openWorld = (): void => {
  worlds += 1
  world = openLedgerWorld(redis, `{fair${worlds}}`)
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

async function weigh(producer: string, weight: number): Promise<void> {
  await redis.sadd(world.keys.producers, producer)
  expect(await world.ledger.setWeight(producer, weight)).toBe(true)
}

async function enqueue(
  producer: string,
  count: number,
  more: Partial<NewEdit['request']> = {},
): Promise<void> {
  const edits = Array.from({ length: count }, () => {
    ids += 1
    const edit = asked(`${producer}-${ids}`, { producer })
    return { ...edit, request: { ...edit.request, prompt: `number ${ids}`, ...more } }
  })
  await world.ledger.accept(edits)
}

async function next(): Promise<Edit> {
  const answer = await world.ledger.admit(room)
  if (answer.kind !== 'admitted') throw new Error(JSON.stringify(answer))
  return answer.edit
}
async function turns(count: number): Promise<string[]> {
  const producers: string[] = []
  while (producers.length < count) producers.push((await next()).producer)
  return producers
}
const countOf = (producers: readonly string[], of: string) => producers.filter((each) => each === of).length
const tagOf = (producer: string) => redis.hget(world.keys.tags(model), producer)

function expectAbout(count: number, expected: number): void {
  expect(count).toBeGreaterThanOrEqual(expected - 1)
  expect(count).toBeLessThanOrEqual(expected + 1)
}

/** Everything that Redis holds of this world but the settings of its producers, and tokens, which pass. */
async function snapshot(): Promise<Record<string, string>> {
  const names = (await redis.keys(`{fair${worlds}}*`)).filter((name) => !/:(producers?|tokens)\b/.test(name))
  const dumps = await Promise.all(names.map(async (name) => (await redis.dumpBuffer(name))?.toString('hex')))
  return Object.fromEntries(names.map((name, i) => [name, dumps[i] ?? '']))
}

describe('the weight of a producer', () => {
  it('divides the images', async () => {
    await weigh('three', 3)
    await enqueue('one', 100)
    await enqueue('three', 100)
    expectAbout(countOf(await turns(80), 'three'), 60)
  })

  it('divides them too where edits have several images', async () => {
    await weigh('three', 3)
    await enqueue('one', 40, { n: 4 })
    await enqueue('three', 100, { n: 2 })
    // 42 images in 6 turns of four for the one, and 18 of two for the other
    expectAbout(countOf(await turns(60), 'three'), 51)
  })

  it('counts from the next admission on when it changes, and touches no edit', async () => {
    await enqueue('a', 100)
    await enqueue('b', 100)
    await turns(20)
    const before = await snapshot()
    await weigh('a', 4)
    expect(await snapshot()).toEqual(before)
    expectAbout(countOf(await turns(50), 'a'), 40)
  })

  it('lets nobody starve at its largest, nor come to nothing at its smallest', async () => {
    await weigh('large', 1_000)
    await enqueue('large', 1_300)
    await enqueue('small', 5)
    const drawn = await turns(1_010)
    expect(countOf(drawn, 'small')).toBeGreaterThanOrEqual(1)
    expect(countOf(drawn, 'small')).toBeLessThanOrEqual(2)
  })

  it('is one until it is set, and can be read', async () => {
    expect(await world.ledger.readProducer('a')).toBeUndefined()
    expect(await world.ledger.setWeight('a', 2)).toBe(false)
    await redis.sadd(world.keys.producers, 'a')
    expect(await world.ledger.readProducer('a')).toEqual({ weight: 1 })
    expect(await world.ledger.setWeight('a', 1_000)).toBe(true)
    expect(await world.ledger.readProducer('a')).toEqual({ weight: 1_000 })
  })

  it('leaves an interactive producer its lead of twenty images, whatever it weighs', async () => {
    for (const weight of [1, 10]) {
      openWorld()
      await weigh('shop', weight)
      await enqueue('bulky', 200)
      await turns(10)
      await enqueue('shop', 100, { class: 'interactive' })
      const drawn = await turns(40)
      const lead = drawn.indexOf('bulky')
      // it begins at the clock, which may be an image of the other behind
      expect(lead).toBeGreaterThanOrEqual(20)
      expect(lead).toBeLessThanOrEqual(21 + weight)
    }
  })
})

describe('the share of a producer', () => {
  it('is given back exactly where nothing was submitted, though the weight has changed meanwhile', async () => {
    await enqueue('a', 3, { n: 3 })
    await next()
    const before = await tagOf('a')
    const edit = await next()
    await weigh('a', 7)
    await world.moved(edit, { to: 'queued', givesBack: true })
    expect(await tagOf('a')).toBe(before)
    expect(before).toBe('3000000')
  })

  it('is given back once', async () => {
    await enqueue('a', 3)
    await next()
    const before = await tagOf('a')
    const back = await world.moved(await next(), { to: 'queued', givesBack: true })
    await world.moved(back, { to: 'queued', givesBack: true })
    expect(await tagOf('a')).toBe(before)
  })

  it('saves no credit up while it is idle', async () => {
    await enqueue('a', 1_020)
    await enqueue('b', 1)
    await turns(1_001)
    await enqueue('b', 20)
    expectAbout(countOf(await turns(10), 'b'), 5)
  })

  it('keeps the credit of one who waited for a submit with an unknown outcome', async () => {
    await redis.hset(world.keys.uncertain('one'), digestOf('blue'), 'other')
    await enqueue('a', 50)
    await enqueue('b', 30, { prompt: 'blue' })
    expect(countOf(await turns(20), 'a')).toBe(20)
    await redis.del(world.keys.uncertain('one'))
    const drawn: string[] = []
    for (let i = 0; i < 20; i += 1) {
      const edit = await next()
      drawn.push(edit.producer)
      await world.moved(edit, { to: 'running', set: { taskId: edit.id, submittedAt: 1 } })
    }
    expect(countOf(drawn, 'b')).toBeGreaterThanOrEqual(19)
  })
})

describe('the priority', () => {
  const single = async (id: string, more: Partial<NewEdit> = {}) => {
    const edit = asked(id, more)
    await world.ledger.accept([{ ...edit, request: { ...edit.request, prompt: id } }])
  }
  const batch = async (id: string, rows: number, priority?: number, createdAt?: number) => {
    const more = priority === undefined ? {} : { priority }
    await world.ledger.openBatch({ id, producer: 'acme', name: '', total: rows, bodyHash: 'h', ...more })
    if (createdAt !== undefined) await redis.hset(world.keys.batch(id), 'createdAt', String(createdAt))
    for (let row = 0; row < rows; row += 1) await single(`${id}-${row}`, { batch: id, row })
  }
  const order = async (count: number) => {
    const admitted: string[] = []
    while (admitted.length < count) admitted.push((await next()).id)
    return admitted
  }

  it('puts a later batch, or a later edit, before those of a lower one', async () => {
    await single('low', { priority: 1 })
    await batch('usual', 2)
    await single('usual-alone')
    await batch('first', 2, 9)
    await single('high', { priority: 6 })
    const expected = ['first-0', 'first-1', 'high', 'usual-0', 'usual-1', 'usual-alone', 'low']
    expect(await order(7)).toEqual(expected)
  })

  it('leaves batches of one priority in the order in which they came, and each in the order of its rows', async () => {
    await batch('new', 2, 2, 1_800_000_001_000)
    await batch('old', 3, 2, 1_800_000_000_000)
    expect(await order(5)).toEqual(['old-0', 'old-1', 'old-2', 'new-0', 'new-1'])
  })

  it('holds the order exactly at the last moment that it can tell', async () => {
    await batch('late', 0, 1, (1_735_689_600 + 999_999_999) * 1000)
    for (const row of [999_999, 999_998]) await single(`late-${row}`, { batch: 'late', row })
    expect(await order(2)).toEqual(['late-999998', 'late-999999'])
    const score = await redis.hget(world.keys.edit('late-999999'), 'order')
    expect(Number(score)).toBeLessThan(2 ** 53 - 1_000_000)
  })

  it('of a batch can be changed: its edits that wait go to their new places, in the order that they had', async () => {
    await batch('a', 3, 5, 1_800_000_000_000)
    await batch('b', 300, 5, 1_800_000_001_000)
    expect(await order(1)).toEqual(['a-0'])
    const seventh = await world.ledger.read('b-7')
    if (seventh === undefined) throw new Error('not accepted')
    const aside = await world.moved(seventh, { to: 'queued', afterMs: 30 })
    expect(await world.ledger.setPriority('b', 9)).toBe(true)
    expect(await world.ledger.readBatch('b')).toMatchObject({ priority: 9 })
    expect(await world.ledger.read('b-7')).toEqual(aside)
    await until(async () => (await world.ledger.now()) > aside.updatedAt + 30)
    const all = Array.from({ length: 300 }, (_, row) => `b-${row}`)
    expect(await order(302)).toEqual([...all, 'a-1', 'a-2'])
    expect(await world.ledger.setPriority('no', 9)).toBe(false)
  })

  it('of a batch decides whose resting rows are fed first, also when it is changed', async () => {
    const rest = async (id: string, priority: number) => {
      await world.ledger.openBatch({ id, producer: 'acme', name: '', bodyHash: 'h', priority })
      const lots = [{ model, class: 'standard' }]
      await world.ledger.appendRows({ batch: id, first: 0, count: 500, lots })
    }
    const fedNext = async () => {
      const answer = await world.ledger.nextToFeed()
      await redis.del(world.keys.hungry)
      return answer.kind === 'feed' ? answer.batch : answer.kind
    }
    await rest('low', 2)
    await rest('high', 3)
    expect(await fedNext()).toBe('high')
    expect(await world.ledger.setPriority('low', 4)).toBe(true)
    expect(await fedNext()).toBe('low')
  })

  it('takes nothing from other producers', async () => {
    await enqueue('other', 10)
    await batch('mine', 10, 9)
    const drawn = await turns(20)
    expectAbout(countOf(drawn.slice(0, 10), 'other'), 5)
  })
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
    await weigh(producer, weights[i] ?? 1)
    // the last one is new
    if (producer !== 'c') await redis.hset(world.keys.tags(model), producer, String(from))
  }
  await redis.hset(world.keys.fair(model), 'now', String(from), 'nowOfBulk', String(from))
  const order: string[] = []
  let last: Edit | undefined
  for (const step of steps) {
    if (step.do === 'enqueue') {
      await enqueue(step.producer, step.count, { n: step.n, class: step.class })
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
      { numRuns: 40 },
    )
  }, 120_000)

  /** With its first turn, which is the one's, all tags are lowered. */
  async function aboutToBeLowered(): Promise<void> {
    const top = 2 ** 52
    await weigh('ten', 10)
    await redis.hset(world.keys.tags(model), 'one', String(top - 900_000), 'ten', String(top - 500_000))
    await enqueue('one', 5)
    await enqueue('ten', 20)
  }

  it('goes on exactly where it was when the tags are lowered', async () => {
    await aboutToBeLowered()
    expect(await turns(7)).toEqual(['one', 'ten', 'ten', 'ten', 'ten', 'ten', 'ten'])
  })

  it('lets a newcomer begin at the clock also when that was lowered', async () => {
    await aboutToBeLowered()
    await turns(1)
    await enqueue('newcomer', 1)
    expect(await turns(2)).toEqual(['newcomer', 'ten'])
  })

  it('stays below the numbers that a double no longer holds', async () => {
    await redis.hset(world.keys.fair(model), 'now', String(2 ** 52))
    await enqueue('a', 5)
    await enqueue('b', 5)
    await turns(6)
    expect(Number(await tagOf('a'))).toBeLessThan(10_000_000)
    expect(Number(await tagOf('b'))).toBeLessThan(10_000_000)
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
        for (const [i, producer] of producers.entries()) await weigh(producer, weightOf(i))
        const fill = async (producer: string) => {
          for (const n of sizes) await enqueue(producer, 1, { n })
        }
        await fill('a')
        await fill('b')
        const turn = async () => {
          const { producer, request } = await next()
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
    { numRuns: 25 },
  )
}, 120_000)
