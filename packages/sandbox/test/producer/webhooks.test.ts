import { watchWebhooks } from '@restyle/producer/webhook/watch-webhooks'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { createLog } from '@restyle/shared/log'
import { openProducer, type World } from './open-producer.ts'

describe('webhooks over HTTP', () => {
  let world: World
  let acme: { authorization: string }
  beforeAll(async () => {
    world = await openProducer({
      endpoints: {
        lookup: (hostname, _options, callback) =>
          callback(null, [{ address: hostname.startsWith('inner') ? '10.1.2.3' : '47.95.0.1', family: 4 }]),
      },
    })
    acme = await world.keyOf('acme')
  })
  afterAll(() => world.stop())

  const url = 'https://shop.example.com/hook'
  const ask = async (
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    payload?: object,
    more = {},
  ) => {
    const answer = await world.producer.app.inject({
      method,
      url: `/v1/webhooks${path}`,
      headers: { ...acme, ...more },
      ...(payload && { payload }),
    })
    const { statusCode: status, headers, body: text } = answer
    return { status, headers, body: answer.json(), text }
  }
  const added = async (more: object = {}) => (await ask('POST', '', { url, ...more })).body

  it.each([
    'http://shop.example.com/',
    'https://127.0.0.1/',
    'https://[::ffff:10.0.0.1]/',
    'https://[64:ff9b::a9fe:a9fe]/',
    'https://[2002:7f00:1::]/',
    'https://0x7f000001/',
    'https://inner.example.com/',
    'https://user:word@shop.example.com/',
    'nowhere',
  ])('refuse the address %s, when they are added and when they are changed', async (bad) => {
    const { webhook } = await added()
    for (const { status, body } of [
      await ask('POST', '', { url: bad }),
      await ask('PATCH', `/${webhook.id}`, { url: bad }),
    ]) {
      expect(status).toBe(422)
      expect(body.errors).toMatchObject([{ pointer: '/url' }])
      expect(body.detail).not.toContain('10.1.2.3')
    }
    await ask('DELETE', `/${webhook.id}`)
  })

  it.each([
    [{ types: [] }, '/types'],
    [{ types: ['restyle.edit.*'] }, '/types/0'],
    [{ secret: 'whsec_short' }, '/secret'],
    [{ after: 'tomorrow' }, '/after'],
    [{ secrets: [] }, '/secrets'],
  ])('refuse %j', async (more, pointer) => {
    const { status, body } = await ask('POST', '', { url, ...more })
    expect([status, body.errors[0].pointer]).toEqual([422, pointer])
  })

  it('are the same for the same key and body, and another body is a conflict', async () => {
    const key = { 'idempotency-key': 'once' }
    const first = await ask('POST', '', { url }, key)
    const second = await ask('POST', '', { url }, key)
    const { id } = first.body.webhook
    for (const [answer, status, replayed] of [
      [first, 201, undefined],
      [second, 200, 'true'],
    ] as const) {
      expect([answer.status, answer.headers['idempotent-replayed']]).toEqual([status, replayed])
      expect(answer.headers['location']).toBe(`/v1/webhooks/${id}`)
      expect(answer.headers['cache-control']).toBe('no-store')
    }
    expect(second.body).toEqual(first.body)
    expect((await ask('POST', '', { url, types: ['restyle.edit.failed'] }, key)).status).toBe(422)
    await ask('DELETE', `/${first.body.webhook.id}`)
  })

  it('show a secret once, when it is made, and never in lists or logs', async () => {
    const { webhook, secret } = await added()
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    const rotation = await ask('POST', `/${webhook.id}/rotate`, {})
    expect(rotation.headers['cache-control']).toBe('no-store')
    const rotated = rotation.body
    expect(rotated.secret).not.toBe(secret)
    const answers = [
      await ask('GET', ''),
      await ask('GET', `/${webhook.id}`),
      await ask('PATCH', `/${webhook.id}`, { description: 'x' }),
      await ask('GET', `/${webhook.id}/deliveries`),
      await ask('DELETE', `/${webhook.id}`),
    ]
    for (const { text } of answers) expect(text).not.toMatch(/whsec_/)
    for (const each of [secret, rotated.secret])
      expect(world.lines.join('\n')).not.toContain(each.slice('whsec_'.length))
  })

  it('are at most twenty for a producer', async () => {
    const ids: string[] = []
    for (let i = 0; i < 20; i += 1) ids.push((await added()).webhook.id)
    const { status, body } = await ask('POST', '', { url })
    expect([status, body.detail]).toEqual([
      422,
      'You have 20 webhooks, which is the most: remove one before you add another.',
    ])
    expect((await ask('GET', '')).body.webhooks).toHaveLength(20)
    for (const id of ids) await ask('DELETE', `/${id}`)
    expect((await ask('GET', '')).body.webhooks).toEqual([])
    expect((await ask('GET', `/${ids[0]}`)).status).toBe(404)
  })

  it('leave out of the list one that a newer version wrote, and name it', async () => {
    const { webhook } = await added()
    const { webhook: newer } = await added()
    await world.redis.hset(`${world.prefix}:webhook:${newer.id}`, 'settings', '{}')
    const { status, body } = await ask('GET', '')
    expect(status).toBe(200)
    expect(body.webhooks.map(({ id }: { id: string }) => id)).toEqual([webhook.id])
    expect(body.unreadable).toMatchObject([{ id: newer.id }])
    await world.redis.del(`${world.prefix}:webhook:${newer.id}`)
    await world.redis.srem(`${world.prefix}:webhooks:acme`, newer.id)
    await ask('DELETE', `/${webhook.id}`)
  })

  it('are an alarm where nobody has looked after one for minutes, once an hour', async () => {
    const { webhook } = await added()
    const ledger = openLedger(world.redis, world.prefix)
    const lines: string[] = []
    const log = createLog('info', { write: (line) => void lines.push(line) })
    await watchWebhooks({ ledger, log })
    expect(lines).toEqual([])
    await world.redis.zadd(`${world.prefix}:webhooks`, Date.now() - 301_000, `acme ${webhook.id}`)
    for (let i = 0; i < 2; i += 1) await watchWebhooks({ ledger, log })
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { level: 'error', webhook: webhook.id, msg: 'nobody sends events to webhooks: no worker runs' },
    ])
    await ask('DELETE', `/${webhook.id}`)
  })

  it('change only what is named', async () => {
    const { webhook } = await added({ types: ['restyle.edit.failed'], description: 'shop' })
    const stopped = (await ask('PATCH', `/${webhook.id}`, { enabled: false })).body
    expect(stopped).toMatchObject({ types: ['restyle.edit.failed'], description: 'shop', enabled: false })
    const all = (await ask('PATCH', `/${webhook.id}`, { types: null, description: null })).body
    expect(all.types).toBeUndefined()
    expect(all.description).toBeUndefined()
    // whoever changes something else does not let it go on
    expect(all.enabled).toBe(false)
    expect((await ask('PATCH', `/${webhook.id}`, { enabled: true })).body.enabled).toBe(true)
    expect((await ask('PATCH', `/${webhook.id}`, {})).status).toBe(422)
    await ask('DELETE', `/${webhook.id}`)
  })

  it('refuse a replay of nothing, of a range backwards, and more than ten at a time', async () => {
    const { webhook } = await added()
    const replay = (payload: object) => ask('POST', `/${webhook.id}/replay`, payload)
    for (const payload of [{}, { skipped: false }, { cursors: [] }, { after: '5', skipped: true }])
      expect((await replay(payload)).status).toBe(422)
    expect((await replay({ after: '9', until: '5' })).status).toBe(422)
    expect((await replay({ cursors: ['5-5'] })).body).toEqual({ started: 0, missing: ['5-5'] })
    expect((await replay({ after: '2026-03-02T21:00:00Z', until: '2026-03-02T22:00:00Z' })).body).toEqual({
      started: 1,
    })
    for (let i = 1; i < 10; i += 1) await replay({ after: '0', until: '5' })
    expect((await replay({ after: '0', until: '5' })).status).toBe(503)
    await ask('DELETE', `/${webhook.id}`)
  })
})
