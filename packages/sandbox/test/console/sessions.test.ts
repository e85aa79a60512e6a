import { setTimeout } from 'node:timers/promises'
import { ordinaryScopes } from '@restyle/producer/http/scopes'
import { revokeApiKey } from '@restyle/producer/http/api-keys'
import { mostSessions } from '@restyle/shared/ledger/key-sessions'
import { fine, openProducer, type World } from '../producer/open-producer.ts'
import { openSse } from '../producer/open-sse.ts'

const path = '/v1/console/session'

describe('a session of a browser', () => {
  let world: World
  let own: Record<string, string>
  beforeAll(async () => {
    world = await openProducer()
    own = { origin: world.producer.url, host: new URL(world.producer.url).host, 'x-restyle-console': '1' }
  })
  afterAll(() => world.stop())

  const ask = (url: string, headers: Record<string, string>, method: 'GET' | 'POST' | 'DELETE' = 'GET') =>
    world.producer.app.inject({
      method,
      url,
      headers,
      ...(method === 'POST' && url !== path
        ? { payload: url === '/v1/batches' ? { edits: [fine] } : fine }
        : {}),
    })

  /** The `Cookie` header of a new session of that key. */
  async function open(key: { authorization: string }): Promise<{ cookie: string }> {
    const answer = await ask(path, key, 'POST')
    expect(answer.statusCode).toBe(200)
    return { cookie: String(answer.headers['set-cookie']).split(';', 1)[0] ?? '' }
  }

  it('is opened by a key, and is a cookie that no script and no other site gets', async () => {
    const key = await world.keyOf('mine')
    const answer = await ask(path, key, 'POST')
    expect(answer.json()).toMatchObject({ producer: 'mine', scopes: ordinaryScopes })
    const [pair, ...rest] = String(answer.headers['set-cookie']).split('; ')
    expect(rest.toSorted()).toEqual(['HttpOnly', 'Path=/', 'SameSite=Strict'])
    expect(answer.headers['cache-control']).toBe('no-store')
    // what Redis keeps opens nothing
    const secret = pair?.split('.')[1] ?? 'none'
    const kept = await world.redis.zrange(`${world.prefix}:sessions:${answer.json().keyId}`, '0', '-1')
    expect(kept).toHaveLength(1)
    expect(kept[0]).not.toContain(secret)
    expect(world.lines.join('')).not.toContain(secret)
  })

  it('opens what the key opens, and says whose it is', async () => {
    const cookie = await open(await world.keyOf('mine'))
    expect((await ask('/v1/batches', cookie)).statusCode).toBe(200)
    expect((await ask(path, cookie)).json()).toMatchObject({
      producer: 'mine',
      expiresAt: expect.any(String),
    })
    const made = await ask('/v1/edits', { ...cookie, ...own }, 'POST')
    expect(made.statusCode).toBe(202)
    const other = await open(await world.keyOf('other'))
    expect((await ask(`/v1/edits/${made.json().id}`, other)).statusCode).toBe(404)
  })

  it('may do what its key may, and no more', async () => {
    const cookie = await open(await world.keyOf('reads', ['edits:read']))
    expect((await ask('/v1/batches', cookie)).statusCode).toBe(200)
    const refused = await ask('/v1/edits', { ...cookie, ...own }, 'POST')
    expect([refused.statusCode, refused.json().detail]).toEqual([403, expect.stringContaining('edits:write')])
    expect((await ask('/v1/lanes', cookie)).statusCode).toBe(403)
  })

  it('changes nothing for another page: its header and its origin are asked for', async () => {
    const cookie = await open(await world.keyOf('mine'))
    const { origin = '', host = '', 'x-restyle-console': header = '' } = own
    const forged: Record<string, string>[] = [
      { host },
      { host, origin },
      { host, 'x-restyle-console': header },
      { host, 'x-restyle-console': header, origin: 'https://evil.example' },
      { host, 'x-restyle-console': header, origin: `http://127.0.0.1:1` },
      { host, 'x-restyle-console': header, origin: 'null' },
      { host, 'x-restyle-console': '0', origin },
    ]
    for (const headers of forged) {
      const answer = await ask('/v1/edits', { ...cookie, ...headers }, 'POST')
      expect([headers, answer.statusCode, answer.json().code]).toEqual([headers, 403, 'forbidden'])
      expect((await ask(path, { ...cookie, ...headers }, 'DELETE')).statusCode).toBe(403)
    }
    expect((await ask('/v1/edits', { ...cookie, ...own }, 'POST')).statusCode).toBe(202)
  })

  it('counts only where no key is sent', async () => {
    const cookie = await open(await world.keyOf('mine'))
    const theirs = await world.keyOf('theirs')
    expect((await ask(path, { ...cookie, ...theirs })).json()).toMatchObject({ producer: 'theirs' })
    for (const authorization of ['', 'Bearer rk_none_0123456789abcdef', 'Basic eDp5'])
      expect((await ask(path, { ...cookie, authorization })).statusCode).toBe(401)
  })

  it('is not guessed, and who tries it often waits', async () => {
    const { cookie } = await open(await world.keyOf('mine'))
    const [start] = cookie.split('.')
    const wrong = { cookie: `${start}.${'a'.repeat(43)}` }
    expect((await ask(path, wrong)).statusCode).toBe(401)
    expect((await ask(path, { cookie: `${start}.x` })).statusCode).toBe(401)
    expect((await ask(path, { cookie: 'restyle_session=' })).statusCode).toBe(401)
    expect((await ask(path, { cookie: `a=b; ${cookie}; c=d` })).statusCode).toBe(200)
    const unknown = { cookie: `restyle_session=nobody.${'a'.repeat(43)}` }
    const answers = []
    const elsewhere = { url: path, headers: unknown, remoteAddress: '10.0.0.9' }
    for (let i = 0; i < 70; i += 1) answers.push((await world.producer.app.inject(elsewhere)).statusCode)
    expect(new Set(answers)).toEqual(new Set([401, 429]))
    // a session of a live key is never held back by that
    expect((await world.producer.app.inject({ ...elsewhere, headers: { cookie } })).statusCode).toBe(200)
  })

  it('ends by itself, by a person, and with its key', async () => {
    const key = await world.keyOf('mine')
    const [first, second] = [await open(key), await open(key)]
    const { keyId } = (await ask(path, first)).json()
    const ended = await ask(path, { ...first, ...own }, 'DELETE')
    expect(String(ended.headers['set-cookie'])).toMatch(/^restyle_session=; .*Max-Age=0/)
    expect((await ask(path, first)).statusCode).toBe(401)
    expect((await ask(path, second)).statusCode).toBe(200)

    const stream = await openSse(`${world.producer.url}/v1/events`, second)
    expect(stream.response.status).toBe(200)
    await revokeApiKey(world.redis, world.prefix, keyId)
    await world.until(async () => (await ask(path, second)).statusCode === 401, 4_000)
    while ((await stream.next({ all: true }))['ended'] === undefined);
    stream.cut()
  })

  it('takes its streams with it when it ends, however it is ended, and those of no other session of its key', async () => {
    const key = await world.keyOf('mine')
    const [lost, out, stays] = [await open(key), await open(key), await open(key)]
    const streams = await Promise.all(
      [lost, out, stays].map((cookie) => openSse(`${world.producer.url}/v1/live`, cookie)),
    )
    for (const { response } of streams) expect(response.status).toBe(200)
    const listed = (await ask('/v1/console/sessions', lost)).json<{
      sessions: { id: string; isOwn?: true }[]
    }>()
    const { id = '' } = listed.sessions.find(({ isOwn }) => isOwn === true) ?? {}
    const began = performance.now()
    expect((await ask(`/v1/console/sessions/${id}`, { ...stays, ...own }, 'DELETE')).statusCode).toBe(200)
    expect((await ask(path, { ...out, ...own }, 'DELETE')).statusCode).toBe(200)
    const [first, second, third] = streams
    for (const stream of [first, second])
      while ((await stream?.next({ all: true }))?.['ended'] === undefined);
    expect(performance.now() - began).toBeLessThan(3_000)
    await ask('/v1/batches', { ...stays, ...own }, 'POST')
    let said = await third?.next()
    while (said?.['event'] === 'ping') said = await third?.next()
    expect(said).toMatchObject({ event: 'batch' })
    third?.cut()
  })

  it('that is not used is over after 12 hours, and one that is used is not', async () => {
    const cookie = await open(await world.keyOf('mine'))
    const { keyId } = (await ask(path, cookie)).json()
    const name = `${world.prefix}:sessions:${keyId}`
    const [hash = ''] = await world.redis.zrange(name, '0', '-1')
    await world.redis.zadd(name, Date.now() + 60_000, hash)
    await ask(path, cookie)
    await world.until(async () => Number(await world.redis.zscore(name, hash)) > Date.now() + 11 * 3600_000)
    expect(await world.redis.pttl(name)).toBeGreaterThan(11 * 3600_000)
    await world.redis.zadd(name, Date.now() - 1, hash)
    expect((await ask(path, cookie)).statusCode).toBe(401)
  })

  it('is one of at most a hundred of its key: the oldest ends', async () => {
    const key = await world.keyOf('mine')
    const first = await open(key)
    // those of one millisecond are equally old
    await setTimeout(2)
    for (let i = 0; i < mostSessions; i += 1) await open(key)
    const { keyId } = (await ask(path, key)).json()
    expect(await world.redis.zcard(`${world.prefix}:sessions:${keyId}`)).toBe(mostSessions)
    expect((await ask(path, first)).statusCode).toBe(401)
  })

  it('is opened by a token of this machine once', async () => {
    const key = await world.keyOf('local')
    const { keyId } = (await ask(path, key)).json()
    const address = new URL(world.producer.offerConsole(keyId))
    expect(address.pathname).toBe('/console')
    const by = { authorization: `Bearer once_${address.hash.replace('#token=', '')}` }
    // it opens nothing else, and is not used up by that
    expect((await ask('/v1/batches', by)).statusCode).toBe(401)
    const elsewhere = { method: 'POST', url: path, headers: by, remoteAddress: '10.0.0.7' } as const
    expect((await world.producer.app.inject(elsewhere)).statusCode).toBe(401)
    expect((await ask(path, by, 'POST')).json()).toMatchObject({ producer: 'local', keyId })
    expect((await ask(path, by, 'POST')).statusCode).toBe(401)
  })
})
