import type { EventStream } from '@restyle/shared/event/event-stream'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { changeTo, type LedgerWorld, openLedgerWorld } from './ledger-world.ts'

let server: RedisServer
let redis: Redis
let world: LedgerWorld
let events: EventStream
let tests = 0
beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(() => {
  tests += 1
  world = openLedgerWorld(redis, `{events${tests}}`)
  events = world.ledger.events('acme')
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const subjects = async () => (await events.page('0', 10)).map(({ event }) => event.subject)
const end = async (...ids: string[]) => {
  for (const id of ids) await world.standing(id, 'canceled')
}
const later = () => Date.now() + 3600_000

describe('the events of a producer', () => {
  it('are read in pages, each from where the one before has ended', async () => {
    await end('a', 'b', 'c')
    const first = await events.read('0', 2)
    const second = await events.read(first.cursor, 2)
    expect([first, second].map(({ delivered }) => delivered.map(({ event }) => event.subject))).toEqual([
      ['a', 'b'],
      ['c'],
    ])
    expect(await events.read(second.cursor, 2)).toMatchObject({ delivered: [], cursor: second.cursor })
  })

  it('hide none of the others where one cannot be read', async () => {
    await end('a')
    await redis.xadd(world.keys.events('acme'), '*', 'type', 'restyle.edit.from-the-future')
    await end('b')
    expect(await subjects()).toEqual(['a', 'b'])
    expect((await events.read('0', 10)).unreadable).toHaveLength(1)
  })

  it('tell of each time that an edit is held, with an id of its own', async () => {
    const held = await world.standing('a', 'review')
    const again = await world.admitted(await world.moved(held, changeTo('queued')))
    await world.moved(again, changeTo('review'))
    expect((await events.page('0', 10)).map(({ event }) => event.id)).toEqual(['a-held-1', 'a-held-2'])
  })

  it('that are no longer kept are a gap for whoever was before them, and for nobody else', async () => {
    await redis.sadd(world.keys.producers, 'acme')
    const first = await events.end()
    await end('a', 'b', 'c')
    const [, second, third] = await events.page('0', 10)
    const upTo = second?.cursor ?? ''
    await world.ledger.forgetEvents('acme', third?.cursor ?? '')
    // once more: nothing more is forgotten
    await world.ledger.forgetEvents('acme', third?.cursor ?? '')
    const all = await events.read(first, 10)
    expect(all).toMatchObject({ gap: { after: first, upTo }, cursor: third?.cursor })
    expect(all.delivered.map(({ event }) => event.subject)).toEqual(['c'])
    for (const cursor of ['0', await events.start(), upTo])
      expect(await events.read(cursor, 10)).not.toHaveProperty('gap')
    await world.ledger.trimEvents(later())
    expect(await events.end()).toBe(third?.cursor)
    expect(await events.read(upTo, 10)).toEqual({
      delivered: [],
      unreadable: [],
      gap: { after: upTo, upTo: third?.cursor },
      cursor: third?.cursor,
    })
  })
})
