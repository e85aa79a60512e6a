import { defaultSettings } from '@restyle/shared/contract/producer'
import { queueFor } from '@restyle/shared/forecast/load'
import { mostSeen } from '@restyle/shared/forecast/slot-times'
import type { LaneCard } from '@restyle/shared/ledger/lanes'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { asked, changeTo, lane, type LedgerWorld, openLedgerWorld } from './ledger-world.ts'

const { model } = lane
const card: LaneCard = {
  id: 'one',
  name: 'beijing',
  model,
  region: 'beijing',
  running: 5,
  submitPerSecond: 5,
}

let server: RedisServer
let redis: Redis
let tests = 0
let world: LedgerWorld

beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(async () => {
  tests += 1
  world = openLedgerWorld(redis, `{load${tests}}`)
  await redis.sadd(world.keys.producers, 'acme', 'other')
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const load = (...cards: LaneCard[]) => world.ledger.load(model, cards.length === 0 ? [card] : cards)
const lotsOf = async (producer: string) =>
  (await load()).producers.find(({ name }) => name === producer)?.lots ?? []

/** A batch of so many rows that rest, each of `n` images. */
async function rest(batch: string, rows: number, n: number, more: { priority?: 9 } = {}): Promise<void> {
  await world.ledger.openBatch({
    id: batch,
    producer: 'acme',
    name: '',
    bodyHash: 'h',
    total: rows,
    createdAt: 1_000 + tests,
    ...more,
  })
  const lots = [{ model, class: 'standard', rows, images: rows * n }]
  await world.ledger.appendRows({ batch, first: 0, count: rows, lots })
}

describe('what the ledger knows of slots', () => {
  it('is how long each edit held its own, and whether it goes again', async () => {
    await world.standing('a', 'rendered')
    await world.moved(await world.standing('b', 'running'), changeTo('queued', 'b'))
    const [seen] = (await load()).lanes
    expect(seen).toMatchObject({ name: 'beijing', slots: 5, submitPerSecond: 5, paused: false })
    expect(seen?.seen.map(({ n, back }) => ({ n, back }))).toEqual([
      { n: 1, back: true },
      { n: 1, back: false },
    ])
    for (const { ms, endedAt } of seen?.seen ?? []) {
      expect(ms).toBeLessThan(10_000)
      expect(Math.abs(endedAt - Date.now())).toBeLessThan(10_000)
    }
  })

  it('says nothing of edits that never ran, or that a person holds or ended', async () => {
    await world.moved(await world.standing('a', 'submitting'), changeTo('queued', 'a'))
    await world.ledger.cancelEdit('a')
    await world.moved(await world.standing('b', 'running'), changeTo('review', 'b'))
    await world.moved(await world.standing('c', 'running'), changeTo('canceled', 'c'))
    expect((await load()).lanes[0]?.seen).toEqual([])
  })

  it('is bounded, and leaves out what nobody looked at for hours', async () => {
    const key = world.keys.slotTimes('one')
    await redis.lpush(
      key,
      ...Array.from({ length: 2 * mostSeen - 1 }, (_, i) => `${i + 1} 1 0 5`),
      '9999999 1 0 5',
    )
    expect((await load()).lanes[0]?.seen).toHaveLength(mostSeen - 1)
    await world.standing('a', 'rendered')
    expect(await redis.llen(key)).toBe(mostSeen)
  })

  it('is how old what runs is, and what pauses the lane', async () => {
    await world.standing('a', 'running')
    await world.ledger.lanes.stop('one', { since: 1, by: 'ops' })
    const two = { ...card, id: 'two', name: 'singapore' }
    const { lanes } = await load(card, two, { ...card, id: 'three', model: 'wan2.7-image' })
    expect(lanes.map(({ name, paused, ages }) => ({ name, paused, ages: ages.length }))).toEqual([
      { name: 'beijing', paused: true, ages: 1 },
      { name: 'singapore', paused: false, ages: 0 },
    ])
  })
})

describe('what the ledger knows of the backlog', () => {
  it('is what rests and what is queued of each batch, in rows and images', async () => {
    await rest('b', 100, 3)
    const edits = Array.from({ length: 10 }, (_, row) => asked(`b-${row}`, { batch: 'b', row }))
    await world.ledger.feed({ model, class: 'standard', batch: 'b', from: 0, to: 10, edits })
    expect(await lotsOf('acme')).toMatchObject([
      { class: 'standard', batch: 'b', waiting: { rows: 100, images: 300 } },
    ])
  })

  it('is in the order in which batches go: the higher priority first', async () => {
    await rest('first', 10, 1)
    await rest('second', 20, 1)
    await rest('urgent', 30, 1, { priority: 9 })
    const mine = { rows: 20, images: 20 }
    const ask = { producer: 'acme', class: 'standard', mine, batch: 'second' } as const
    expect(queueFor(await load(), ask, Date.now())).toMatchObject({ before: { rows: 40, images: 40 } })
    const fresh = { producer: 'acme', class: 'standard', mine, priority: 9 } as const
    expect(queueFor(await load(), fresh, Date.now()).before.rows).toBe(30)
  })

  it('counts edits that came alone, and those of others by their weight', async () => {
    await world.ledger.setProducer('other', { ...defaultSettings, weight: 4, version: 1 })
    await world.ledger.accept(Array.from({ length: 7 }, (_, i) => asked(`o-${i}`, { producer: 'other' })))
    const mine = { rows: 1, images: 1 }
    const ask = { producer: 'acme', class: 'standard', mine } as const
    const { others } = queueFor(await load(), ask, Date.now())
    expect(others).toEqual([{ weight: 4, usual: { rows: 7, images: 7 }, bulk: { rows: 0, images: 0 } }])
  })

  it('leaves out producers and batches that are paused', async () => {
    await rest('b', 10, 1)
    await world.ledger.pauseBatch('b', true)
    expect(await lotsOf('acme')).toEqual([])
    await world.ledger.accept([asked('o', { producer: 'other' })])
    await world.ledger.pauseProducer('other', true)
    const ask = { producer: 'acme', class: 'standard', mine: { rows: 1, images: 1 } } as const
    expect(queueFor(await load(), ask, Date.now()).others).toEqual([])
  })
})
