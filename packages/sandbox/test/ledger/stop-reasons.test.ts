import type { NewEdit } from '@restyle/shared/contract/new-edit'
import { viewOfBatch } from '@restyle/shared/contract/batch'
import { editIdOfRow } from '@restyle/shared/ledger/batches'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { until } from '../stories/story.ts'
import { asked, lane, type LedgerWorld, openLedgerWorld } from './ledger-world.ts'

const { model } = lane
const lot = { model, class: 'standard' }
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
  world = openLedgerWorld(redis, `{reasons${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const rowsOf = (batch: string, rows: number): NewEdit[] =>
  Array.from({ length: rows }, (_, row) => {
    const edit = asked(editIdOfRow(batch, row), { batch, row })
    return { ...edit, request: { ...edit.request, prompt: edit.id } }
  })

/** A batch of four rows, of which two are queued and two rest. */
async function open(batch: string): Promise<void> {
  const { ledger } = world
  await ledger.openBatch({ id: batch, producer: 'acme', name: '', bodyHash: 'h', total: 4 })
  await ledger.appendRows({ batch, first: 0, count: 4, lots: [lot] })
  await ledger.feed({ ...lot, batch, from: 0, to: 2, edits: rowsOf(batch, 2) })
}

/** Brings the edits of all batches in line, as the workers do. */
async function settle(): Promise<void> {
  for (const [batch, mark] of await world.ledger.unsettled()) await world.ledger.settleBatch(batch, mark, '0')
}

const next = async (): Promise<string> => {
  const answer = await world.ledger.admit(room)
  return answer.kind === 'admitted' ? answer.edit.id : answer.kind
}
const toldOf = async () => (await world.ledger.events('acme').page('0', 100)).map(({ event }) => event)
const reasons = async (batch: string) =>
  (viewOfBatch((await world.ledger.readBatch(batch)) ?? fail()).stops ?? []).map(({ reason }) => reason)
const fail = () => {
  throw new Error('no such batch')
}

describe('a batch that is stopped for two reasons', () => {
  it('goes on when the last of them has ended, whichever that is', async () => {
    const { ledger } = world
    for (const [first, last] of [
      ['person', 'budget'],
      ['budget', 'person'],
      ['window', 'budget'],
    ] as const) {
      const batch = `${first}-${last}`
      await open(batch)
      expect((await ledger.stopBatch(batch, first)).kind).toBe('done')
      await ledger.stopBatch(batch, last)
      await settle()
      expect((await reasons(batch)).toSorted()).toEqual([first, last].toSorted())
      expect([await next(), (await ledger.nextToFeed()).kind]).toEqual(['empty', 'none'])
      await ledger.goBatch(batch, first)
      await settle()
      expect(await reasons(batch)).toEqual([last])
      expect([await next(), (await ledger.nextToFeed()).kind]).toEqual(['empty', 'none'])
      await ledger.goBatch(batch, last)
      await settle()
      expect(await reasons(batch)).toEqual([])
      expect([await next(), await next()]).toEqual([`${batch}-0`, `${batch}-1`])
      await ledger.cancelBatch(batch)
    }
  })

  it('stands still since the first time, and a stop that is there is told once', async () => {
    const { ledger } = world
    await open('b')
    await ledger.stopBatch('b', 'budget', { detail: 'CNY 1.00 is used up' })
    const first = (await ledger.readBatch('b'))?.stops?.budget
    expect((await ledger.stopBatch('b', 'budget', { detail: 'CNY 2.00 is used up' })).kind).toBe('same')
    expect((await ledger.readBatch('b'))?.stops?.budget).toEqual({
      at: first?.at,
      detail: 'CNY 2.00 is used up',
    })
    expect((await ledger.goBatch('b', 'budget')).kind).toBe('done')
    expect((await ledger.goBatch('b', 'budget')).kind).toBe('same')
    expect(await toldOf()).toMatchObject([
      {
        type: 'restyle.batch.paused',
        subject: 'b',
        data: { batch: 'b', reason: 'budget', detail: 'CNY 1.00 is used up', at: expect.any(String) },
      },
      { type: 'restyle.batch.resumed', subject: 'b', data: { batch: 'b', reason: 'budget' } },
    ])
  })

  it('is fed nothing, and stays out of what is fed when rows come', async () => {
    const { ledger } = world
    await ledger.openBatch({ id: 'b', producer: 'acme', name: '', bodyHash: 'h' })
    await ledger.stopBatch('b', 'window')
    await ledger.appendRows({ batch: 'b', first: 0, count: 4, lots: [lot] })
    expect((await ledger.nextToFeed()).kind).toBe('none')
    const edits = rowsOf('b', 2)
    expect((await ledger.feed({ ...lot, batch: 'b', from: 0, to: 2, edits })).kind).toBe('stale')
    await ledger.goBatch('b', 'window')
    expect((await ledger.nextToFeed()).kind).toBe('feed')
  })

  it('has no reason left when it is canceled', async () => {
    await open('b')
    await world.ledger.stopBatch('b', 'budget', { until: 1 })
    await world.ledger.cancelBatch('b')
    await settle()
    expect(await reasons('b')).toEqual([])
    expect(await world.ledger.endStops()).toBe(0)
    expect((await world.ledger.stopBatch('b', 'budget')).kind).toBe('canceled')
  })

  it('is not looked at by whoever asks for an edit', async () => {
    await open('b')
    await world.ledger.stopBatch('b', 'budget')
    await settle()
    expect(await redis.exists(world.keys.backlog(model, 'standard'))).toBe(0)
    expect(await redis.exists(world.keys.resting(model, 'standard', 'acme'))).toBe(0)
  })
})

describe('a producer that is stopped for two reasons', () => {
  it('goes on when the last of them has ended', async () => {
    const { ledger } = world
    await open('b')
    expect(await ledger.stopProducer('acme', 'day', { until: 9e12, detail: 'until tomorrow' })).toEqual([
      { reason: 'day', at: expect.any(Number), until: 9e12, detail: 'until tomorrow' },
    ])
    await ledger.pauseProducer('acme', true)
    expect((await ledger.stopsOfProducer('acme')).map(({ reason }) => reason)).toEqual(['person', 'day'])
    expect(await next()).toBe('empty')
    await ledger.pauseProducer('acme', false)
    expect(await next()).toBe('empty')
    expect(await ledger.goProducer('acme', 'day')).toEqual([])
    expect(await next()).toBe('b-0')
    expect((await toldOf()).map(({ type, data }) => [type, 'reason' in data && data.reason])).toEqual([
      ['restyle.producer.paused', 'day'],
      ['restyle.producer.paused', 'person'],
      ['restyle.producer.resumed', 'person'],
      ['restyle.producer.resumed', 'day'],
    ])
  })
})

describe('a stop with an end', () => {
  it('ends by itself then, and ends no other', async () => {
    const { ledger } = world
    await open('b')
    const soon = (await ledger.now()) + 50
    await ledger.stopBatch('b', 'window', { until: soon })
    await ledger.stopBatch('b', 'budget')
    await ledger.stopProducer('acme', 'day', { until: soon })
    await ledger.stopProducer('acme', 'budget', { until: soon + 3600_000 })
    let ended = 0
    await until(async () => (ended += await ledger.endStops()) === 2)
    expect(await reasons('b')).toEqual(['budget'])
    expect((await ledger.stopsOfProducer('acme')).map(({ reason }) => reason)).toEqual(['budget'])
    expect(await redis.zcard(world.keys.stopEnds)).toBe(1)
    await ledger.goProducer('acme', 'budget')
    expect(await redis.zcard(world.keys.stopEnds)).toBe(0)
  })

  it('that got a later one meanwhile ends then', async () => {
    const { ledger } = world
    await open('b')
    await ledger.stopBatch('b', 'window', { until: 1 })
    await ledger.stopBatch('b', 'window', { until: 9e12 })
    expect(await ledger.endStops()).toBe(0)
    expect(await reasons('b')).toEqual(['window'])
  })
})
