import type { NewEdit } from '@restyle/shared/contract/new-edit'
import type { LaneRoom } from '@restyle/shared/ledger/admit'
import { editIdOfRow } from '@restyle/shared/ledger/batches'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { asked, changeTo, lane, type LedgerWorld, openLedgerWorld } from './ledger-world.ts'

const { model } = lane
const lot = { model, class: 'standard' }
const room: LaneRoom = { ...lane, running: 1_000_000, posting: 1_000_000, submitIntervalMicros: 0 }

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
  world = openLedgerWorld(redis, `{steer${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const rowsOf = (batch: string, from: number, to: number): NewEdit[] =>
  Array.from({ length: to - from }, (_, i) => {
    const edit = asked(editIdOfRow(batch, from + i), { batch, row: from + i })
    return { ...edit, request: { ...edit.request, prompt: edit.id } }
  })

/** A batch of so many rows, of which the first are queued edits and the others rest. `isOpen`: more may come. */
async function open(batch: string, rows: number, queued: number, isOpen = false): Promise<void> {
  const opening = { id: batch, producer: 'acme', name: '', bodyHash: 'h' }
  await world.ledger.openBatch(isOpen ? opening : { ...opening, total: rows })
  await world.ledger.appendRows({ batch, first: 0, count: rows, lots: [lot] })
  const edits = rowsOf(batch, 0, queued)
  await world.ledger.feed({ ...lot, batch, from: 0, to: queued, edits })
}

/** Brings all edits of a batch in line, a few with each call. */
async function settle(batch: string, mark: string): Promise<string[]> {
  const asks: string[] = []
  for (let cursor = '0'; ;) {
    const settled = await world.ledger.settleBatch(batch, mark, cursor)
    asks.push(...settled.asked)
    cursor = settled.cursor
    if (cursor === '0') return asks
  }
}
const markOf = async (steered: ReturnType<LedgerWorld['ledger']['cancelBatch']>): Promise<string> => {
  const answer = await steered
  if (answer.kind !== 'done') throw new Error(answer.kind)
  return answer.mark
}
const cancel = async (batch: string) => settle(batch, await markOf(world.ledger.cancelBatch(batch)))
const pause = async (batch: string, on: boolean) =>
  settle(batch, await markOf(world.ledger.pauseBatch(batch, on)))

const next = async (): Promise<string> => {
  const answer = await world.ledger.admit(room)
  return answer.kind === 'admitted' ? answer.edit.id : answer.kind
}
const told = async () => (await world.ledger.events('acme').page('0', 1_000)).map(({ event }) => event.id)
const read = (batch: string) => world.ledger.readBatch(batch)
const countsOfLot = (batch: string) =>
  redis.hmget(world.keys.batch(batch), `waits:${model}:standard`, `aside:${model}:standard`)

describe('a canceled batch', () => {
  it('ends what rests with one event for the range, and what is queued with one each', async () => {
    await open('b', 1_000, 3)
    await cancel('b')
    expect(await read('b')).toMatchObject({ resting: 0, queued: 0, canceled: 1_000 })
    expect(await world.ledger.readMap('b')).toBe('x'.repeat(1_000))
    const events = (await world.ledger.events('acme').page('0', 10)).map(({ event }) => event)
    expect(events.map(({ id }) => id).toSorted()).toEqual([
      'b-0-canceled',
      'b-1-canceled',
      'b-2-canceled',
      'b-completed',
      'b-rows-canceled',
    ])
    expect(events.at(-1)).toMatchObject({ id: 'b-completed', data: { canceledAt: expect.any(String) } })
    const range = { batch: 'b', firstRow: 3, lastRow: 999, rows: 997 }
    expect(events.find(({ id }) => id === 'b-rows-canceled')).toMatchObject({ subject: 'b', data: range })
    expect(await world.ledger.unsettled()).toEqual([])
    expect([await next(), await world.ledger.waiting(model)]).toEqual(['empty', 0])
    expect(await world.ledger.nextToFeed()).toEqual({ kind: 'none', ms: undefined })
  })

  it('lets nothing go from the moment of its cancel, also before its edits follow', async () => {
    await open('b', 300, 256)
    const first = await next()
    expect(first).toBe('b-0')
    const mark = await markOf(world.ledger.cancelBatch('b'))
    expect(await next()).toBe('empty')
    // fed, given back or put back meanwhile: none is queued again
    expect(
      await world.ledger.feed({ ...lot, batch: 'b', from: 256, to: 300, edits: rowsOf('b', 256, 300) }),
    ).toEqual({
      kind: 'stale',
    })
    const edit = await world.ledger.read('b-0')
    if (edit === undefined) throw new Error('gone')
    expect(await world.moved(edit, { to: 'queued' })).toMatchObject({ state: 'canceled' })
    await settle('b', mark)
    expect(await read('b')).toMatchObject({ queued: 0, resting: 0, canceled: 300 })
    expect((await told()).at(-1)).toBe('b-completed')
  })

  it('lets go on what was admitted, and completes when that has ended', async () => {
    await open('b', 5, 2)
    await next()
    expect(await cancel('b')).toEqual(['b-0'])
    expect(await read('b')).toMatchObject({ submitting: 1, canceled: 4 })
    expect(await told()).not.toContain('b-completed')
    const edit = await world.ledger.read('b-0')
    if (edit === undefined) throw new Error('gone')
    expect(edit.cancelAsked).toEqual(expect.any(Number))
    const running = await world.moved(edit, changeTo('running', 'b-0'))
    const rendered = await world.moved(running, changeTo('rendered'))
    await world.moved(rendered, { to: 'succeeded' })
    expect(await read('b')).toMatchObject({ succeeded: 1, canceled: 4 })
    expect((await told()).at(-1)).toBe('b-completed')
  })

  it('takes no more rows where it was open, and completes', async () => {
    await open('b', 10, 0, true)
    await cancel('b')
    expect(await read('b')).toMatchObject({ total: 10, canceled: 10, completedAt: expect.any(Number) })
    expect(await world.ledger.appendRows({ batch: 'b', first: 10, count: 1, lots: [lot] })).toMatchObject({
      kind: 'canceled',
    })
    expect(await world.ledger.unclosed()).toEqual([])
  })

  it('is canceled once, and not where it was complete before', async () => {
    await open('b', 10, 0)
    await cancel('b')
    const before = await told()
    expect(await world.ledger.cancelBatch('b')).toEqual({ kind: 'same' })
    expect(await world.ledger.pauseBatch('b', true)).toEqual({ kind: 'canceled' })
    expect(await told()).toEqual(before)
    await open('c', 1, 1)
    await world.ledger.cancelEdit('c-0')
    expect(await world.ledger.cancelBatch('c')).toEqual({ kind: 'completed' })
    expect(await world.ledger.pauseBatch('c', true)).toEqual({ kind: 'completed' })
    expect(await world.ledger.cancelBatch('nobody')).toEqual({ kind: 'none' })
  })

  it('ends rows of all its lots, however they are mixed', async () => {
    const bulk = { model, class: 'bulk' }
    await world.ledger.openBatch({ id: 'b', producer: 'acme', name: '', bodyHash: 'h', total: 8 })
    await world.ledger.appendRows({ batch: 'b', first: 0, count: 8, lots: [lot, bulk] })
    const edits = rowsOf('b', 0, 8).filter(({ row }) => row % 2 === 0)
    await world.ledger.feed({ ...lot, batch: 'b', from: 0, to: 8, edits })
    expect(await world.ledger.readMap('b')).toBe('q.q.q.q.')
    await cancel('b')
    expect(await read('b')).toMatchObject({ canceled: 8, resting: 0, queued: 0 })
    expect(await redis.exists(world.keys.resting(model, 'bulk', 'acme'))).toBe(0)
  })

  it('follows the newest order, where an older pass ends after it', async () => {
    await open('b', 300, 300)
    const older = await markOf(world.ledger.pauseBatch('b', true))
    const newer = await markOf(world.ledger.cancelBatch('b'))
    await settle('b', older)
    expect(await world.ledger.unsettled()).toEqual([['b', newer]])
    await settle('b', newer)
    expect(await world.ledger.unsettled()).toEqual([])
  })
})

describe('a paused batch', () => {
  it('lets others pass, is not fed, and is back in its place when it is resumed', async () => {
    await open('b', 600, 256)
    await open('c', 2, 2)
    await pause('b', true)
    expect(await countsOfLot('b')).toEqual(['0', '256'])
    expect([await next(), await next(), await next()]).toEqual(['c-0', 'c-1', 'empty'])
    expect(await world.ledger.nextToFeed()).toMatchObject({ kind: 'none' })
    expect(await read('b')).toMatchObject({ queued: 256, resting: 344, pausedAt: expect.any(Number) })
    await pause('b', false)
    expect(await countsOfLot('b')).toEqual(['256', '0'])
    expect(await next()).toBe('b-0')
    expect((await read('b'))?.pausedAt).toBeUndefined()
  })

  it('is fed again when it is resumed', async () => {
    await open('b', 600, 10)
    await pause('b', true)
    await pause('b', false)
    expect(await world.ledger.nextToFeed()).toMatchObject({ kind: 'feed', batch: 'b', from: 10 })
  })

  it('keeps what comes back to it meanwhile', async () => {
    await open('b', 1, 1)
    await next()
    await pause('b', true)
    const edit = await world.ledger.read('b-0')
    if (edit === undefined) throw new Error('gone')
    await world.moved(edit, { to: 'queued' })
    expect(await next()).toBe('empty')
    await pause('b', false)
    expect([await next(), await next()]).toEqual(['b-0', 'empty'])
  })

  it('takes rows, and none of them goes before it is resumed', async () => {
    await open('b', 1, 1, true)
    await pause('b', true)
    const rows = { batch: 'b', first: 1, count: 9, lots: [lot] }
    expect(await world.ledger.appendRows(rows)).toMatchObject({ kind: 'appended' })
    expect(await world.ledger.nextToFeed()).toMatchObject({ kind: 'none' })
    await pause('b', false)
    expect(await world.ledger.nextToFeed()).toMatchObject({ kind: 'feed', from: 1 })
  })

  it('ends neither the pause of one of its edits nor that of its producer when it is resumed', async () => {
    await open('b', 2, 2)
    await world.ledger.pauseEdit('b-0', true)
    await pause('b', true)
    await world.ledger.pauseEdit('b-1', true)
    await world.ledger.pauseEdit('b-1', false)
    expect(await countsOfLot('b')).toEqual(['0', '2'])
    expect(await next()).toBe('empty')
    await pause('b', false)
    expect([await next(), await next()]).toEqual(['b-1', 'empty'])
    await world.ledger.pauseProducer('acme', true)
    await world.ledger.pauseEdit('b-0', false)
    expect(await next()).toBe('empty')
    await world.ledger.pauseProducer('acme', false)
    expect(await next()).toBe('b-0')
  })

  it('is the same a second time, and is canceled all the same', async () => {
    await open('b', 3, 1)
    await pause('b', true)
    expect(await world.ledger.pauseBatch('b', true)).toEqual({ kind: 'same' })
    await cancel('b')
    expect(await read('b')).toMatchObject({ canceled: 3, queued: 0, resting: 0 })
  })
})

describe('a million rows', () => {
  it('are canceled at once, and Redis is kept for a moment only', async () => {
    const million = 1_000_000
    await world.ledger.openBatch({ id: 'b', producer: 'acme', name: '', bodyHash: 'h', total: million })
    for (let first = 0; first < million; first += 1_000)
      await world.ledger.appendRows({ batch: 'b', first, count: 1_000, lots: [lot] })
    await world.ledger.feed({ ...lot, batch: 'b', from: 0, to: 256, edits: rowsOf('b', 0, 256) })
    await redis.config('SET', 'slowlog-log-slower-than', 0)
    const began = performance.now()
    await cancel('b')
    // less than a second where nothing else runs
    expect(performance.now() - began).toBeLessThan(5_000)
    expect(await read('b')).toMatchObject({ canceled: million, resting: 0, queued: 0 })
    // a duration in the server, where no other process counts
    const slowest = ((await redis.slowlog('GET', 128)) as [number, number, number][]).map(
      ([, , micros]) => micros,
    )
    expect(Math.max(...slowest)).toBeLessThan(250_000)
    expect(await told()).toHaveLength(258)
  })
})
