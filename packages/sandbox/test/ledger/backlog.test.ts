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
  maxCopyBacklog: 10,
}

let server: RedisServer
let redis: Redis
let tests = 0
let world: LedgerWorld

beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(() => {
  tests += 1
  world = openLedgerWorld(redis, `{backlog${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

let ids = 0
async function enqueue(
  producer: string,
  count: number,
  more: Partial<NewEdit['request']> = {},
): Promise<void> {
  const edits = Array.from({ length: count }, () => {
    ids += 1
    const edit = asked(`${producer}-${ids}`, { producer })
    return { ...edit, request: { ...edit.request, prompt: `${edit.request.prompt} ${ids}`, ...more } }
  })
  await world.ledger.accept(edits)
}

async function next(): Promise<Edit> {
  const answer = await world.ledger.admit(room)
  if (answer.kind !== 'admitted') throw new Error(JSON.stringify(answer))
  return answer.edit
}
const turns = async (count: number): Promise<string[]> => {
  const producers: string[] = []
  while (producers.length < count) producers.push((await next()).producer)
  return producers
}
const countOf = (producers: readonly string[], of: string) => producers.filter((each) => each === of).length

describe('whose turn it is', () => {
  it('alternates between two producers, however many each has', async () => {
    await enqueue('large', 100)
    await enqueue('small', 5)
    const first = await turns(10)
    expect(countOf(first, 'small')).toBe(5)
  })

  it('counts images, not edits', async () => {
    await enqueue('fours', 20, { n: 4 })
    await enqueue('ones', 80)
    expect(countOf(await turns(50), 'fours')).toBe(10)
  })

  it('gives who comes back neither credit nor debt', async () => {
    await enqueue('a', 300)
    await enqueue('b', 1)
    await turns(150)
    await enqueue('b', 50)
    const after = await turns(10)
    expect(countOf(after, 'b')).toBeGreaterThanOrEqual(4)
    expect(countOf(after, 'b')).toBeLessThanOrEqual(6)
  })

  it('is no one before another who waits longer, when a tag has grown large', async () => {
    await redis.hset(world.keys.fair(model), 'now', String(2 ** 52))
    await enqueue('a', 30)
    await enqueue('b', 30)
    expect(countOf(await turns(20), 'a')).toBe(10)
  })

  it('is the interactive edit, up to a lead, and then by fair share', async () => {
    await enqueue('bulky', 200)
    await turns(10)
    await enqueue('shop', 100, { class: 'interactive' })
    const first = await turns(60)
    expect(first.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 'shop'))
    expect(countOf(first, 'bulky')).toBeGreaterThanOrEqual(15)
  })

  it('is bulk at least once in ten images', async () => {
    await enqueue('day', 200)
    await enqueue('night', 100, { class: 'bulk', n: 2 })
    const drawn = await turns(100)
    expect(countOf(drawn, 'night') * 2).toBeGreaterThanOrEqual(
      (countOf(drawn, 'day') + countOf(drawn, 'night') * 2) / 10 - 2,
    )
    expect(countOf(drawn, 'night') * 2).toBeLessThanOrEqual(14)
  })

  it('is bulk at least once in ten also after a night in which bulk had the lane for itself', async () => {
    await enqueue('night', 100, { class: 'bulk' })
    await turns(80)
    await enqueue('day', 100)
    expect(countOf(await turns(40), 'night')).toBeGreaterThanOrEqual(2)
  })

  it('gives a newcomer no lead over others because bulk waits', async () => {
    await enqueue('night', 200, { class: 'bulk' })
    await enqueue('old', 300)
    await turns(150)
    await enqueue('new', 100)
    const after = await turns(40)
    expect(countOf(after, 'old')).toBeGreaterThanOrEqual(15)
    expect(countOf(after, 'new')).toBeGreaterThanOrEqual(15)
  })

  it('is in the order in which a producer asked', async () => {
    await enqueue('a', 20)
    const before = ids
    const order = []
    for (let i = 0; i < 20; i += 1) order.push((await next()).id)
    expect(order).toEqual(Array.from({ length: 20 }, (_, i) => `a-${before - 19 + i}`))
  })

  it('is in that order too where edits share prompts', async () => {
    for (const prompt of ['red', 'blue', 'red']) await enqueue('a', 1, { prompt })
    const order: string[] = []
    for (let i = 0; i < 3; i += 1) {
      const edit = await next()
      order.push(edit.request.prompt)
      await world.moved(edit, { to: 'running', set: { taskId: edit.id, submittedAt: 1 } })
    }
    expect(order).toEqual(['red', 'blue', 'red'])
  })
})

it('an admission reserves the money of all images', async () => {
  await enqueue('a', 1, { n: 3 })
  expect((await next()).reserved).toBe(3 * room.priceMicros)
})

describe('an edit that may not go', () => {
  const inDoubt = async (prompt: string): Promise<void> => {
    await redis.hset(world.keys.uncertain('one'), digestOf(prompt), 'other')
  }
  const prompted = (id: string, prompt: string, producer = 'acme') => {
    const edit = asked(id, { producer })
    return { ...edit, request: { ...edit.request, prompt } }
  }

  it('steps aside with all that are alike, and the next one goes', async () => {
    await inDoubt('blue')
    await world.ledger.accept(Array.from({ length: 500 }, (_, i) => prompted(`blue-${i}`, 'blue')))
    await world.ledger.accept([prompted('red', 'red')])
    expect((await next()).id).toBe('red')
    expect(await world.ledger.admit(room)).toMatchObject({ kind: 'wait', reason: 'uncertain' })
    await redis.del(world.keys.uncertain('one'))
    expect((await next()).id).toBe('blue-0')
  })

  it('holds the whole lane where no answer names its prompt', async () => {
    await inDoubt('any')
    await enqueue('a', 1)
    const answer = await world.ledger.admit({ ...room, echoesPrompt: false })
    expect(answer).toMatchObject({ kind: 'wait', reason: 'uncertain' })
  })

  it('is passed over while its sources travel', async () => {
    const far = prompted('far', 'a')
    const images = ['s3://photos/a.png']
    await world.ledger.accept([{ ...far, request: { ...far.request, images } }, prompted('near', 'b')])
    const ahead = { ...room, ahead: 2 }
    const near = { kind: 'admitted', edit: { id: 'near' }, wanted: ['far'] }
    expect(await world.ledger.admit(ahead)).toMatchObject(near)
    const travelling = { ...ahead, preparing: ['far'] }
    expect(await world.ledger.admit(travelling)).toMatchObject({ kind: 'empty', wanted: [], gone: [] })
    const arrived = { ...travelling, prepared: ['far'] }
    expect(await world.ledger.admit(arrived)).toMatchObject({ kind: 'admitted', edit: { id: 'far' } })
    expect(await world.ledger.admit(arrived)).toMatchObject({ kind: 'empty', gone: ['far'] })
  })

  it('comes back to its place when its wait is over', async () => {
    await world.ledger.accept([prompted('first', 'a'), prompted('second', 'b')])
    const first = await next()
    const back = await world.ledger.move(first, { to: 'queued', afterMs: 50 })
    expect(back.kind).toBe('moved')
    expect((await next()).id).toBe('second')
    const answer = await world.ledger.admit(room)
    expect(answer).toMatchObject({ kind: 'empty' })
    expect((answer as { ms: number }).ms).toBeGreaterThan(0)
    await until(async () => (await world.ledger.admit(room)).kind === 'admitted', 10_000)
  })
})
