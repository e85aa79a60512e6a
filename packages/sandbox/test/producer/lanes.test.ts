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

  it('say what their workers measured together, and what goes now', async () => {
    const admin = await world.keyOf('ops', scopes)
    const figures = {
      forMs: 120_000,
      queries: 90,
      queryPerSecond: 20,
      throttled: { submits: 0, queries: 2, last: { code: 'Throttling.RateQuota', agoMs: 30_000 } },
      lags: [400, 1_200],
      copiesBehind: 100,
    }
    await ledger.lanes.announce({ ...card, price: { currency: 'CNY', micros: 200_000 } })
    const silent = { perSecond: 0, configured: 5, because: { code: 'no-worker', detail: expect.any(String) } }
    const [before] = (await list(admin)).json().lanes
    expect(before).toMatchObject({ limits: { submits: silent }, price: { source: 'models' } })
    expect([before.now, before.limits.queries]).toEqual([undefined, undefined])
    for (const worker of ['one', 'two']) await ledger.lanes.serve(card.id, 'asks', { worker, figures })
    expect((await list(admin)).json().lanes[0]).toMatchObject({
      limits: { submits: { perSecond: 5 }, queries: { perSecond: 20, configured: 20 } },
      now: {
        workers: 2,
        queriesPerSecond: 3,
        throttled: {
          submits: 0,
          queries: 4,
          since: expect.any(String),
          last: { code: 'Throttling.RateQuota' },
        },
        lag: { tasks: 4, p50Ms: 400, p95Ms: 1_200 },
      },
    })
    await ledger.lanes.delayTokens('query:a', 9_000)
    await ledger.lanes.pause('bucket', { code: 'AccessDenied', message: 'no', since: 1 }, 60_000)
    expect((await list(admin)).json().lanes[0].limits).toMatchObject({
      submits: { perSecond: 0, because: { code: 'bucket' } },
      queries: { perSecond: 0, configured: 20, because: { code: 'throttled', until: expect.any(String) } },
    })
  })

  it('have a price of their own where the table of models has another one', async () => {
    const admin = await world.keyOf('ops', scopes)
    const price = { currency: 'USD' as const, micros: 30_000 }
    await ledger.lanes.announce({ ...card, price })
    await ledger.lanes.announce({ ...card, id: 'older', name: 'older' })
    expect((await list(admin)).json()).toMatchObject({ lanes: [{ price: { ...price, source: 'lane' } }, {}] })
    expect((await list(admin)).json().lanes[1]).not.toHaveProperty('price')
  })
})
