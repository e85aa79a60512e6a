import { ordinaryScopes, type Scope, scopes } from '@restyle/producer/http/scopes'
import { fine, openProducer, type World } from './open-producer.ts'

let world: World
beforeAll(async () => {
  world = await openProducer()
})
afterAll(() => world.stop())

type Asked = { scope: Scope; method: 'GET' | 'POST' | 'PUT'; url: string; payload?: object }

/** One route for each scope, and one more where reading and writing share an address. */
const asked: Asked[] = [
  { scope: 'edits:write', method: 'POST', url: '/v1/edits', payload: fine },
  { scope: 'edits:read', method: 'GET', url: '/v1/edits' },
  { scope: 'events', method: 'GET', url: '/v1/events' },
  { scope: 'admin', method: 'GET', url: '/v1/lanes' },
]

const call = async ({ method, url, payload }: Asked, keyScopes: readonly Scope[]) =>
  world.producer.app.inject({
    method,
    url,
    ...(payload === undefined ? {} : { payload }),
    headers: await world.keyOf('shop', keyScopes),
  })

describe('scopes', () => {
  it.each(asked)('let a key with $scope alone call $method $url', async (each) => {
    expect((await call(each, [each.scope])).statusCode).toBeLessThan(300)
  })

  it.each(asked)('turn a key with all others away from $method $url, and say what it lacks', async (each) => {
    const others = scopes.filter((scope) => scope !== each.scope)
    const refused = await call(each, others)
    expect(refused.json()).toMatchObject({
      type: '/problems#forbidden',
      status: 403,
      detail: expect.stringContaining(`a key with the scope ${each.scope}`),
    })
  })

  it('come with every key but for admin', async () => {
    expect(ordinaryScopes).toEqual(scopes.filter((scope) => scope !== 'admin'))
    for (const each of asked)
      expect((await call(each, ordinaryScopes)).statusCode === 403).toBe(each.scope === 'admin')
  })

  it('are told by the document for each route', async () => {
    const { paths } = (await world.producer.app.inject({ url: '/openapi.json' })).json()
    expect(paths['/v1/edits'].post['x-scopes']).toEqual(['edits:write'])
    expect(paths['/v1/usage'].get['x-scopes']).toEqual(['edits:read', 'admin'])
    expect(paths['/v1/models'].get.security).toEqual([{ key: [] }])
  })
})
