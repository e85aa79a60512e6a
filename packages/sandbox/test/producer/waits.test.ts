import { ledgerKeys } from '@restyle/shared/ledger/keys'
import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import type { LaneCard } from '@restyle/shared/ledger/lanes'
import { fine, openProducer, type World } from './open-producer.ts'

const card: LaneCard = {
  id: 'one',
  name: 'one',
  model: 'wan2.5-i2i-preview',
  region: 'beijing',
  running: 2,
  submitPerSecond: 5,
}
const why = (code: string) => ({ code, message: 'said so', since: 0 })

describe('what a batch waits for', () => {
  let world: World
  let ledger: Ledger
  let own: { authorization: string }
  let producer: string
  let tests = 0

  beforeAll(async () => {
    world = await openProducer()
    ledger = openLedger(world.redis, world.prefix)
  })
  afterAll(() => world.stop())
  beforeEach(async () => {
    tests += 1
    producer = `shop${tests}`
    own = await world.keyOf(producer)
    await ledger.lanes.announce(card)
    await ledger.lanes.serve('one', 'asks')
  })

  const send = async (payload: object = { edits: [fine, fine] }): Promise<string> => {
    const answer = await world.producer.app.inject({
      method: 'POST',
      url: '/v1/batches',
      headers: own,
      payload,
    })
    expect(answer.statusCode).toBe(202)
    return answer.json().id
  }
  const waitsFor = async (id: string) =>
    (await world.producer.app.inject({ url: `/v1/batches/${id}`, headers: own })).json().waitsFor
  const keys = () => ledgerKeys(world.prefix)

  it('is nothing where a worker asks for its edits and has room, and nothing where it has ended', async () => {
    const id = await send()
    expect(await waitsFor(id)).toBeUndefined()
    await ledger.cancelBatch(id)
    expect(await waitsFor(id)).toBeUndefined()
  })

  it.each<[code: string, has: (id: string) => Promise<unknown>, undo: (id: string) => Promise<unknown>]>([
    ['no-worker', () => world.redis.del(keys().served('one')), async () => {}],
    ['bucket', () => ledger.lanes.serve('one', 'bucket'), async () => {}],
    [
      'bucket',
      () => ledger.lanes.pause('bucket', why('AccessDenied'), 60_000),
      () => ledger.lanes.resume('bucket'),
    ],
    [
      'lane-paused',
      () => ledger.lanes.stop('one', { since: 0, by: 'ops' }),
      () => ledger.lanes.restart('one'),
    ],
    [
      'lane-refused',
      () => ledger.lanes.pause('one', why('Arrearage'), 60_000),
      () => ledger.lanes.resume('one'),
    ],
    ['stopped', (id) => ledger.pauseBatch(id, true), async () => {}],
    ['producer-stopped', () => ledger.pauseProducer(producer, true), async () => {}],
    [
      'source',
      (id) => ledger.lanes.noteMet(id, { kind: 'source', code: 'Odd', message: 'x'.repeat(900), at: 0 }, 0),
      async () => {},
    ],
    [
      'slots',
      () => world.redis.zadd(keys().running('one'), 1, 'a', 2, 'b'),
      () => world.redis.del(keys().running('one')),
    ],
  ])('is %s', async (code, has, undo) => {
    const id = await send()
    await has(id)
    const told = await waitsFor(id)
    await undo(id)
    expect(told).toMatchObject({ code, detail: expect.stringMatching(/\.$|restyle [\w -]+$/) })
    expect(told.met?.message ?? '').toHaveLength(code === 'source' ? 500 : 0)
  })

  it('is its own rows, where it is open and they begin at its close', async () => {
    const id = await send({ open: true, held: true })
    expect(await waitsFor(id)).toMatchObject({ code: 'rows' })
  })

  it('is what of the same producer goes first', async () => {
    await send({ edits: [fine, fine, fine] })
    const id = await send()
    // what waits is known for some seconds
    await world.until(async () => (await waitsFor(id))?.code === 'own-edits')
    expect((await waitsFor(id)).detail).toMatch(/^3 earlier edits of the same producer/)
  })

  it('tells one producer nothing of another', async () => {
    const id = await send()
    const other = await world.keyOf('stranger')
    const answer = await world.producer.app.inject({ url: `/v1/batches/${id}`, headers: other })
    expect(answer.statusCode).toBe(404)
  })

  it('is a lane, where no worker has one for its model', async () => {
    await world.redis.hdel(keys().lanes, 'one')
    // lanes are known for some seconds
    const id = await send()
    await world.until(async () => (await waitsFor(id))?.code === 'no-lane')
    expect((await waitsFor(id)).detail).toContain('RESTYLE_LANES')
  })
})
