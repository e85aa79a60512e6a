import { scopes } from '@restyle/producer/http/scopes'
import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import { lane } from '../ledger/ledger-world.ts'
import { openProducer, type World } from './open-producer.ts'

let world: World
let ledger: Ledger
let headers: { authorization: string }

beforeEach(async () => {
  world = await openProducer()
  ledger = openLedger(world.redis, world.prefix)
  headers = await world.keyOf('shop')
})
afterEach(() => world.stop())

const post = (url: string, as = headers) => world.producer.app.inject({ method: 'POST', url, headers: as })
const problem = (code: string, status: number) => ({ type: `/problems#${code}`, status })

describe('lanes', () => {
  const card = {
    id: 'wan2.5-i2i-preview-one',
    name: 'cn',
    model: lane.model,
    region: 'beijing',
    running: 5,
    submitPerSecond: 5,
    account: 'a',
  }
  const list = async (as: { authorization: string }) =>
    world.producer.app.inject({ url: '/v1/lanes', headers: as })

  it('are for keys with the scope admin, and the refusal says so', async () => {
    await ledger.lanes.announce(card)
    const refused = {
      ...problem('forbidden', 403),
      detail: expect.stringContaining('needs a key with the scope admin'),
    }
    expect((await list(headers)).json()).toMatchObject(refused)
    expect((await post('/v1/lanes/cn/pause')).json()).toMatchObject(refused)
    expect((await post('/v1/lanes/cn/resume')).json()).toMatchObject(refused)
    expect(await ledger.lanes.stoppedBy(card.id)).toBeUndefined()
  })

  it('are for no key that an older version made', async () => {
    const older = await world.keyOf('shop', scopes)
    const keyId = /rk_(\w+?)_/.exec(older.authorization)?.[1] ?? ''
    await world.redis.hdel(`${world.prefix}:apikey:${keyId}`, 'scopes')
    expect((await list(older)).statusCode).toBe(403)
    expect((await post('/v1/producer/pause', older)).statusCode).toBe(200)
  })

  it('are listed with what runs on them and who paused them, and resuming ends the person’s pause alone', async () => {
    const admin = await world.keyOf('ops', scopes)
    await ledger.lanes.announce(card)
    await ledger.lanes.announce({ ...card, id: 'wan2.5-i2i-preview-two', name: 'sg' })
    await ledger.lanes.pause(card.id, { code: 'Arrearage', message: 'overdue', since: 1 }, 60_000)
    const vendor = { by: 'vendor', since: '1970-01-01T00:00:00.001Z', detail: 'Arrearage: overdue' }
    const person = { by: 'person', since: expect.any(String), detail: 'with a key of ops' }
    const view = { name: 'cn', id: card.id, running: 0, slots: 5, pauses: [person, vendor] }
    expect((await post('/v1/lanes/cn/pause', admin)).json()).toMatchObject({ lanes: [view] })
    expect((await list(admin)).json()).toMatchObject({ lanes: [view, { name: 'sg', pauses: [] }] })
    const resumed = await post(`/v1/lanes/${card.id}/resume`, admin)
    expect(resumed.json()).toMatchObject({ lanes: [{ name: 'cn', pauses: [vendor] }] })
    expect((await post('/v1/lanes/nowhere/pause', admin)).json()).toMatchObject(problem('not-found', 404))
  })
})
