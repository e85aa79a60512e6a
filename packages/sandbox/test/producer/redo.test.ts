import { createApiKey } from '@restyle/producer/http/api-keys'
import { judgedRedoKey, redosPrefix } from '@restyle/shared/object-key'
import { lane } from '../ledger/ledger-world.ts'
import { until } from '../stories/story.ts'
import { type Judging, openJudging } from './judging.ts'

let judging: Judging
beforeAll(async () => {
  judging = await openJudging()
  await judging.ledger.lanes.announce({
    id: 'one',
    name: 'one',
    model: lane.model,
    region: 'beijing',
    running: 5,
    submitPerSecond: 5,
    price: { currency: 'CNY', micros: 200_000 },
  })
})
afterAll(() => judging.world.stop())

type View = { id: string; redoOf?: string; prompt: string; key: string; request: object; state: string }
const send: Judging['send'] = (...call) => judging.send(...call)
const redo = (id: string, changes: object, key?: string) =>
  send(
    'POST',
    `/v1/edits/${id}/redo`,
    changes,
    key === undefined ? {} : { headers: { 'idempotency-key': key } },
  )
const redone = async (id: string, changes: object = {}): Promise<string> =>
  String((await redo(id, changes)).body['id'])
const takes = async (id: string) => (await send('GET', `/v1/edits/${id}/takes`)).body['edits'] as View[]
const listed = async (prefix: string): Promise<string[]> => {
  const keys: string[] = []
  for await (const { key } of judging.world.store.list(prefix)) keys.push(key)
  return keys
}
const notRedone = (says: string) => ({
  code: 'not-redone',
  status: 409,
  detail: expect.stringContaining(says),
})

describe('a redo', () => {
  it('is an edit of its own with what is different, and the row says that it is done again', async () => {
    const batch = await judging.batchOf('++')
    const { status, body } = await redo(`${batch}-1`, { prompt: 'on walnut', n: 2 })
    expect(status).toBe(202)
    expect(body).toMatchObject({ redoOf: `${batch}-1`, key: '2', prompt: 'on walnut', state: 'queued' })
    expect(body).toMatchObject({ request: { n: 2, class: 'interactive' } })
    expect(body['batch']).toBeUndefined()
    const row = (await send('GET', `/v1/edits/${batch}-1`)).body
    expect(row['verdict']).toMatchObject({
      verdict: 'redo',
      redo: body['id'],
      by: judging.keyIdOf(judging.ana),
    })
    expect((await send('GET', `/v1/batches/${batch}`)).body).toMatchObject({ counts: { succeeded: 2 } })
    await judging.end('+')
    for (const id of [`${batch}-1`, String(body['id'])])
      expect((await takes(id)).map((take) => [take.id, take.state])).toEqual([
        [`${batch}-1`, 'succeeded'],
        [body['id'], 'succeeded'],
      ])
  })

  it('is made once under one key, also after the ledger forgot it, and another edit is another request', async () => {
    const [one, two] = [await judging.single(), await judging.single()]
    const first = await redo(one, { prompt: 'x' }, 'redo-a')
    const again = await redo(one, { prompt: 'x' }, 'redo-a')
    expect([first.status, again.status, again.body['id']]).toEqual([202, 200, first.body['id']])
    expect((await redo(two, { prompt: 'x' }, 'redo-a')).body).toMatchObject({ code: 'idempotency-conflict' })
    await judging.end('+')
    await judging.world.redis.del(`${judging.world.prefix}:edit:${String(first.body['id'])}`)
    expect((await redo(two, { prompt: 'x' }, 'redo-a')).body).toMatchObject({ code: 'idempotency-conflict' })
    expect(await listed(redosPrefix(two))).toEqual([])
    expect(await listed(redosPrefix(one))).toEqual([`${redosPrefix(one)}${String(first.body['id'])}`])
  })

  it('of a redo makes the same edit once more', async () => {
    const id = await judging.single()
    const first = await redone(id, { prompt: 'a' })
    await judging.end('+')
    const { body } = await redo(first, { seed: 7 })
    expect(body).toMatchObject({ redoOf: id, prompt: 'a', request: { seed: 7 } })
    await judging.end('+')
    expect((await redo(String(body['id']), { seed: null })).body).not.toHaveProperty('request.seed')
    await judging.end('+')
    expect((await takes(id)).map(({ id: take }) => take)).toHaveLength(4)
  })

  it('is refused with what to do instead, and nothing is left of it', async () => {
    const batch = await judging.batchOf('-')
    expect((await redo(`${batch}-0`, {})).body).toMatchObject(notRedone(`/v1/batches/${batch}/retry`))
    const id = await judging.single()
    const open = await redone(id)
    expect((await redo(open, {})).body).toMatchObject(notRedone('is queued'))
    await judging.end('+')
    expect((await redo(id, { size: '1*1' })).body).toMatchObject({ code: 'invalid-request' })
    expect((await redo(id, { images: [] })).body).toMatchObject({ code: 'invalid-request' })
    for (let i = 1; i < 20; i += 1) await redone(id)
    expect((await redo(id, {})).body).toMatchObject(notRedone('20 times'))
    expect(await listed(redosPrefix(id))).toHaveLength(20)
    for (let i = 1; i < 20; i += 1) await judging.end('+')
  })

  it('tells its price before, and is refused where a cap has no money for it', async () => {
    const id = await judging.single()
    const { body } = await send('POST', `/v1/edits/${id}/redo/forecast`, { n: 3 })
    const price = { currency: 'CNY', leastMicros: 600_000, mostMicros: 600_000 }
    expect(body).toMatchObject({ rows: 1, images: 3, price: [price], left: [] })
    const { key } = await createApiKey(judging.world.redis, judging.world.prefix, 'office', ['admin'])
    const set = (caps: object[]) =>
      judging.world.producer.app.inject({
        method: 'PATCH',
        url: '/v1/producers/shop',
        headers: { authorization: `Bearer ${key}` },
        payload: { caps },
      })
    // what else it has on its way is reserved
    await redone(id, { n: 2 })
    expect((await set([{ per: 'total', currency: 'CNY', micros: 700_000 }])).statusCode).toBe(200)
    const next = await judging.ledger.admit(judging.room)
    if (next.kind !== 'admitted') throw new Error(next.kind)
    // a forecast is made of what was known a moment ago
    await until(async () => {
      const told = (await send('POST', `/v1/edits/${id}/redo/forecast`, {})).body['left']
      return (told as { freeMicros: number }[])[0]?.freeMicros === 300_000
    }, 10_000)
    expect((await redo(id, { n: 3 })).body).toMatchObject(
      notRedone('costs up to CNY 0.60, and of the cap CNY 0.30 is left'),
    )
    expect(await listed(redosPrefix(id))).toHaveLength(1)
    expect((await set([])).statusCode).toBe(200)
    await judging.ledger.move(next.edit, { to: 'failed', set: { failure: { code: 'Bad', message: 'x' } } })
  })

  it('is made also where no forecast can be', async () => {
    const id = await judging.single()
    const took = `${judging.world.prefix}:lane:one:took`
    await judging.world.redis.set(took, 'x')
    const told = async () => (await send('POST', `/v1/edits/${id}/redo/forecast`, {})).body['code']
    await until(async () => (await told()) === 'unreadable', 10_000)
    expect((await redo(id, {})).status).toBe(202)
    await judging.world.redis.del(took)
    await judging.end('+')
  })
})

