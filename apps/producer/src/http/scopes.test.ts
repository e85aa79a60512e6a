import { fastify } from 'fastify'
import { authenticate } from './authenticate.ts'
import { openBadKeys } from './bad-keys.ts'

describe('scopes', () => {
  it('are asked of every route, and a server with one that names none does not start', async () => {
    const app = fastify()
    const nobody = async () => undefined
    const doors = { apiKeys: { verify: nobody }, sessions: { verify: nobody, take: nobody } }
    authenticate(app.withTypeProvider(), doors, openBadKeys())
    expect(() => app.get('/v1/forgotten', async () => 'told')).toThrow(/GET \/v1\/forgotten .*config\.scope/)
    app.get('/v1/any', { config: { scope: 'any' } }, async () => 'told')
    expect((await app.inject({ url: '/v1/any' })).statusCode).toBe(500)
    await app.close()
  })
})
