import { openLedger } from '@restyle/shared/ledger/ledger'
import { openLedgerWorld } from '../ledger/ledger-world.ts'
import { fine, openProducer, type World } from './open-producer.ts'

let world: World
let mine: { authorization: string }
beforeAll(async () => {
  world = await openProducer()
  mine = await world.keyOf('mine')
})
afterAll(() => world.stop())

const call = (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  url: string,
  more: object = {},
  payload?: object,
) =>
  world.producer.app.inject({
    method,
    url,
    headers: { ...mine, ...more },
    ...(payload === undefined ? {} : { payload }),
  })

const tagAt = async (url: string): Promise<string> => String((await call('GET', url)).headers['etag'])

describe('If-None-Match', () => {
  it('answers 304 while an edit is as the caller knows it, by weak and by listed tags', async () => {
    const ledger = openLedgerWorld(world.redis, world.prefix)
    const edit = await ledger.queued('edit_read', { producer: 'mine' })
    const tag = await tagAt('/v1/edits/edit_read')
    for (const header of [tag, tag.slice(2), `"x", ${tag}`, '*']) {
      const answer = await call('GET', '/v1/edits/edit_read', { 'if-none-match': header })
      expect([header, answer.statusCode, answer.body, answer.headers['etag']]).toEqual([header, 304, '', tag])
    }
    await ledger.moved(edit, { to: 'failed', set: { failure: { code: 'X', message: 'x' } } })
    const answer = await call('GET', '/v1/edits/edit_read', { 'if-none-match': tag })
    expect([answer.statusCode, answer.json().state]).toEqual([200, 'failed'])
  })

  it('knows the own key although this request is its last use', async () => {
    const tag = await tagAt('/v1/key')
    await world.until(async () => (await call('GET', '/v1/key')).json().lastUsedAt !== undefined)
    expect((await call('GET', '/v1/key', { 'if-none-match': tag })).statusCode).toBe(304)
  })

  it('answers nothing but GET with 304', async () => {
    expect((await call('POST', '/v1/edits', { 'if-none-match': '*' }, fine)).statusCode).toBe(202)
    const pause = await call('POST', '/v1/producer/pause', { 'if-none-match': '*' })
    expect(pause.statusCode).toBe(200)
    await call('POST', '/v1/producer/resume')
  })

  it('does not hide the counts of a batch, and does not tell of its forecast', async () => {
    const { id } = (await call('POST', '/v1/batches', {}, { edits: [fine, fine] })).json()
    const tag = await tagAt(`/v1/batches/${id}`)
    expect((await call('GET', `/v1/batches/${id}`, { 'if-none-match': tag })).statusCode).toBe(304)
    await openLedger(world.redis, world.prefix).cancelEdit(`${id}-0`)
    expect((await call('GET', `/v1/batches/${id}`, { 'if-none-match': tag })).statusCode).toBe(200)
  })
})

describe('If-Match', () => {
  it('lets the priority of a batch be changed although its rows go on, and once', async () => {
    const { id } = (await call('POST', '/v1/batches', {}, { edits: [fine, fine] })).json()
    const url = `/v1/batches/${id}`
    const tag = await tagAt(url)
    await openLedger(world.redis, world.prefix).cancelEdit(`${id}-0`)
    const changed = await call('PATCH', url, { 'if-match': tag }, { priority: 8 })
    expect([changed.statusCode, changed.json().priority]).toEqual([200, 8])
    const stale = await call('PATCH', url, { 'if-match': tag }, { priority: 2 })
    expect([stale.statusCode, (await call('GET', url)).json().priority]).toEqual([412, 8])
    const newest = String(changed.headers['etag'])
    expect((await call('PATCH', url, { 'if-match': newest.slice(2) }, { priority: 2 })).statusCode).toBe(200)
  })

  const spec = (hour: number) => ({
    cron: `0 ${hour} 29 2 *`,
    timeZone: 'UTC',
    manifest: 'https://cdn.example.com/a.csv',
    prompt: 'on oak',
  })

  it('lets one of two set a schedule who both know it as it was', async () => {
    const url = '/v1/schedules/nightly'
    await call('PUT', url, {}, spec(0))
    const tag = await tagAt(url)
    const answers = await Promise.all(
      [1, 2, 3, 4].map((hour) => call('PUT', url, { 'if-match': tag }, spec(hour))),
    )
    expect(answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b)).toEqual([
      200, 412, 412, 412,
    ])
    const winner = answers.find(({ statusCode }) => statusCode === 200)
    const read = await call('GET', url)
    expect(read.json().cron).toBe(winner?.json().schedule.cron)
    expect(read.headers['etag']).toBe(winner?.headers['etag'])
  })

  it('keeps a schedule that was set otherwise from being removed', async () => {
    const url = '/v1/schedules/kept'
    await call('PUT', url, {}, spec(0))
    const tag = await tagAt(url)
    await call('POST', `${url}/pause`)
    expect((await call('DELETE', url, { 'if-match': tag })).statusCode).toBe(412)
    expect((await call('DELETE', url, { 'if-match': await tagAt(url) })).statusCode).toBe(200)
  })

  it('lets one of several admins set a producer who all know it as it was', async () => {
    const admin = await world.keyOf('mine', ['admin'])
    const url = '/v1/producers/mine'
    const tag = String((await call('GET', url, admin)).headers['etag'])
    const set = (weight: number) => call('PATCH', url, { ...admin, 'if-match': tag }, { weight })
    const answers = await Promise.all([2, 3, 4].map(set))
    expect(answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b)).toEqual([200, 412, 412])
    const winner = answers.find(({ statusCode }) => statusCode === 200)
    const read = await call('GET', url, admin)
    expect([read.json().weight, read.headers['etag']]).toEqual([
      winner?.json().weight,
      winner?.headers['etag'],
    ])
  })

  it('and If-None-Match: * let a schedule be added once', async () => {
    const url = '/v1/schedules/fresh'
    const answers = await Promise.all(
      [1, 2, 3].map((hour) => call('PUT', url, { 'if-none-match': '*' }, spec(hour))),
    )
    expect(answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b)).toEqual([201, 412, 412])
    expect((await call('PUT', '/v1/schedules/none', { 'if-match': '*' }, spec(1))).statusCode).toBe(412)
    expect((await call('GET', '/v1/schedules/none')).statusCode).toBe(404)
  })
})