describe('a redo that is chosen', () => {
  it('stands in the results in place of its row, also when the ledger has forgotten it', async () => {
    const batch = await judging.batchOf('++')
    const chosen = await redone(`${batch}-0`, { prompt: 'better' })
    const put = (id: string, verdict: object) => send('PUT', `/v1/edits/${id}/verdict`, verdict)
    const approved = { verdict: 'approved', redo: chosen }
    expect((await put(`${batch}-0`, approved)).body).toMatchObject({ code: 'not-judged' })
    await judging.end('+')
    expect((await put(`${batch}-1`, approved)).body).toMatchObject({ errors: [{ pointer: '/redo' }] })
    expect((await put(`${batch}-0`, { ...approved, image: 3 })).body).toMatchObject({
      code: 'invalid-request',
    })
    expect((await put(`${batch}-0`, approved)).body).toMatchObject(approved)
    const approvedRows = async () =>
      (await send('GET', `/v1/batches/${batch}/results?verdict=approved`)).body['results']
    const shown = {
      id: chosen,
      redoOf: `${batch}-0`,
      batch,
      row: 0,
      key: '1',
      prompt: 'better',
      columns: { sku: 's0' },
      images: [expect.objectContaining({ key: `k/${chosen}` })],
      verdict: expect.objectContaining(approved),
    }
    const before = await approvedRows()
    expect(before).toEqual([expect.objectContaining(shown)])
    await judging.world.redis.del(`${judging.world.prefix}:edit:${chosen}`)
    expect(await approvedRows()).toEqual(before)
    expect((await takes(`${batch}-0`)).map(({ id }) => id)).toEqual([`${batch}-0`, chosen])
    expect(await judging.world.store.get(judgedRedoKey(chosen))).toBeDefined()
    await put(`${batch}-0`, { verdict: 'rejected', redo: chosen })
    const { body } = await send('GET', `/v1/batches/${batch}/results?verdict=rejected`)
    expect(body['results']).toEqual([expect.objectContaining({ id: `${batch}-0` })])
    const { body: told } = await send('GET', '/v1/events?limit=500')
    const events = told['events'] as { subject: string; data: { redo?: string; verdict?: string } }[]
    expect(
      events.flatMap(({ subject, data }) => (subject === `${batch}-0` && data.redo ? [data.verdict] : [])),
    ).toEqual(['redo', 'approved', 'rejected'])
  })

  it('is nobody else’s', async () => {
    const id = await judging.single()
    const of = await redone(id)
    await judging.end('+')
    const as = await judging.world.keyOf('other')
    for (const [method, path, payload] of [
      ['POST', 'redo', {}],
      ['POST', 'redo/forecast', {}],
      ['GET', 'takes', undefined],
    ] as const)
      expect((await send(method, `/v1/edits/${of}/${path}`, payload, { as })).status).toBe(404)
  })
})
