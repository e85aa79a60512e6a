import { Redis } from 'ioredis'
import type { NewEdit } from '@restyle/shared/contract/new-edit'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { until } from '../stories/story.ts'
import { asked } from './ledger-world.ts'
import { about, countOf, model, openTurnWorld, type TurnWorld } from './turn-world.ts'

let server: RedisServer
let redis: Redis
let world: TurnWorld
let worlds = 0

const openWorld = (): void => {
  worlds += 1
  world = openTurnWorld(redis, `{priority${worlds}}`)
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

describe('the priority', () => {
  const single = async (id: string, more: Partial<NewEdit> = {}) => {
    const edit = asked(id, more)
    await world.ledger.accept([{ ...edit, request: { ...edit.request, prompt: id } }])
  }
  const batch = async (id: string, rows: number, priority?: number, createdAt?: number) => {
    const more = {
      ...(priority === undefined ? {} : { priority }),
      ...(createdAt === undefined ? {} : { createdAt }),
    }
    await world.ledger.openBatch({ id, producer: 'acme', name: '', total: rows, bodyHash: 'h', ...more })
    for (let row = 0; row < rows; row += 1) await single(`${id}-${row}`, { batch: id, row })
  }
  const order = async (count: number) => {
    const admitted: string[] = []
    while (admitted.length < count) admitted.push((await world.next()).id)
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

  it('lets batches of one second go one after the other, and those of the next second after them', async () => {
    const at = 1_800_000_000_000
    await batch('one', 2, 5, at + 900)
    await batch('two', 2, 5, at + 910)
    await batch('three', 2, 5, at + 1_001)
    expect(await order(6)).toEqual(['one-0', 'one-1', 'two-0', 'two-1', 'three-0', 'three-1'])
  })

  it('knows a bounded number of seconds that batches have', async () => {
    for (let i = 0; i < 1_010; i += 1) await batch(`b${i}`, 0, 5, 1_800_000_000_000 + i * 1000)
    expect(await redis.zcard(world.keys.opened('acme'))).toBe(1_000)
    expect(await redis.ttl(world.keys.opened('acme'))).toBeGreaterThan(80_000)
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

  it('of a paused batch counts when it is resumed', async () => {
    await batch('a', 2, 5, 1_800_000_000_000)
    await batch('b', 2, 5, 1_800_000_001_000)
    const settle = async () => {
      for (const [id, mark] of await world.ledger.unsettled()) await world.ledger.settleBatch(id, mark, '0')
    }
    await world.ledger.pauseBatch('b', true)
    await settle()
    expect(await world.ledger.setPriority('b', 9)).toBe(true)
    expect(await order(1)).toEqual(['a-0'])
    await world.ledger.pauseBatch('b', false)
    await settle()
    expect(await order(3)).toEqual(['b-0', 'b-1', 'a-1'])
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
    await world.enqueue('other', 10)
    await batch('mine', 10, 9)
    const drawn = await world.turns(20)
    expect(about(5)).toContain(countOf(drawn.slice(0, 10), 'other'))
  })
})
