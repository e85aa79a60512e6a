import type { NewEdit } from '@restyle/shared/contract/new-edit'
import type { LaneRoom } from '@restyle/shared/ledger/admit'
import { subscribeFreed } from '@restyle/shared/ledger/freed'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
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
  world = openLedgerWorld(redis, `{stops${tests}}`)
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
describe('a lane that a person paused', () => {
  it('takes nothing until a person resumes it, who ends no pause of the vendor', async () => {
    await enqueue('a')
    await world.ledger.lanes.stop('one', { since: 1, by: 'ops' })
    await world.ledger.lanes.stop('one', { since: 2, by: 'other' })
    expect(await world.ledger.lanes.stoppedBy('one')).toEqual({ since: 1, by: 'ops' })
    expect(await world.ledger.admit(room)).toMatchObject({ kind: 'wait', reason: 'paused', ms: 1_000 })
    await world.ledger.lanes.pause('one', { code: 'Arrearage', message: 'overdue', since: 1 }, 60_000)
    await world.ledger.lanes.restart('one')
    expect(await world.ledger.admit(room)).toMatchObject({ kind: 'wait', reason: 'paused' })
    await world.ledger.lanes.resume('one')
    expect(await next()).toBe('a')
  })

  it('stays paused when the vendor’s pause ends', async () => {
    await enqueue('a')
    await world.ledger.lanes.stop('one', { since: 1, by: 'ops' })
    await world.ledger.lanes.pause('one', { code: 'Arrearage', message: 'overdue', since: 1 }, 60_000)
    await world.ledger.lanes.resume('one')
    expect(await next()).toBe('wait')
  })

  it('tells whoever waits that it is resumed', async () => {
    const freed = await subscribeFreed(new Redis(server.url), world.prefix, [{ id: 'one', model }])
    await world.ledger.lanes.stop('one', { since: 1, by: 'ops' })
    const began = performance.now()
    const waited = freed.wait([{ lane: 'one', reason: 'paused' }], 5_000, new AbortController().signal)
    await world.ledger.lanes.restart('one')
    await waited
    expect(performance.now() - began).toBeLessThan(4_000)
    await freed.stop()
  })
})

describe('what is resumed', () => {
  it.each(['edit', 'producer'])('is told to whoever waits: %s', async (what) => {
    await enqueue('a')
    const pause = (on: boolean) =>
      what === 'edit' ? world.ledger.pauseEdit('a', on) : world.ledger.pauseProducer('acme', on)
    await pause(true)
    const freed = await subscribeFreed(new Redis(server.url), world.prefix, [{ id: 'one', model }])
    const began = performance.now()
    const waited = freed.wait([{ lane: 'one', reason: 'grown' }], 5_000, new AbortController().signal)
    await pause(false)
    await waited
    expect(performance.now() - began).toBeLessThan(4_000)
    await freed.stop()
  })
})
