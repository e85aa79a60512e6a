import { viewOf } from '@restyle/shared/contract/edit'
import type { NewEdit } from '@restyle/shared/contract/new-edit'
import type { LaneRoom } from '@restyle/shared/ledger/admit'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { until } from '../stories/story.ts'
import { asked, changeTo, lane, type LedgerWorld, openLedgerWorld } from './ledger-world.ts'

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
  world = openLedgerWorld(redis, `{control${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const prompted = (id: string, more: Partial<NewEdit> = {}): NewEdit => {
  const edit = asked(id, more)
  return { ...edit, request: { ...edit.request, prompt: `prompt of ${id}` } }
}
const enqueue = (...ids: string[]) => world.ledger.accept(ids.map((id) => prompted(id)))
/** Whose turn it is, or what there is instead. */
const next = async (ask: Partial<LaneRoom> = {}): Promise<string> => {
  const answer = await world.ledger.admit({ ...room, ...ask })
  return answer.kind === 'admitted' ? answer.edit.id : answer.kind
}
const told = async (producer = 'acme') =>
  (await world.ledger.events(producer).page('0', 100)).map(({ event }) => event.id)

describe('a cancel', () => {
  it('ends a queued edit at once, with its event, and its place goes', async () => {
    await enqueue('a', 'b')
    expect(await world.ledger.cancelEdit('a')).toBe('canceled')
    expect((await world.ledger.read('a'))?.state).toBe('canceled')
    expect(await told()).toEqual(['a-canceled'])
    expect(await world.ledger.waiting(model)).toBe(1)
    expect([await next(), await next()]).toEqual(['b', 'empty'])
  })

  it('is the same a second time, and changes nothing that has ended', async () => {
    await enqueue('a')
    await world.ledger.cancelEdit('a')
    expect(await world.ledger.cancelEdit('a')).toBe('canceled')
    expect(await told()).toEqual(['a-canceled'])
    await world.standing('done', 'succeeded')
    expect(await world.ledger.cancelEdit('done')).toBe('ended')
    expect(await world.ledger.cancelEdit('nobody')).toBe('none')
    expect((await world.ledger.read('done'))?.cancelAsked).toBeUndefined()
  })

  it.each(['submitting', 'uncertain', 'running', 'review'] as const)(
    'of an edit that is %s keeps it from the backlog: it ends instead of going back',
    async (state) => {
      const edit = await world.standing('e', state)
      expect(await world.ledger.cancelEdit('e')).toBe('asked')
      expect((await world.ledger.read('e'))?.state).toBe(state)
      // whoever holds the edit from before goes on, and knows nothing of it
      const moved = await world.moved(edit, { to: 'queued', afterMs: 1 })
      expect(moved).toMatchObject({ state: 'canceled', reserved: 0 })
      expect(await world.ledger.waiting(model)).toBe(0)
      expect(await next()).toBe('empty')
      expect((await told()).at(-1)).toBe('e-canceled')
    },
  )

  it('lets images come that are paid for, and the event says that it was asked', async () => {
    const edit = await world.standing('e', 'running')
    await world.ledger.cancelEdit('e')
    const rendered = await world.moved(edit, changeTo('rendered'))
    await world.moved(rendered, { to: 'succeeded' })
    const [last] = (await world.ledger.events('acme').page('0', 10)).map(({ event }) => event.data)
    expect(last).toMatchObject({ state: 'succeeded', cancelAskedAt: expect.any(String) })
  })

  it('counts with the other ends of its batch', async () => {
    await world.ledger.openBatch({ id: 'b', producer: 'acme', name: '', total: 2, bodyHash: 'h' })
    await world.ledger.accept([0, 1].map((row) => prompted(`b-${row}`, { batch: 'b', row })))
    for (const row of [0, 1]) await world.ledger.cancelEdit(`b-${row}`)
    expect(await world.ledger.readBatch('b')).toMatchObject({ queued: 0, canceled: 2 })
    expect(await world.ledger.readMap('b')).toBe('xx')
    expect(await told()).toEqual(['b-0-canceled', 'b-1-canceled', 'b-completed'])
  })
})

describe('a paused edit', () => {
  it('lets others pass, and is back in its place when it is resumed', async () => {
    await enqueue('a', 'b', 'c')
    expect(await world.ledger.pauseEdit('a', true)).toBe('queued')
    const paused = await world.ledger.read('a')
    expect(paused && viewOf(paused).pausedAt).toEqual(expect.any(String))
    expect(await next()).toBe('b')
    expect(await world.ledger.pauseEdit('a', false)).toBe('queued')
    expect([await next(), await next(), await next()]).toEqual(['a', 'c', 'empty'])
    expect((await world.ledger.read('a'))?.pausedAt).toBeUndefined()
  })

  it('is paused since the first time, and counts as queued', async () => {
    await enqueue('a')
    await world.ledger.pauseEdit('a', true)
    const since = (await world.ledger.read('a'))?.pausedAt
    await until(async () => (await world.ledger.now()) > Number(since))
    await world.ledger.pauseEdit('a', true)
    expect((await world.ledger.read('a'))?.pausedAt).toBe(since)
    expect(await world.ledger.waiting(model)).toBe(1)
    expect(await world.ledger.mayGo(model)).toBe(false)
  })

  it('does not come back when its wait for a time is over', async () => {
    await enqueue('a')
    const edit = await world.ledger.read('a')
    if (edit === undefined) throw new Error('no edit')
    await world.ledger.pauseEdit('a', true)
    await world.moved(edit, { to: 'queued', afterMs: 1 })
    await until(async () => (await redis.zcard(world.keys.later(model))) === 0 || (await next()) !== 'empty')
    expect(await next()).toBe('empty')
    await world.ledger.pauseEdit('a', false)
    expect(await next()).toBe('a')
  })

  it('can be canceled', async () => {
    await enqueue('a')
    await world.ledger.pauseEdit('a', true)
    expect(await world.ledger.cancelEdit('a')).toBe('canceled')
    expect((await world.ledger.read('a'))?.pausedAt).toBeUndefined()
  })

  it('is none that was admitted', async () => {
    await world.standing('e', 'running')
    expect(await world.ledger.pauseEdit('e', true)).toBe('running')
    expect((await world.ledger.read('e'))?.pausedAt).toBeUndefined()
    expect(await world.ledger.pauseEdit('nobody', true)).toBe('none')
  })

  it('is not prepared any more, so that it keeps no other from it', async () => {
    const far = (id: string) => {
      const edit = prompted(id)
      return { ...edit, request: { ...edit.request, images: ['s3://photos/a.png'] } }
    }
    await world.ledger.accept([far('a'), far('b')])
    const one = { ...room, ahead: 1 }
    expect(await world.ledger.admit(one)).toMatchObject({ wanted: ['a'] })
    await world.ledger.pauseEdit('a', true)
    expect(await world.ledger.admit({ ...one, preparing: ['a'], prepared: ['a'] })).toMatchObject({
      kind: 'empty',
      gone: ['a'],
      wanted: ['b'],
    })
  })
})

describe('a paused producer', () => {
  it('lets others pass with all that it has and all that it sends', async () => {
    await world.ledger.accept([prompted('a1', { producer: 'a' }), prompted('b1', { producer: 'b' })])
    const since = await world.ledger.pauseProducer('a', true)
    expect(since).toEqual(expect.any(Number))
    await world.ledger.accept([prompted('a2', { producer: 'a' })])
    expect([await next(), await next()]).toEqual(['b1', 'empty'])
    expect(await world.ledger.pauseProducer('a', true)).toBe(since)
    expect(await world.ledger.stopsOfProducer('a')).toEqual([{ reason: 'person', at: since }])
    expect(await world.ledger.pauseProducer('a', false)).toBeUndefined()
    expect([await next(), await next(), await next()]).toEqual(['a1', 'a2', 'empty'])
  })

  it('is resumed without credit for the time of its pause', async () => {
    const many = (producer: string) =>
      Array.from({ length: 60 }, (_, i) => prompted(`${producer}-${i}`, { producer }))
    await world.ledger.accept([...many('a'), ...many('b')])
    await world.ledger.pauseProducer('a', true)
    for (let i = 0; i < 40; i += 1) expect(await next()).toMatch(/^b-/)
    await world.ledger.pauseProducer('a', false)
    const after = []
    for (let i = 0; i < 10; i += 1) after.push((await next())[0])
    expect(after.filter((each) => each === 'b').length).toBeGreaterThanOrEqual(4)
  })

  it('keeps an edit paused that was paused by itself', async () => {
    await enqueue('a', 'b')
    await world.ledger.pauseEdit('a', true)
    await world.ledger.pauseProducer('acme', true)
    expect(await next()).toBe('empty')
    await world.ledger.pauseProducer('acme', false)
    expect([await next(), await next()]).toEqual(['b', 'empty'])
  })

  it('costs nobody a look: ten thousand of them make no admission longer', async () => {
    const commands = async (): Promise<number> => {
      const before = await callsOf()
      expect(await next()).toMatch(/^free-/)
      return (await callsOf()) - before
    }
    await world.ledger.accept([1, 2].map((i) => prompted(`free-${i}`, { producer: `free${i}` })))
    const alone = await commands()
    for (let from = 0; from < 10_000; from += 500) {
      const names = Array.from({ length: 500 }, (_, i) => `p${from + i}`)
      await world.ledger.accept(names.map((producer) => prompted(producer, { producer })))
      await Promise.all(names.map((producer) => world.ledger.pauseProducer(producer, true)))
    }
    expect(await commands()).toBeLessThanOrEqual(alone + 2)
    expect(await next()).toBe('empty')
  })
})

/** Commands that Redis ran so far, those of scripts included; not the question itself. */
async function callsOf(): Promise<number> {
  const stats = await redis.info('commandstats')
  return [...stats.matchAll(/^cmdstat_(?!info)\S+?:calls=(\d+)/gm)].reduce(
    (sum, [, calls]) => sum + Number(calls),
    0,
  )
}

describe('what was paused after it had joined the backlog', () => {
  it('is passed over, and the next one goes', async () => {
    await world.ledger.openBatch({ id: 'b', producer: 'acme', name: '', total: 50, bodyHash: 'h' })
    await world.ledger.accept(
      Array.from({ length: 50 }, (_, row) => prompted(`b-${row}`, { batch: 'b', row })),
    )
    await enqueue('other')
    await redis.hset(world.keys.batch('b'), 'pausedAt', 1)
    // some of them with each call, so that none of the calls is long
    const seen = await until(async () => {
      const answer = await next()
      return answer !== 'empty' && answer
    })
    expect(seen).toBe('other')
    expect(await redis.exists(world.keys.groups(model, 'standard', 'acme'))).toBe(0)
  })

  it('is passed over where a whole producer was', async () => {
    await world.ledger.accept([prompted('a1', { producer: 'a' }), prompted('b1', { producer: 'b' })])
    await redis.hset(world.keys.producer('a'), 'pausedAt', 1)
    expect([await next(), await next()]).toEqual(['b1', 'empty'])
  })
})
