import { ledgerKeys, type LedgerKeys } from '@restyle/shared/ledger/keys'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { lane } from '../ledger/ledger-world.ts'
import { fine, openProducer, type World } from './open-producer.ts'

describe('a record that a newer version wrote', () => {
  let world: World
  let keys: LedgerKeys
  let headers: { authorization: string }
  beforeEach(async () => {
    world = await openProducer()
    keys = ledgerKeys(world.prefix)
    headers = await world.keyOf('shop')
  })
  afterEach(() => world.stop())

  const get = (url: string) => world.producer.app.inject({ url, headers })
  const post = (url: string, payload: object) =>
    world.producer.app.inject({ method: 'POST', url, headers, payload })
  const errors = (msg: string) =>
    world.lines
      .map((line) => JSON.parse(line) as { level: string; msg: string })
      .filter((line) => line.level === 'error' && line.msg === msg)

  it('hides no other edit of its batch: the page names it, and the log once', async () => {
    const batch = (await post('/v1/batches', { edits: [fine, fine, fine] })).json().id
    await world.redis.hset(keys.edit(`${batch}-1`), { id: `${batch}-1`, state: 'orbiting' })
    for (let i = 0; i < 2; i += 1) {
      const page = await get(`/v1/batches/${batch}/edits`)
      expect(page.statusCode).toBe(200)
      const { edits, unreadable } = page.json()
      expect(edits.map(({ row }: { row: number }) => row)).toEqual([0, 2])
      expect(unreadable).toEqual([{ id: `${batch}-1`, why: expect.stringMatching(/^\w+: Invalid/) }])
    }
    expect(errors('edit cannot be read, and is left alone')).toMatchObject([{ editId: `${batch}-1` }])
  })

  it('is told of rows whose chunk the bucket does not have, and hides no others', async () => {
    const ledger = openLedger(world.redis, world.prefix)
    const batch = (await post('/v1/batches', { edits: [fine, fine] })).json().id
    const lots = [{ model: lane.model, class: 'standard' }]
    await world.redis.hdel(keys.batch(batch), 'total')
    await ledger.appendRows({ batch, first: 2, count: 1, lots })
    const { edits, unreadable } = (await get(`/v1/batches/${batch}/edits`)).json()
    expect(edits.map(({ row }: { row: number }) => row)).toEqual([0, 1])
    expect(unreadable).toEqual([{ id: `${batch}-2`, why: 'the bucket does not have it' }])
    expect((await get(`/v1/edits/${batch}-2`)).json()).toMatchObject({
      type: '/problems#unreadable',
    })
  })

  it('hides no other held edit', async () => {
    const ledger = openLedger(world.redis, world.prefix)
    const ids: string[] = []
    for (const prompt of ['one', 'two']) {
      const { id } = (await post('/v1/edits', { ...fine, prompt })).json()
      const admitted = await ledger.admit(lane)
      if (admitted.kind !== 'admitted') throw new Error(admitted.kind)
      await ledger.move(admitted.edit, { to: 'review', set: {} })
      ids.push(id)
    }
    await world.redis.hset(keys.edit(ids[0] ?? ''), 'attempt', 'many')
    const { reviews, unreadable } = (await get('/v1/reviews')).json()
    expect(reviews).toMatchObject([{ edit: { id: ids[1] } }])
    expect(unreadable).toMatchObject([{ id: ids[0] }])
  })

  it('is refused to who asks for it alone, without a word of what is in it', async () => {
    const { id } = (await post('/v1/edits', fine)).json()
    await world.redis.hset(keys.edit(id), 'request', 'secret')
    const answer = await get(`/v1/edits/${id}`)
    expect(answer.json()).toMatchObject({ status: 500, type: '/problems#unreadable' })
    expect(answer.body).not.toContain('secret')
    await get(`/v1/edits/${id}`)
    expect(errors('record cannot be read, and only its own reader is refused')).toHaveLength(1)
  })

  it('of a lane keeps nobody from enqueuing, and refuses no model that it may serve', async () => {
    await world.redis.hset(keys.lanes, 'newer', '{"v":2}')
    const card = {
      id: 'a',
      name: 'a',
      model: 'wan2.7-image',
      region: 'beijing',
      running: 1,
      submitPerSecond: 1,
    }
    await world.redis.hset(keys.lanes, 'a', JSON.stringify(card))
    expect((await post('/v1/edits', fine)).statusCode).toBe(202)
    await post('/v1/edits', { ...fine, prompt: 'another' })
    expect(errors('lane cannot be read, so no edit is refused for its model')).toMatchObject([
      { lane: 'newer' },
    ])
    await world.redis.hdel(keys.lanes, 'newer')
    expect((await post('/v1/edits', fine)).statusCode).toBe(422)
  })
})
