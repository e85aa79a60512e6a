import { limits } from '@restyle/shared/contract/limits'
import type { EventGroups, EventGroupSettings, Taken } from '@restyle/shared/ledger/event-groups'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { type LedgerWorld, openLedgerWorld } from './ledger-world.ts'

const group = { producer: 'acme', name: 'warehouse' }
/** A time that has passed when the next command comes, and one that does not pass. */
const [atOnce, never] = [{ visibleMs: 0 }, { visibleMs: 3600_000 }]

let server: RedisServer
let redis: Redis
let world: LedgerWorld
let groups: EventGroups
let tests = 0
beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(async () => {
  tests += 1
  world = openLedgerWorld(redis, `{groups${tests}}`)
  groups = world.ledger.eventGroups
  await redis.sadd(world.keys.producers, 'acme')
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const tell = async (...ids: string[]) => {
  for (const id of ids) await world.standing(id, 'canceled')
}
const open = (settings: Partial<EventGroupSettings> = never) => groups.set(group, '0-1', settings)
const pull = async (limit = 100, seenGap?: string) => {
  const pulled = await groups.pull(group, { limit, seenGap })
  if (pulled.kind !== 'events') throw new Error(pulled.kind)
  return pulled
}
const take = async (limit?: number) => (await pull(limit)).taken
const subjects = (taken: readonly Taken[]) => taken.map(({ event }) => event.subject)
const cursors = (taken: readonly Taken[]) => taken.map(({ cursor }) => cursor)
const names = (count: number) => Array.from({ length: count }, (_, i) => `e${i}`)

describe('a group of consumers', () => {
  it('hands each event to one of them, in the order of the stream', async () => {
    await tell('a', 'b', 'c')
    await open()
    expect(subjects(await take(2))).toEqual(['a', 'b'])
    expect(subjects(await take(2))).toEqual(['c'])
    expect(await take()).toEqual([])
    await tell('d')
    expect(subjects(await take())).toEqual(['d'])
  })

  it('loses nothing with a consumer: what that had and did not acknowledge, exactly, goes to the others', async () => {
    await tell(...names(10))
    await open(atOnce)
    const ten = await take(10)
    await groups.ack(group, cursors(ten.slice(3, 4)))
    const again = await take()
    expect(subjects(again)).toEqual(subjects(ten).toSpliced(3, 1))
    expect(again.map(({ tries }) => tries)).toEqual(Array(9).fill(2))
    expect(await groups.ack(group, cursors(again))).toBe(9)
    expect(await take()).toEqual([])
  })

  it('hands nothing out again before its time, nor what a consumer holds on to', async () => {
    await tell('a', 'b')
    await open(never)
    const taken = await take()
    expect(await pull()).toMatchObject({ taken: [], againInMs: expect.any(Number) })
    expect(await groups.again(group, taken.slice(0, 1), { afterMs: 0 })).toBe(1)
    expect(subjects(await take())).toEqual(['a'])
    await groups.set(group, '', { visibleMs: 1 })
    await groups.again(group, taken.slice(1), { afterMs: 3600_000 })
    expect(subjects(await take())).not.toContain('b')
  })

  it('gives back nothing for a consumer that has lost it to another one', async () => {
    await tell('a')
    await open(atOnce)
    const mine = await take()
    const theirs = await take()
    await groups.again(group, theirs, { afterMs: 3600_000 })
    expect(await groups.again(group, mine, { afterMs: 0 })).toBe(0)
    expect(await take()).toEqual([])
    // but what was done is done
    expect(await groups.ack(group, cursors(mine))).toBe(1)
  })

  it('puts an event aside that was handed out too often, whole, and goes on with the others', async () => {
    await tell('poison')
    await open({ visibleMs: 0, tries: 3 })
    for (const tries of [1, 2, 3]) expect(await take()).toMatchObject([{ tries }])
    await tell('b')
    expect(subjects(await take())).toEqual(['b'])
    expect(await groups.read(group)).toMatchObject({ dead: 1, taken: 1 })
    await world.ledger.trimEvents(Date.now() + 40 * 24 * 3600_000)
    const [dead] = await groups.dead(group, '0', 10)
    expect(dead).toMatchObject({ tries: 3, event: { subject: 'poison' } })
    expect(await groups.dead(group, dead?.cursor ?? '', 10)).toEqual([])
    // although the stream has forgotten it
    expect(await groups.revive(group, 'all', { drop: false })).toBe(1)
    expect(subjects(await take())).toContain('poison')
  })

  it('does not count a time that a consumer gives back untried', async () => {
    await tell('a')
    await open({ visibleMs: 3600_000, tries: 2 })
    for (let i = 0; i < 5; i += 1) {
      const taken = await take()
      expect(taken).toMatchObject([{ tries: 1 }])
      await groups.again(group, taken, { afterMs: 0, untried: true })
    }
  })

  it('drops dead events where it is told so, and counts their bytes no more', async () => {
    await tell('a', 'b')
    await open({ visibleMs: 0, tries: 1 })
    await take()
    await take()
    expect(await groups.revive(group, 'all', { drop: true })).toBe(2)
    expect(await groups.read(group)).toMatchObject({ dead: 0, taken: 0 })
    expect(await redis.hget(world.keys.eventGroup('acme', 'warehouse'), 'deadBytes')).toBe('0')
  })

  it('stands still where too many are dead, and loses none', async () => {
    await tell(...names(2))
    await open({ visibleMs: 0, tries: 1 })
    const dead = world.keys.eventGroupDead('acme', 'warehouse')
    await redis.hset(dead, Object.fromEntries(names(limits.eventsDead - 1).map((name) => [name, '{}'])))
    expect(await take()).toHaveLength(2)
    await tell('new')
    expect(await groups.pull(group, { limit: 10 })).toEqual({ kind: 'stuck' })
    await redis.hdel(dead, 'e0')
    expect(subjects(await take())).toEqual(['new'])
  })

  it('takes no new events while too many are out', async () => {
    await tell('a')
    await open()
    const out = names(limits.eventsTaken).flatMap((name) => [Date.now() + 3600_000, name])
    await redis.zadd(world.keys.eventGroupTaken('acme', 'warehouse'), ...out)
    expect(await pull()).toMatchObject({ taken: [], full: true })
    await redis.zrem(world.keys.eventGroupTaken('acme', 'warehouse'), 'e0')
    expect(subjects(await take())).toEqual(['a'])
  })

  it('hands out no more bytes at once than it may, and one event at least', async () => {
    await tell(...names(3))
    const key = world.keys.events('acme')
    const [entry] = await redis.xrange(key, '-', '+')
    const long = (entry?.[1] ?? []).map((text) => text.replace('e0', 'x'.repeat(250_000)))
    for (let i = 0; i < 2; i += 1) await redis.xadd(key, '*', ...long)
    await open()
    expect([(await take()).length, (await take()).length, (await take()).length]).toEqual([4, 1, 0])
  })

  it('tells what is no longer kept until its reader knows, new and handed out alike', async () => {
    await tell('a', 'b', 'c')
    await open(atOnce)
    const [a] = await take(1)
    const [, b, c] = await world.ledger.events('acme').page('0', 10)
    await redis.set(world.keys.trimmed('acme'), b?.cursor ?? '')
    await redis.xtrim(world.keys.events('acme'), 'MINID', c?.cursor ?? '')
    const told = await pull()
    expect(subjects(told.taken)).toEqual(['c'])
    expect(told.gap).toMatchObject({ upTo: b?.cursor })
    expect(Number(told.gap?.after.split('-')[0])).toBeLessThanOrEqual(Number(a?.cursor.split('-')[0]))
    expect((await pull()).gap).toEqual(told.gap)
    expect(await groups.read(group)).toMatchObject({ gap: told.gap })
    expect(await pull(1, told.gap?.upTo)).not.toHaveProperty('gap')
    expect(await pull()).not.toHaveProperty('gap')
  })

  it('holds events back for a month and no longer', async () => {
    await tell('a', 'b')
    await open()
    const day = 24 * 3600_000
    const left = async () => (await world.ledger.events('acme').page('0', 10)).length
    await groups.ack(group, cursors(await take(1)))
    await world.ledger.trimEvents(Date.now() + 29 * day)
    // the one that is acknowledged is the group's place
    expect(await left()).toBe(2)
    await world.ledger.trimEvents(Date.now() + 31 * day)
    expect(await left()).toBe(0)
    expect((await pull()).gap).toBeDefined()
  })

  it('holds back what it has handed out, though a later event is acknowledged', async () => {
    await tell('a', 'b')
    await open()
    const [, second] = cursors(await take(2))
    await groups.ack(group, [second ?? ''])
    await world.ledger.trimEvents(Date.now() + 24 * 3600_000)
    const { delivered } = await world.ledger.events('acme').read('0', 10)
    expect(delivered.map(({ event }) => event.subject)).toEqual(['a', 'b'])
  })

  it('is set otherwise without losing its place, and removed with all that it has', async () => {
    await tell('a', 'b')
    await open()
    await take(1)
    await groups.set(group, '0-1', { tries: 3 })
    expect(await groups.read(group)).toMatchObject({ tries: 3, visibleMs: 3600_000, taken: 1 })
    expect(subjects(await take())).toEqual(['b'])
    expect(await groups.list('acme')).toEqual(['warehouse'])
    expect([await groups.remove(group), await groups.remove(group)]).toEqual([true, false])
    expect(await redis.keys(`{groups${tests}}:event-group*`)).toEqual([])
    expect(await groups.pull(group, { limit: 1 })).toEqual({ kind: 'none' })
    expect(await groups.ack(group, ['1-1'])).toBeUndefined()
  })

  it('is one of a few that a producer may have', async () => {
    for (const name of names(limits.eventGroups))
      expect(await groups.set({ producer: 'acme', name }, '0-1', {})).toBe('made')
    expect(await open()).toBe('full')
    expect(await groups.set({ producer: 'other', name: 'x' }, '0-1', {})).toBe('made')
    expect(await groups.set({ producer: 'other', name: 'x' }, '0-1', {})).toBe('set')
  })

  it('leaves an event to later versions that this one cannot read', async () => {
    await redis.xadd(world.keys.events('acme'), '*', 'type', 'restyle.edit.from-the-future')
    await tell('a')
    await open({ visibleMs: 0, tries: 1 })
    const pulled = await pull()
    expect(subjects(pulled.taken)).toEqual(['a'])
    expect(pulled.unreadable).toHaveLength(1)
    await pull()
    expect(await groups.dead(group, '0', 10)).toMatchObject([{ unreadable: expect.any(String) }, {}])
  })

  it('takes a few milliseconds where ten thousand are out', async () => {
    await tell('a')
    await open({ ...never, tries: 100 })
    const key = world.keys.events('acme')
    const [entry] = await redis.xrange(key, '-', '+')
    const pipeline = redis.pipeline()
    for (let i = 0; i < limits.eventsTaken; i += 1) pipeline.xadd(key, '*', ...(entry?.[1] ?? []))
    await pipeline.exec()
    while (!(await pull()).full) continue
    await groups.set(group, '', { visibleMs: 0 })
    const taken = world.keys.eventGroupTaken('acme', 'warehouse')
    await redis.zunionstore(taken, 1, taken, 'WEIGHTS', 0)
    await redis.config('RESETSTAT')
    for (let i = 0; i < 10; i += 1) expect(await take()).toHaveLength(100)
    const stats = await redis.info('commandstats')
    expect(Number(/cmdstat_evalsha:.*usec_per_call=([\d.]+)/.exec(stats)?.[1])).toBeLessThan(10_000)
  })
})
