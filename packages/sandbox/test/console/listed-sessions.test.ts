import { createHash } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { ordinaryScopes, type Scope, scopes } from '@restyle/producer/http/scopes'
import { openProducer, type World } from '../producer/open-producer.ts'

const path = '/v1/console/session'
type Listed = {
  id: string
  keyId: string
  openedAt?: string
  lastUsedAt: string
  expiresAt: string
  isOwn?: true
}
type Headers = Record<string, string>

describe('who is signed in by a browser', () => {
  let world: World
  let own: Headers
  beforeAll(async () => {
    world = await openProducer()
    own = { origin: world.producer.url, host: new URL(world.producer.url).host, 'x-restyle-console': '1' }
  })
  afterAll(() => world.stop())

  const ask = (url: string, headers: Headers, method: 'GET' | 'POST' | 'DELETE' = 'GET') =>
    world.producer.app.inject({ method, url, headers })
  const list = async (headers: Headers): Promise<Listed[]> =>
    (await ask(`${path}s`, headers)).json<{ sessions: Listed[] }>().sessions
  const idOf = ({ authorization }: { authorization: string }): string =>
    /rk_([^_]+)_/.exec(authorization)?.[1] ?? ''

  async function open(key: Headers): Promise<{ cookie: string }> {
    const answer = await ask(path, key, 'POST')
    return { cookie: String(answer.headers['set-cookie']).split(';', 1)[0] ?? '' }
  }
  const keyOf = (producer: string, may: readonly Scope[] = ordinaryScopes) => world.keyOf(producer, may)

  it('is told with its key and its times, and never with what opens it', async () => {
    const key = await keyOf('told')
    const before = Date.now()
    const first = await open(key)
    await setTimeout(2)
    const second = await open(key)
    const answer = await ask(`${path}s`, first)
    expect(answer.headers['cache-control']).toBe('no-store')
    const [newer, older, ...others] = answer.json<{ sessions: Listed[] }>().sessions
    expect(others).toEqual([])
    expect(older).toMatchObject({ keyId: idOf(key), isOwn: true })
    expect(newer).not.toHaveProperty('isOwn')
    for (const each of [newer, older]) {
      const { openedAt = '', lastUsedAt = '', expiresAt = '' } = each ?? {}
      expect(Math.abs(Date.parse(openedAt) - before)).toBeLessThan(10_000)
      expect(Date.parse(lastUsedAt)).toBe(Date.parse(openedAt))
      expect(Date.parse(expiresAt) - Date.parse(lastUsedAt)).toBe(12 * 3600_000)
    }
    for (const { cookie } of [first, second]) {
      const secret = cookie.split('.')[1] ?? 'none'
      expect(answer.body).not.toContain(secret)
      // nor with all of what Redis keeps of it
      expect(answer.body).not.toContain(createHash('sha256').update(secret).digest('hex'))
    }
    // a request with a key is by the key, whatever cookie it has
    expect((await list({ ...first, ...key })).filter(({ isOwn }) => isOwn)).toEqual([])
  })

  it('is each key for itself, and an admin all of the producer', async () => {
    const [ana, ben, admin] = [await keyOf('team'), await keyOf('team'), await keyOf('team', scopes)]
    const stranger = await keyOf('strangers', scopes)
    for (const key of [ana, ben, stranger]) await open(key)
    const seen = async (key: Headers) => (await list(key)).map(({ keyId }) => keyId).toSorted()
    expect(await seen(ana)).toEqual([idOf(ana)])
    expect(await seen(admin)).toEqual([idOf(ana), idOf(ben)].toSorted())
    expect(await seen(stranger)).toEqual([idOf(stranger)])
  })

  it('is ended by who may see it, and by nobody else', async () => {
    const [ana, ben, admin] = [await keyOf('ends'), await keyOf('ends'), await keyOf('ends', scopes)]
    const stranger = await keyOf('strangers', scopes)
    const [first, second, third] = [await open(ana), await open(ana), await open(ben)]
    const sessionOf = async (cookie: Headers) => (await list(cookie)).find(({ isOwn }) => isOwn)?.id ?? ''
    const [one, two, three] = [await sessionOf(first), await sessionOf(second), await sessionOf(third)]
    const end = (id: string, headers: Headers) => ask(`${path}s/${id}`, headers, 'DELETE')
    for (const [id, by] of [
      [three, ana],
      [one, stranger],
      [one.slice(0, -1), ana],
      [`${idOf(ana)}-`, ana],
    ] as const) {
      const refused = await end(id, by)
      expect([refused.statusCode, refused.json().detail]).toEqual([404, 'There is no such session.'])
    }
    expect((await end(two, { ...first, ...own })).json()).toMatchObject({ id: two })
    expect((await ask(path, second)).statusCode).toBe(401)
    expect((await ask(path, first)).statusCode).toBe(200)
    expect((await end(two, ana)).statusCode).toBe(404)
    expect((await end(three, admin)).statusCode).toBe(200)
    expect((await ask(path, third)).statusCode).toBe(401)
  })

  it('is ended by no page of another origin', async () => {
    const cookie = await open(await keyOf('forged'))
    const [{ id } = { id: '' }] = await list(cookie)
    for (const headers of [{}, { 'x-restyle-console': '1', origin: 'https://evil.example' }])
      expect((await ask(`${path}s/${id}`, { ...cookie, ...headers }, 'DELETE')).statusCode).toBe(403)
    expect((await ask(path, cookie)).statusCode).toBe(200)
  })

  it('is forgotten when it is over, also when it was opened', async () => {
    const key = await keyOf('over')
    const [over, ended] = [await open(key), await open(key)]
    const name = `${world.prefix}:sessions:${idOf(key)}`
    const hash = createHash('sha256')
      .update(over.cookie.split('.')[1] ?? '')
      .digest('hex')
    await world.redis.zadd(name, Date.now() - 1, hash)
    expect(await list(key)).toHaveLength(1)
    await ask(path, { ...ended, ...own }, 'DELETE')
    await open(key)
    expect(await world.redis.zrange(`${name}:opened`, '0', '-1')).toEqual(
      await world.redis.zrange(name, '0', '-1'),
    )
    expect(await list(key)).toHaveLength(1)
    // one that an older version has opened
    await world.redis.del(`${name}:opened`)
    expect((await list(key))[0]).not.toHaveProperty('openedAt')
  })
})
