import { Redis } from 'ioredis'
import type { NewEdit } from '@restyle/shared/contract/new-edit'
import { editIdOfRow } from '@restyle/shared/ledger/batches'
import { marks } from '@restyle/shared/ledger/facts'
import type { NextToFeed } from '@restyle/shared/ledger/rests'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { asked, changeTo, lane, type LedgerWorld, openLedgerWorld } from './ledger-world.ts'

const lot = { model: lane.model, class: 'standard' }
const room = { ...lane, running: 1_000_000, posting: 1_000_000, submitIntervalMicros: 0 }

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
  world = openLedgerWorld(redis, `{resting${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

/** Each with a prompt of its own, so that none holds back another. */
const rowsOf = (batch: string, from: number, to: number): NewEdit[] =>
  Array.from({ length: to - from }, (_, i) => {
    const edit = asked(editIdOfRow(batch, from + i), { batch, row: from + i })
    return { ...edit, request: { ...edit.request, prompt: edit.id } }
  })

let batches = 0

/** A batch of which `rows` rest; `total` where it is closed. */
async function resting(batch: string, rows: number, total?: number): Promise<void> {
  batches += 1
  // each a second after the one before
  const createdAt = Date.UTC(2026, 0) + batches * 1000
  const opening = { id: batch, producer: 'acme', name: '', bodyHash: 'h', createdAt }
  await world.ledger.openBatch(total === undefined ? opening : { ...opening, total })
  await world.ledger.appendRows({ batch, first: 0, count: rows, lots: [lot] })
}

/** Feeds what is next, as a feeder does. */
async function feedNext(): Promise<NextToFeed> {
  const next = await world.ledger.nextToFeed()
  if (next.kind === 'feed') {
    const to = next.from + next.room
    const edits = rowsOf(next.batch, next.from, to)
    await world.ledger.feed({ ...lot, batch: next.batch, from: next.from, to, edits })
  }
  return next
}

async function admit(): Promise<string> {
  const answer = await world.ledger.admit(room)
  return answer.kind === 'admitted' ? answer.edit.id : answer.kind
}

describe('a batch', () => {
  it('takes its rows in their order, each once', async () => {
    const { ledger } = world
    await ledger.openBatch({ id: 'b', producer: 'acme', name: '', bodyHash: 'h' })
    const append = (first: number, count: number) =>
      ledger.appendRows({ batch: 'b', first, count, lots: [lot] })
    expect(await append(0, 3)).toMatchObject({ kind: 'appended', accepted: 3 })
    expect(await append(0, 3)).toEqual({ kind: 'known', accepted: 3 })
    expect(await append(5, 1)).toEqual({ kind: 'gap', accepted: 3 })
    expect(await append(3, 2)).toMatchObject({ kind: 'appended', accepted: 5 })
    expect(await ledger.readMap('b')).toBe('.....')
    expect(await ledger.readBatch('b')).toMatchObject({ accepted: 5, resting: 5, queued: 0 })
    expect(await ledger.appendRows({ batch: 'no', first: 0, count: 1, lots: [lot] })).toMatchObject({
      kind: 'none',
    })
  })

  it('is closed with the number of rows that it has taken, and takes no more', async () => {
    const { ledger } = world
    await resting('b', 2)
    expect(await ledger.unclosed()).toEqual(['b'])
    expect(await ledger.closeBatch('b', 3)).toEqual({ kind: 'mismatch', accepted: 2 })
    expect(await ledger.closeBatch('b', 2)).toEqual({ kind: 'closed', accepted: 2 })
    expect(await ledger.closeBatch('b', 2)).toEqual({ kind: 'known', accepted: 2 })
    expect(await ledger.unclosed()).toEqual([])
    expect(await ledger.appendRows({ batch: 'b', first: 2, count: 1, lots: [lot] })).toMatchObject({
      kind: 'closed',
    })
    // what was sent again after the close is known still
    expect(await ledger.appendRows({ batch: 'b', first: 0, count: 2, lots: [lot] })).toMatchObject({
      kind: 'known',
    })
    expect(await ledger.closeBatch('no', 2)).toEqual({ kind: 'none', accepted: 0 })
  })

  it('ends when it is closed after its last row has ended, and not before', async () => {
    const { ledger } = world
    await resting('b', 1)
    await feedNext()
    const edit = await ledger.read('b-0')
    if (edit === undefined) throw new Error('not fed')
    await world.moved(edit, { to: 'canceled' })
    expect((await ledger.readBatch('b'))?.completedAt).toBeUndefined()
    await ledger.closeBatch('b', 1)
    expect((await ledger.readBatch('b'))?.completedAt).toBeDefined()
    const told = await ledger.events('acme').page('0', 10)
    expect(told.map(({ event }) => event.id)).toEqual(['b-0-canceled', 'b-completed'])
    expect(await redis.exists(world.keys.openEdits('b'))).toBe(0)
  })
})

describe('a row that rests', () => {
  it('becomes a queued edit once, as old as its batch', async () => {
    const { ledger } = world
    await resting('b', 3)
    const edits = rowsOf('b', 0, 2)
    expect(await ledger.feed({ ...lot, batch: 'b', from: 0, to: 2, edits })).toEqual({
      kind: 'fed',
      edits: 2,
    })
    expect(await ledger.feed({ ...lot, batch: 'b', from: 0, to: 2, edits })).toEqual({ kind: 'stale' })
    expect(await ledger.readMap('b')).toBe('qq.')
    const batch = await ledger.readBatch('b')
    expect(batch).toMatchObject({ resting: 1, queued: 2 })
    expect(await ledger.read('b-1')).toMatchObject({ state: 'queued', createdAt: batch?.createdAt })
    expect((await redis.smembers(world.keys.openEdits('b'))).toSorted()).toEqual(['b-0', 'b-1'])
  })

  it('that was put back from its receipts is not fed', async () => {
    const { ledger } = world
    await ledger.openBatch({ id: 'b', producer: 'acme', name: '', total: 3, bodyHash: 'h' })
    const [, second] = rowsOf('b', 0, 3)
    if (second === undefined) throw new Error('no row')
    await ledger.restore(second, { state: 'canceled', attempt: 0, tries: 0 })
    await ledger.appendRows({ batch: 'b', first: 0, count: 3, lots: [lot] })
    expect(await ledger.readMap('b')).toBe('.x.')
    expect(await ledger.readBatch('b')).toMatchObject({ resting: 2, canceled: 1 })
    const edits = rowsOf('b', 0, 3)
    expect(await ledger.feed({ ...lot, batch: 'b', from: 0, to: 3, edits })).toEqual({
      kind: 'fed',
      edits: 2,
    })
    expect(await ledger.read('b-1')).toMatchObject({ state: 'canceled' })
  })
})

describe('a producer', () => {
  it('is hungry while few of its edits are queued, and is fed up to the high mark', async () => {
    await resting('b', 1000)
    expect(await feedNext()).toMatchObject({ kind: 'feed', batch: 'b', from: 0, room: marks.highMark })
    expect(await world.ledger.nextToFeed()).toEqual({ kind: 'none', ms: undefined })
    for (let i = 0; i <= marks.highMark - marks.lowMark; i += 1) await admit()
    expect(await feedNext()).toMatchObject({ kind: 'feed', from: marks.highMark })
    expect(await world.ledger.readBatch('b')).toMatchObject({ queued: marks.highMark })
  })

  it('is one feeder’s at a time, and another’s when that one does not come back', async () => {
    await resting('b', 10)
    expect(await world.ledger.nextToFeed()).toMatchObject({ kind: 'feed' })
    const busy = await world.ledger.nextToFeed()
    expect(busy).toMatchObject({ kind: 'none' })
    await redis.zadd(world.keys.hungry, 0, `${lot.model} ${lot.class} acme`)
    expect(await world.ledger.nextToFeed()).toMatchObject({ kind: 'feed', from: 0 })
  })

  it('with many small batches has no more edits queued than with a large one', async () => {
    for (let i = 0; i < 40; i += 1) await resting(`b${i}`, 20, 20)
    while ((await feedNext()).kind === 'feed');
    const queued = await world.ledger.waiting(lot.model)
    expect(queued).toBeGreaterThanOrEqual(marks.lowMark)
    expect(queued).toBeLessThanOrEqual(marks.highMark)
    const order: string[] = []
    for (let i = 0; i < 800; i += 1) {
      order.push((await admit()).split('-')[0] ?? '')
      await feedNext()
    }
    expect(order).toEqual(Array.from({ length: 800 }, (_, i) => `b${Math.floor(i / 20)}`))
    expect(await redis.exists(world.keys.resting(lot.model, lot.class, 'acme'))).toBe(0)
  })

  it('is fed from a batch that goes first, however many edits of others are queued', async () => {
    await resting('late', 1000)
    await feedNext()
    await redis.hset(world.keys.batch('first'), 'priority', '9')
    await resting('first', 100)
    await redis.hset(world.keys.batch('first'), 'priority', '9')
    await world.ledger.appendRows({ batch: 'first', first: 100, count: 100, lots: [lot] })
    expect(await feedNext()).toMatchObject({ kind: 'feed', batch: 'first' })
  })

  it('is fed past a prompt whose submit is uncertain, but not without end, and not for a POST under way', async () => {
    const { ledger } = world
    const alike = (batch: string, from: number, to: number) =>
      rowsOf(batch, from, to).map((edit) => ({ ...edit, request: { ...edit.request, prompt: batch } }))
    const feedAll = async () => {
      for (let next = await ledger.nextToFeed(); next.kind === 'feed'; next = await ledger.nextToFeed()) {
        const { batch, from } = next
        const to = Math.min(from + next.room, 5_000)
        await ledger.feed({ ...lot, batch, from, to, edits: alike(batch, from, to) })
      }
    }
    for (const batch of ['a', 'b']) await resting(batch, 5_000)
    await feedAll()
    const sent = await ledger.read(await admit())
    if (sent === undefined) throw new Error('not admitted')
    expect(await admit()).toBe('wait')
    await feedAll()
    expect(await ledger.waiting(lot.model)).toBe(marks.highMark - 1)
    await world.moved(sent, changeTo('uncertain'))

    let id = await admit()
    for (let asked = 0; id === 'wait' && asked < 10; asked += 1) {
      await feedAll()
      id = await admit()
    }
    expect(id).toBe('b-0')
    expect(await ledger.readBatch('a')).toMatchObject({ queued: marks.mostAside })
    const other = await ledger.read(id)
    if (other === undefined) throw new Error('not admitted')
    await world.moved(other, changeTo('uncertain'))
    for (let asked = 0; asked < 30; asked += 1) {
      await admit()
      await feedAll()
    }
    expect(await ledger.waiting(lot.model)).toBeLessThanOrEqual(2 * marks.mostAside)
  })

  it('is fed past edits that wait for a time, but not without end', async () => {
    const { ledger } = world
    await resting('b', 5000)
    let fed = 0
    for (let next = await feedNext(); next.kind === 'feed'; next = await feedNext()) {
      for (let id = await admit(); id !== 'empty'; id = await admit()) {
        const edit = await ledger.read(id)
        if (edit === undefined) throw new Error(id)
        await world.moved(edit, { ...changeTo('queued'), afterMs: 3600_000 })
        fed += 1
      }
    }
    expect(fed).toBe(marks.mostAside)
    // they come back, and go: more may be fed
    for (const id of await redis.zrange(world.keys.later(lane.model), '0', '-1'))
      await redis.zadd(world.keys.later(lane.model), 1, id)
    for (let i = 0; i < 1_000; i += 1) await admit()
    expect(await feedNext()).toMatchObject({ kind: 'feed', from: marks.mostAside })
  })
})

describe('rows that cannot be read', () => {
  const failure = { code: 'RowsUnreadable', message: 'gone' }
  const next = async () => {
    const answer = await world.ledger.nextToFeed()
    if (answer.kind !== 'feed') throw new Error('nobody is hungry')
    return answer
  }
  const skip = async (gone: boolean) => {
    await redis.hdel(world.keys.batch('b'), 'unreadUntil')
    await redis.zadd(world.keys.hungry, 0, `${lot.model} ${lot.class} acme`)
    return world.ledger.skipRows(await next(), { ms: 1, gone })
  }

  it('are counted as gone in a row, and not over a time in which nobody knows', async () => {
    await resting('b', 10)
    expect(await skip(true)).toMatchObject({ tries: 1, goneMs: 0 })
    expect(await skip(true)).toMatchObject({ tries: 2 })
    expect(await skip(false)).toMatchObject({ tries: 0, goneMs: 0 })
    expect(await skip(true)).toMatchObject({ tries: 1 })
    const longAgo = (await world.ledger.now()) - 700_000
    await redis.hset(world.keys.batch('b'), 'unreadable', `0 30 ${longAgo} ${longAgo}`)
    expect(await skip(true)).toMatchObject({ tries: 1, goneMs: 0 })
    await redis.hset(world.keys.batch('b'), 'unreadable', `5 30 ${longAgo} ${longAgo + 690_000}`)
    expect(await skip(true)).toMatchObject({ tries: 1, goneMs: 0 })
    await redis.hset(world.keys.batch('b'), 'unreadable', `0 30 ${longAgo} ${longAgo + 690_000}`)
    const counted = await skip(true)
    expect(counted.tries).toBe(31)
    expect(counted.goneMs).toBeGreaterThan(600_000)
  })

  it('fail where they rest; one that became an edit, and one that was to be retried, stay as they are', async () => {
    const { ledger, keys } = world
    await resting('b', 6, 6)
    await ledger.accept(rowsOf('b', 2, 3))
    await redis.setrange(keys.batchMap('b'), 4, '~')
    const rows = { ...lot, batch: 'b', from: 1, to: 6, failure }
    expect(await ledger.failRows(rows)).toBe(4)
    expect(await ledger.readMap('b')).toBe('.-q---')
    expect(await ledger.readBatch('b')).toMatchObject({ resting: 1, queued: 1, failed: 4 })
    expect((await ledger.failuresOf('b')).get('RowsUnreadable')).toBe(3)
    const told = (await ledger.events('acme').page('0', 10)).map(({ event }) => event.data)
    expect(told).toEqual([{ batch: 'b', firstRow: 1, lastRow: 5, rows: 3, failure }])
    expect(await ledger.failRows(rows)).toBe(0)
  })
})
