import { defaultModel } from '@restyle/dashscope/models'
import { finishWatch } from '@restyle/worker/watch-finish'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { type Hands, laneId, openHands } from './open-hands.ts'

const model = defaultModel.id
const lot = { model, class: 'standard', rows: 100, images: 100 }
const minute = 60_000

let server: RedisServer
let redis: Redis
let tests = 0
let hands: Hands

beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(async () => {
  tests += 1
  hands = openHands(redis, `{watch-finish${tests}}`)
  await redis.sadd(hands.keys.producers, 'acme')
  const card = { id: laneId, name: 'cn', model, region: 'beijing', running: 5, submitPerSecond: 5 }
  await hands.ledger.lanes.announce(card)
  // a hundred tasks of a minute: a hundred rows take about twenty
  const took = Array.from({ length: 100 }, () => `60000 1 0 ${Date.now()}`)
  await redis.lpush(hands.keys.slotTimes(laneId), ...took)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

/** A batch of a hundred rows that should be done in so many minutes. */
async function open(id: string, minutes: number): Promise<void> {
  const finishBy = Date.now() + minutes * minute
  await hands.ledger.openBatch({ id, producer: 'acme', name: '', bodyHash: 'h', total: 100, finishBy })
  await hands.ledger.appendRows({ batch: id, first: 0, count: 100, lots: [lot] })
}
const told = async () =>
  (await hands.ledger.events('acme').read('0-0', 100)).delivered
    .map(({ event }) => event)
    .filter(({ type }) => type === 'restyle.batch.late')
/** Looks once, as a worker that has just started. */
const look = async () => {
  await redis.del(hands.keys.turn('finish'))
  await finishWatch(hands.context)({ signal: new AbortController().signal, beat: () => {} })
}

describe('the watch over batches that should be done by a time', () => {
  it('tells of one that is expected later, once', async () => {
    await open('late', 5)
    await look()
    await look()
    const [event, ...others] = await told()
    expect(others).toEqual([])
    expect(event).toMatchObject({ subject: 'late', data: { batch: 'late' } })
    expect(hands.lines.map(({ msg }) => msg)).toContain('batch is expected later than it should be done')
  })

  it('is silent where it is in time, or may be', async () => {
    await open('early', 60)
    await open('may be', 42)
    await look()
    expect(await told()).toEqual([])
  })

  it('tells again after the batch was in time for a while', async () => {
    await open('b', 5)
    await look()
    await redis.hset(hands.keys.batch('b'), 'finishBy', Date.now() + 300 * minute)
    await look()
    await redis.hset(hands.keys.batch('b'), 'finishBy', Date.now() + 5 * minute)
    await look()
    expect((await told()).map(({ id }) => id)).toEqual(['b-late-1', 'b-late-2'])
  })

  it('takes one whose end nobody knows for late when its time is over, and not before', async () => {
    await hands.ledger.lanes.stop(laneId, { since: 1, by: 'ops' })
    await open('over', -1)
    await open('paused', 5)
    await look()
    expect((await told()).map(({ subject }) => subject)).toEqual(['over'])
  })

  it('is kept by one worker at a time', async () => {
    await open('late', 5)
    await hands.ledger.turn('finish', minute)
    await finishWatch(hands.context)({ signal: new AbortController().signal, beat: () => {} })
    expect(await told()).toEqual([])
  })
})
