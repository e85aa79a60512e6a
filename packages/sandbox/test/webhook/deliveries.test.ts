import type { RestyleEvent } from '@restyle/client/types'
import { ledgerKeys } from '@restyle/shared/ledger/keys'
import { Webhook as Referee } from 'standardwebhooks'
import type { Received, Receiver } from '../../src/webhook/start-receiver.ts'
import { openWebhookWorld, type WebhookWorld } from './webhook-world.ts'

const own = (bytes: number) => `whsec_${Buffer.alloc(bytes, bytes).toString('base64')}`

describe('events for a webhook', () => {
  let world: WebhookWorld
  let receiver: Receiver
  beforeAll(async () => {
    world = await openWebhookWorld()
    await world.deliver({ pace: { timeoutMs: 3_000 } })
  })
  beforeEach(async () => {
    for (const { id } of await world.client.webhooks.list()) await world.client.webhooks.remove(id)
    receiver = await world.receiver()
  })
  afterAll(() => world.stop())

  const verify = (secret: string, { body, headers }: Received) => new Referee(secret).verify(body, headers)
  const idsOf = (requests: readonly Received[]) => requests.map(({ id }) => id)
  async function streamed(ids: readonly string[]): Promise<RestyleEvent[]> {
    const all: RestyleEvent[] = []
    for await (const { events } of world.client.events.pages()) all.push(...events)
    return all.filter(({ id }) => ids.includes(id))
  }
  const keys = () => ledgerKeys(world.world.prefix)
  /** What waits for another attempt is due now, as its `attempt`-th. */
  async function hasten(id: string, attempt: number): Promise<void> {
    const { redis } = world.world
    for (const cursor of await redis.zrange(keys().webhookRetries(id), 0, '-1')) {
      await redis.hset(keys().webhookTries(id), cursor, JSON.stringify({ attempts: attempt - 1 }))
      await redis.zadd(keys().webhookRetries(id), 1, cursor)
    }
    await redis.hdel(keys().webhook(id), 'notBefore')
    await redis.zadd(keys().webhooks, 1, `acme ${id}`)
  }

  it('are those of the stream, word for word, and the official package verifies them with the secret as it was given', async () => {
    const { secret } = await world.add(receiver)
    const told = await world.tell('acme', 20, 'whole')
    await world.until(() => receiver.taken.length >= 20)
    expect(idsOf(receiver.taken).toSorted()).toEqual(told.toSorted())
    const events = await streamed(told)
    for (const request of receiver.taken) {
      expect(verify(secret, request)).toEqual(events.find(({ id }) => id === request.id))
      expect(request.headers).toMatchObject({ 'content-type': 'application/json' })
      expect(request.id).not.toContain('.')
    }
    const [first] = receiver.taken
    if (first === undefined) throw new Error('nothing came')
    expect(() => verify(own(32), first)).toThrow('No matching signature found')
    expect(() => verify(secret, { ...first, body: `${first.body} ` })).toThrow('No matching signature found')
  })

  it.each([24, 64])('are signed by a secret of %i bytes that the producer chose', async (bytes) => {
    const { secret } = await world.add(receiver, { secret: own(bytes) })
    expect(secret).toBe(own(bytes))
    await world.tell('acme', 1, `own${bytes}`)
    await world.until(() => receiver.taken.length === 1)
    for (const request of receiver.taken) verify(secret, request)
  })

  it('have the same id and bytes on the first attempt, the last, by hand and by range, and a time of their own', async () => {
    const { webhook, secret } = await world.add(receiver)
    receiver.behave({ kind: 'answer', status: 500 })
    const [id = ''] = await world.tell('acme', 1, 'same')
    await world.until(() => receiver.received.length === 1)
    await world.until(async () => (await world.deliveries(webhook.id)).length === 1)
    await hasten(webhook.id, 10)
    await world.until(async () => (await world.deliveries(webhook.id)).length === 2)
    const [last] = await world.deliveries(webhook.id)
    expect(last).toMatchObject({ attempt: 10, because: 'retry', outcome: 'failed', status: 500 })
    // given up, and there for whoever asks
    expect(last?.nextAt).toBeUndefined()
    expect((await world.client.webhooks.read(webhook.id)).waiting).toBe(0)
    receiver.behave({ kind: 'answer', status: 200 })
    await world.client.webhooks.replay(webhook.id, { cursors: [last?.cursor ?? ''] })
    await world.until(() => receiver.taken.length === 1)
    await world.client.webhooks.replay(webhook.id, { after: webhook.cursor })
    await world.until(() => receiver.taken.length === 2)
    expect(new Set(idsOf(receiver.received))).toEqual(new Set([id]))
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1)
    for (const { at, headers } of receiver.received)
      expect(Math.abs(at - 1_000 * Number(headers['webhook-timestamp']))).toBeLessThan(5_000)
    for (const request of receiver.received) verify(secret, request)
    await world.until(async () => (await world.deliveries(webhook.id)).length === 4)
    const because = (await world.deliveries(webhook.id)).map((each) => each.because)
    expect(because).toEqual(['replay', 'hand', 'retry', 'event'])
  })

  it('have two signatures while a secret is replaced, of which each alone verifies', async () => {
    const { webhook, secret: before } = await world.add(receiver)
    const { secret: after, webhook: rotated } = await world.client.webhooks.rotate(webhook.id, {
      keepHours: 1,
    })
    expect(Date.parse(rotated.signsTwiceUntil ?? '') - Date.now()).toBeGreaterThan(3_500_000)
    await world.tell('acme', 1, 'twice')
    await world.until(() => receiver.taken.length === 1)
    const [both] = receiver.taken
    if (both === undefined) throw new Error('nothing came')
    expect(both.headers['webhook-signature']?.split(' ')).toHaveLength(2)
    for (const secret of [before, after]) verify(secret, both)
    const { secret: newest } = await world.client.webhooks.rotate(webhook.id, { keepHours: 0 })
    await world.tell('acme', 1, 'once')
    await world.until(() => receiver.taken.length === 2)
    const [, one] = receiver.taken
    if (one === undefined) throw new Error('nothing came')
    expect(one.headers['webhook-signature']?.split(' ')).toHaveLength(1)
    verify(newest, one)
    expect(() => verify(after, one)).toThrow('No matching signature found')
  })

  it('are those of its types, from its place on', async () => {
    await world.tell('acme', 2, 'past')
    const { webhook } = await world.add(receiver, { types: ['restyle.webhook.disabled'] })
    const other = await world.receiver()
    await world.add(other, { after: '0' })
    await world.tell('acme', 150, 'unwanted')
    await world.until(() => idsOf(other.taken).includes('batch_past0-paused'))
    await world.until(async () => (await world.client.webhooks.read(webhook.id)).cursor > webhook.cursor)
    expect(receiver.received).toEqual([])
  })

  it('come in their order for each edit or batch', async () => {
    const { redis } = world.world
    const thinksMs = 60
    receiver.behave({ kind: 'answer', status: 200, afterMs: thinksMs })
    await world.add(receiver)
    const told = redis.multi()
    const expected = ['one-0', 'one-1', 'one-2', 'one-3', 'one-4', 'one-5']
    for (const id of expected) {
      const data = JSON.stringify({ batch: 'one', reason: 'person', at: 1, detail: id })
      const fields = ['type', 'restyle.batch.paused', 'id', id, 'subject', 'one', 'data', data]
      told.xadd(keys().events('acme'), '*', ...fields, 'time', Date.now(), 'traceparent', '')
    }
    await told.exec()
    await world.until(() => receiver.taken.length >= 6)
    const ones = receiver.received.filter(({ id }) => id.startsWith('one-'))
    expect(idsOf(ones)).toEqual(expected)
    // each is sent when the one before was answered; a timer may be early by a millisecond
    const gaps = ones.slice(1).map(({ at }, i) => at - (ones[i]?.at ?? at))
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(thinksMs - 2)
  })

  it('end for an address that answers 410, which is told; what was skipped is replayed exactly', async () => {
    const other = await world.receiver()
    await world.add(other)
    const { webhook } = await world.add(receiver)
    receiver.behave({ kind: 'answer', status: 410 })
    await world.tell('acme', 1, 'gone')
    await world.until(async () => !(await world.client.webhooks.read(webhook.id)).enabled)
    expect((await world.client.webhooks.read(webhook.id)).disabled?.reason).toBe('gone')
    await world.until(() => other.taken.some(({ body }) => body.includes('restyle.webhook.disabled')))
    const event: unknown = JSON.parse(
      other.taken.find(({ body }) => body.includes('restyle.webhook.disabled'))?.body ?? '',
    )
    expect(event).toMatchObject({ subject: webhook.id, data: { reason: 'gone', url: receiver.url } })
    receiver.behave({ kind: 'answer', status: 204 })
    await world.client.webhooks.change(webhook.id, { enabled: true })
    await world.until(() => idsOf(receiver.taken).includes('batch_gone0-paused'))
    await world.client.webhooks.change(webhook.id, { enabled: false })
    const before = receiver.received.length
    const skipped = await world.tell('acme', 25, 'skipped')
    await expect(world.client.webhooks.replay(webhook.id, { skipped: true })).rejects.toMatchObject({
      code: 'webhook-disabled',
    })
    const enabled = await world.client.webhooks.change(webhook.id, { enabled: true })
    expect(enabled.skipped).toHaveLength(2)
    const [fresh = ''] = await world.tell('acme', 1, 'fresh')
    await world.until(() => receiver.received.length === before + 1)
    expect(receiver.received.at(-1)?.id).toBe(fresh)
    const [, span] = enabled.skipped
    await world.client.webhooks.replay(webhook.id, span ?? { skipped: true })
    await world.until(() => receiver.received.length === before + 26)
    expect(idsOf(receiver.received.slice(before + 1)).toSorted()).toEqual(skipped.toSorted())
  })

  it('follow no redirect', async () => {
    const other = await world.receiver()
    const { webhook } = await world.add(receiver)
    receiver.behave({ kind: 'answer', status: 307, headers: { location: other.url } })
    await world.tell('acme', 1, 'redirect')
    await world.until(async () => (await world.deliveries(webhook.id)).length === 1)
    expect(await world.deliveries(webhook.id)).toMatchObject([{ outcome: 'failed', status: 307 }])
    expect(other.received).toEqual([])
  })

  it('wait as long as the address asks', async () => {
    const { webhook } = await world.add(receiver)
    receiver.behave({ kind: 'answer', status: 429, headers: { 'retry-after': '86400' } })
    await world.tell('acme', 1, 'quiet')
    await world.until(async () => (await world.client.webhooks.read(webhook.id)).notBefore !== undefined)
    const { notBefore = '' } = await world.client.webhooks.read(webhook.id)
    const seconds = (Date.parse(notBefore) - Date.now()) / 1_000
    // a day is not believed
    expect(seconds).toBeGreaterThan(580)
    expect(seconds).toBeLessThan(601)
    await world.tell('acme', 5, 'held')
    const [only] = await world.deliveries(webhook.id)
    expect(Date.parse(only?.nextAt ?? '') - Date.now()).toBeGreaterThan(580_000)
    expect(receiver.received).toHaveLength(1)
  })

  it('are tried again where there is no answer, or the connection breaks', async () => {
    const { webhook } = await world.add(receiver)
    receiver.behave({ kind: 'hang' })
    await world.tell('acme', 1, 'hang')
    await world.until(async () => (await world.deliveries(webhook.id)).length === 1)
    receiver.behave({ kind: 'reset' })
    await hasten(webhook.id, 2)
    await world.until(async () => (await world.deliveries(webhook.id)).length === 2)
    await receiver.die()
    await hasten(webhook.id, 3)
    await world.until(async () => (await world.deliveries(webhook.id)).length === 3)
    expect((await world.deliveries(webhook.id)).map(({ error }) => error)).toEqual([
      'the connection was refused',
      'the connection broke',
      'no answer within 3 s',
    ])
    await receiver.revive()
    receiver.behave({ kind: 'answer', status: 204 })
    await hasten(webhook.id, 4)
    await world.until(() => receiver.taken.length === 1)
    await world.until(async () => (await world.client.webhooks.read(webhook.id)).waiting === 0)
    expect((await world.client.webhooks.read(webhook.id)).failing).toBeUndefined()
  })

  it('are sent again at once over a connection that was kept and is closed', async () => {
    const { webhook } = await world.add(receiver)
    receiver.behave(() =>
      receiver.received.length === 1 ? { kind: 'reset' } : { kind: 'answer', status: 204 },
    )
    await world.tell('acme', 1, 'kept')
    await world.until(async () => (await world.deliveries(webhook.id)).length === 1)
    expect(await world.deliveries(webhook.id)).toMatchObject([{ attempt: 1, outcome: 'delivered' }])
    expect(receiver.received).toHaveLength(2)
  })

  it('leave the beginning of a failed answer in the list, cleaned, and nothing of a good one', async () => {
    const { webhook } = await world.add(receiver)
    const body = `no\u0000t \u001b[31mnow ${'x'.repeat(5_000)}`
    receiver.behave({ kind: 'answer', status: 503, body })
    await world.tell('acme', 1, 'long')
    await world.until(async () => (await world.deliveries(webhook.id)).length === 1)
    const [failed] = await world.deliveries(webhook.id)
    expect(failed?.answer).toMatch(/^no t \[31mnow x+…$/)
    expect(failed?.answer?.length).toBe(301)
    receiver.behave({ kind: 'answer', status: 200, body: 'thanks' })
    await hasten(webhook.id, 2)
    await world.until(async () => (await world.deliveries(webhook.id)).length === 2)
    expect((await world.deliveries(webhook.id))[0]).not.toHaveProperty('answer')
    expect(JSON.stringify(world.lines)).not.toContain('xxxx')
  })

  it('test an address at once, whatever its types, and also while it is disabled', async () => {
    const { webhook, secret } = await world.add(receiver, { types: ['restyle.edit.failed'] })
    const other = await world.receiver()
    await world.add(other)
    await world.client.webhooks.change(webhook.id, { enabled: false })
    receiver.behave({ kind: 'answer', status: 500 })
    const { event } = await world.client.webhooks.test(webhook.id)
    await world.until(async () => (await world.deliveries(webhook.id)).length === 1)
    expect(await world.deliveries(webhook.id)).toMatchObject([{ event, because: 'test', outcome: 'failed' }])
    // once: who tests looks at the answer
    expect((await world.deliveries(webhook.id))[0]).not.toHaveProperty('nextAt')
    const [request] = receiver.received
    if (request === undefined) throw new Error('nothing came')
    expect(verify(secret, request)).toMatchObject({ id: event, type: 'restyle.webhook.test' })
    await world.tell('acme', 1, 'aftertest')
    await world.until(() => other.taken.length === 1)
    expect(idsOf(other.received)).toEqual(['batch_aftertest0-paused'])
  })
})
