import type { WebhookSettings } from '@restyle/shared/contract/webhook'
import { ledgerKeys } from '@restyle/shared/ledger/keys'
import { restoreWebhooks } from '@restyle/shared/restore-webhooks'
import { Webhook as Referee } from 'standardwebhooks'
import type { Receiver } from '../../src/webhook/start-receiver.ts'
import { openWebhookWorld, type WebhookWorld } from './webhook-world.ts'

describe('an endpoint in trouble', () => {
  let world: WebhookWorld
  let receiver: Receiver
  beforeAll(async () => {
    world = await openWebhookWorld()
  })
  beforeEach(async () => {
    for (const id of await world.ledger.webhooks.list('acme'))
      await (id.startsWith('webhook_') ? world.client.webhooks.remove(id) : drop(id))
    receiver = await world.receiver()
  })
  afterEach(() => world.rest())
  afterAll(() => world.stop())

  const settings = (url: string): WebhookSettings => ({
    url,
    secrets: [{ secret: `whsec_${Buffer.alloc(32).toString('base64')}` }],
    enabled: true,
    createdAt: Date.now(),
    after: 'now',
  })
  /** Past the API, as an older version or another hand would have written it. */
  const write = (id: string, url: string) =>
    world.ledger.webhooks.save({ producer: 'acme', id }, settings(url), { version: '', revision: 1 })
  async function drop(id: string): Promise<void> {
    const known = await world.ledger.webhooks.read(id)
    await world.ledger.webhooks.remove({ producer: 'acme', id }, known?.version ?? '')
  }

  it('that hangs with 10,000 events waiting delays nobody else', async () => {
    await world.deliver({ concurrency: 2 })
    receiver.behave({ kind: 'hang' })
    await world.add(receiver)
    for (let i = 0; i < 10; i += 1) await world.tell('acme', 1_000, `many${i}x`)
    const others = await world.clientOf('others')
    const other = await world.receiver()
    await others.webhooks.add({ url: other.url })
    await world.until(() => receiver.received.length > 0)
    const toldAt = new Map<string, number>()
    for (let i = 0; i < 60; i += 1) {
      const at = Date.now()
      for (const id of await world.tell('others', 1, `other${i}x`)) toldAt.set(id, at)
      await world.until(() => other.taken.length > i)
    }
    const waits = other.taken.map(({ id, at }) => at - (toldAt.get(id) ?? 0)).toSorted((a, b) => a - b)
    expect(waits).toHaveLength(60)
    expect(waits[56]).toBeLessThan(5_000)
    // one at a time, not a storm
    expect(receiver.received.length).toBeLessThan(20)
  })

  it('keeps no other from its turn, however many hang at once', async () => {
    receiver.behave({ kind: 'hang' })
    for (let i = 0; i < 12; i += 1) await write(`hanging-${i}`, receiver.url)
    const other = await world.receiver()
    await write('well', other.url)
    await world.deliver({ concurrency: 2 })
    await world.tell('acme', 1, 'all')
    await world.until(() => other.taken.length === 1)
    await world.until(() => receiver.received.length >= 2)
    expect(receiver.taken).toEqual([])
    for (let i = 0; i < 12; i += 1) await drop(`hanging-${i}`)
    await drop('well')
  })

  it('whose worker dies between the answer and its record gets the event again, with the same id and bytes', async () => {
    let deaths = 0
    const { webhook } = await world.add(receiver)
    await world.deliver({
      onAnswered: async () => {
        deaths += 1
        if (deaths === 1) throw new Error('killed on purpose')
      },
    })
    await world.tell('acme', 1, 'again')
    await world.until(() => receiver.taken.length === 2)
    const [first, second] = receiver.taken
    expect([second?.id, second?.body]).toEqual([first?.id, first?.body])
    await world.until(async () => (await world.deliveries(webhook.id)).length === 1)
  })

  it('is sent everything, once and more, by several workers of which one leaves', async () => {
    await world.add(receiver)
    const one = await world.deliver()
    await world.deliver()
    const told = await world.tell('acme', 300, 'shared')
    await world.until(() => receiver.taken.length > 20)
    await one.stop()
    await world.until(() => new Set(receiver.taken.map(({ id }) => id)).size >= 300)
    expect([...new Set(receiver.taken.map(({ id }) => id))].toSorted()).toEqual(told.toSorted())
    // what was under way at the worst
    expect(receiver.taken.length).toBeLessThan(340)
  })

  it.each([
    'http://127.0.0.1:1/',
    'https://[::ffff:10.0.0.1]/',
    'https://[64:ff9b::a9fe:a9fe]/',
    'https://[2002:7f00:1::]/',
    'https://0x7f000001/',
    'https://localhost/',
  ])('that is %s is not connected to, and the log tells nothing of what is there', async (url) => {
    await world.deliver({ guarded: true })
    await write('inner', url)
    await world.tell('acme', 1, 'inner')
    const log = () => world.ledger.webhooks.log('inner', 'failed', { before: Infinity, limit: 10 })
    await world.until(async () => (await log()).length === 1)
    expect((await log())[0]?.delivery.error).toBe('blocked: the address is not on the public internet')
    await drop('inner')
    const told = world.lines.filter(({ webhook }) => webhook === 'inner')
    expect(told.map(({ why }) => why)).toEqual(
      told.map(() => 'blocked: the address is not on the public internet'),
    )
  })

  it('has not lost its secret, its filter or an event where Redis has forgotten all', async () => {
    const { redis, store } = world.world
    const { webhook, secret } = await world.add(receiver, { types: ['restyle.batch.paused'] })
    const removed = await world.add(receiver)
    await world.client.webhooks.remove(removed.webhook.id)
    await world.client.webhooks.change(webhook.id, { description: 'the shop' })
    const keys = ledgerKeys(world.world.prefix)
    for (const key of await redis.keys(`${world.world.prefix}:webhook*`)) await redis.del(key)
    await redis.del(keys.events('acme'))
    expect(await world.client.webhooks.list()).toEqual([])
    const again = await restoreWebhooks({ ledger: world.ledger, store })
    expect(again.poisoned).toEqual([])
    expect(again.restored).toBeGreaterThan(0)
    expect((await world.client.webhooks.list()).map(({ id }) => id)).toEqual([webhook.id])
    expect(await world.client.webhooks.read(webhook.id)).toMatchObject({
      types: ['restyle.batch.paused'],
      description: 'the shop',
      enabled: true,
    })
    expect((await restoreWebhooks({ ledger: world.ledger, store })).restored).toBe(0)
    await world.deliver()
    const [id = ''] = await world.tell('acme', 1, 'afterwards')
    await world.until(() => receiver.taken.length === 1)
    const [request] = receiver.taken
    if (request === undefined) throw new Error('nothing came')
    expect(new Referee(secret).verify(request.body, request.headers)).toMatchObject({ id })
  })

  it('comes back as it was set last where Redis went back to before that', async () => {
    const { redis, store, prefix } = world.world
    const { webhook } = await world.add(receiver)
    const before = await redis.hgetall(ledgerKeys(prefix).webhook(webhook.id))
    await world.client.webhooks.change(webhook.id, { enabled: false, description: 'stopped' })
    await redis.del(ledgerKeys(prefix).webhook(webhook.id))
    await redis.hset(ledgerKeys(prefix).webhook(webhook.id), before)
    expect((await world.client.webhooks.read(webhook.id)).enabled).toBe(true)
    await restoreWebhooks({ ledger: world.ledger, store })
    expect(await world.client.webhooks.read(webhook.id)).toMatchObject({
      enabled: false,
      description: 'stopped',
      disabled: { reason: 'person' },
    })
  })

  it('is told of what was gone before it could be sent', async () => {
    const { redis, prefix } = world.world
    await world.add(receiver)
    const name = ledgerKeys(prefix).events('acme')
    await world.tell('acme', 7, 'lost')
    await redis.xtrim(name, 'MAXLEN', 2)
    await world.deliver()
    await world.until(() => receiver.taken.some(({ body }) => body.includes('restyle.webhook.gap')))
    const gap: unknown = JSON.parse(
      receiver.taken.find(({ body }) => body.includes('restyle.webhook.gap'))?.body ?? '',
    )
    expect(gap).toMatchObject({ data: { missed: 5 } })
    expect(receiver.taken.map(({ id }) => id)).toContain('batch_lost6-paused')
  })

  it('gets no new events while too many wait for another attempt', async () => {
    const { redis, prefix } = world.world
    const { webhook } = await world.add(receiver)
    const retries = ledgerKeys(prefix).webhookRetries(webhook.id)
    const far = Date.now() + 3600_000
    await redis.zadd(retries, ...Array.from({ length: 5_000 }, (_, i) => [far, `1-${i}`]).flat())
    await world.deliver()
    await world.tell('acme', 3, 'full')
    const other = await world.receiver()
    await world.add(other, { after: '0', types: ['restyle.batch.paused'] })
    await world.until(() => other.taken.some(({ id }) => id === 'batch_full2-paused'))
    expect(receiver.received).toEqual([])
    await redis.zrem(retries, '1-0')
    await redis.zadd(ledgerKeys(prefix).webhooks, 1, `acme ${webhook.id}`)
    await world.until(() => receiver.taken.length === 3)
  })
})
