import type { Delivery, WebhookSettings } from '@restyle/shared/contract/webhook'
import { ledgerKeys } from '@restyle/shared/ledger/keys'
import { openLedger } from '@restyle/shared/ledger/ledger'
import type { Round, Settled, TakenWebhook } from '@restyle/shared/ledger/webhook-rounds'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'

describe('a webhook in the ledger', () => {
  let server: RedisServer
  let redis: Redis
  let tests = 0
  beforeAll(async () => {
    server = await startRedis({ appendonly: false })
    redis = new Redis(server.url)
  })
  beforeEach(() => {
    tests += 1
  })
  afterAll(async () => {
    await redis.quit()
    await server.stop()
  })

  const name = { producer: 'acme', id: 'webhook_00000000000000000000000001' }
  const { id } = name
  const settings: WebhookSettings = {
    url: 'https://shop.example.com/hook',
    secrets: [{ secret: `whsec_${Buffer.alloc(32).toString('base64')}` }],
    enabled: true,
    createdAt: 1,
    after: 'now',
  }

  function open() {
    const prefix = `{webhooks${tests}}`
    const [ledger, keys] = [openLedger(redis, prefix), ledgerKeys(prefix)]
    const { webhooks } = ledger
    return {
      ledger,
      keys,
      webhooks,
      make: (more: Partial<WebhookSettings> = {}) =>
        webhooks.save(name, { ...settings, ...more }, { version: '', revision: 1 }),
      change: async (more: Partial<WebhookSettings>) => {
        const known = await webhooks.read(id)
        return webhooks.save(name, { ...settings, ...more }, { version: known?.version ?? '', revision: 2 })
      },
      tell: async (count: number) => {
        const cursors: string[] = []
        for (let i = 0; i < count; i += 1)
          cursors.push(
            (await redis.xadd(keys.events('acme'), '*', 'type', 'restyle.batch.paused', 'id', `e${i}`)) ?? '',
          )
        return cursors
      },
      take: async (): Promise<TakenWebhook> => {
        const taken = await webhooks.take(id, 10, 60_000)
        if (taken === undefined) throw new Error('no webhook')
        return taken
      },
      settle: (taken: TakenWebhook, more: Partial<Round>) =>
        webhooks.settle({
          id,
          turn: taken.webhook.turn,
          settled: [],
          dropped: [],
          slow: false,
          replays: [],
          told: { webhook: id, url: settings.url, detail: 'status 500' },
          disableAfterMs: 1_000_000,
          ...more,
        }),
      told: async () => (await ledger.events('acme').page('0', 100)).map(({ event }) => event),
    }
  }

  const outcome = (cursor: string, more: Partial<Settled> & { row?: Partial<Delivery> } = {}): Settled => ({
    counts: true,
    gone: false,
    ...more,
    row: {
      cursor,
      event: 'e',
      type: 't',
      subject: 's',
      because: 'event',
      attempt: 1,
      outcome: 'failed',
      at: 1,
      ms: 1,
      ...more.row,
    },
  })
  const failed = (cursor: string, inMs?: number) => outcome(cursor, inMs === undefined ? {} : { inMs })
  const delivered = (cursor: string) => outcome(cursor, { row: { outcome: 'delivered' } as Delivery })

  it('begins with what comes after it was made', async () => {
    const { make, tell, take } = open()
    const before = await tell(3)
    expect(await make()).toEqual({ kind: 'saved' })
    expect((await take()).webhook).toMatchObject({ cursor: before.at(-1), turn: 0, failures: 0 })
  })

  it('is one of a bounded number for its producer, and goes whole', async () => {
    const { webhooks, make, take, settle, keys } = open()
    await make()
    for (let i = 2; i <= 20; i += 1)
      await webhooks.save({ producer: 'acme', id: `w${i}` }, settings, { version: '', revision: 1 })
    expect(
      await webhooks.save({ producer: 'acme', id: 'w21' }, settings, { version: '', revision: 1 }),
    ).toEqual({
      kind: 'full',
    })
    await settle(await take(), { settled: [failed('1-0', 5_000)] })
    const known = await webhooks.read(id)
    expect(await webhooks.remove(name, 'another')).toEqual({ kind: 'stale' })
    expect(await webhooks.remove(name, known?.version ?? '')).toEqual({ kind: 'saved' })
    expect(await redis.keys(`${keys.webhook(id)}*`)).toEqual([])
    expect(await webhooks.list('acme')).not.toContain(id)
    expect((await webhooks.all()).map((each) => each.id)).not.toContain(id)
  })

  it('keeps what failed until its time, and drops it when it was delivered', async () => {
    const { make, tell, take, settle, webhooks } = open()
    await make()
    const [first = '', second = ''] = await tell(2)
    await settle(await take(), {
      moved: { cursor: second, entries: 2 },
      settled: [failed(first, 0), delivered(second)],
    })
    const { due, webhook } = await take()
    expect(due).toEqual([{ cursor: first, tried: { attempts: 1 } }])
    expect(webhook).toMatchObject({ cursor: second, turn: 1, delivered: 1, failed: 1, failures: 0 })
    await settle(await take(), { settled: [delivered(first)] })
    expect(await webhooks.waiting(id)).toBe(0)
    const log = await webhooks.log(id, 'delivered', { before: Infinity, limit: 10 })
    expect(log.map(({ delivery }) => delivery.cursor)).toEqual([first, second])
  })

  it('does not record a round of somebody who came too late', async () => {
    const { make, tell, take, settle, webhooks } = open()
    await make()
    const [first = ''] = await tell(1)
    const late = await take()
    await settle(await take(), { moved: { cursor: first, entries: 1 }, settled: [delivered(first)] })
    expect(await settle(late, { settled: [failed(first, 5_000)] })).toBe('stale')
    expect(await webhooks.waiting(id)).toBe(0)
  })

  it('is disabled at the first failure after days of nothing else, and not before; a success begins anew', async () => {
    const { make, take, settle, keys, told, webhooks } = open()
    await make()
    expect(await settle(await take(), { settled: [failed('1-0')] })).toBe('settled')
    const since = Number(await redis.hget(keys.webhook(id), 'failingSince'))
    await redis.hset(keys.webhook(id), 'failingSince', since - 999_000)
    expect(await settle(await take(), { settled: [failed('1-0')] })).toBe('settled')
    expect(await settle(await take(), { settled: [delivered('1-0')] })).toBe('settled')
    expect((await take()).webhook).toMatchObject({ failures: 0 })
    await settle(await take(), { settled: [failed('1-0')] })
    await redis.hset(keys.webhook(id), 'failingSince', since - 1_000_000)
    expect(await settle(await take(), { settled: [failed('1-0')] })).toBe('disabled')
    expect((await webhooks.read(id))?.disabled).toBe('failing')
    expect(await told()).toMatchObject([
      { type: 'restyle.webhook.disabled', subject: id, data: { webhook: id, reason: 'failing' } },
    ])
    expect(await webhooks.all()).toEqual([])
  })

  it('is disabled at once by an answer that it is gone', async () => {
    const { make, take, settle, told } = open()
    await make()
    expect(await settle(await take(), { settled: [outcome('1-0', { gone: true })] })).toBe('disabled')
    expect((await take()).webhook.disabled).toBe('gone')
    expect(await told()).toMatchObject([{ data: { reason: 'gone', detail: 'status 500' } }])
  })

  it('remembers what passed while it was disabled, and goes on with what is new', async () => {
    const { make, change, tell, take, webhooks } = open()
    await make()
    const [before = ''] = await tell(1)
    const at = (await take()).webhook.cursor
    await change({ enabled: false })
    const skipped = await tell(3)
    expect(await webhooks.replay(id, { kind: 'skipped' })).toEqual({ kind: 'disabled' })
    await change({ enabled: true })
    const { webhook } = await take()
    expect(webhook).toMatchObject({ cursor: skipped.at(-1), skipped: [{ after: at, until: skipped.at(-1) }] })
    expect(at < before).toBe(true)
    expect(await webhooks.replay(id, { kind: 'skipped' })).toEqual({ kind: 'started', count: 1, missing: [] })
    const again = await take()
    expect(again.webhook.skipped).toEqual([])
    expect(again.replays).toMatchObject([{ after: at, until: skipped.at(-1) }])
    expect(await webhooks.replay(id, { kind: 'skipped' })).toMatchObject({ count: 0 })
  })

  it('tells exactly how many events were gone before it got them, once', async () => {
    const { make, tell, take, told, keys } = open()
    await tell(2)
    await make()
    const cursors = await tell(5)
    await redis.xtrim(keys.events('acme'), 'MINID', cursors[3] ?? '')
    const { gap, webhook } = await take()
    expect(gap).toEqual({ after: webhook.cursor, until: cursors[3], missed: 3 })
    expect((await take()).gap).toBeUndefined()
    expect((await told()).at(-1)).toMatchObject({
      type: 'restyle.webhook.gap',
      data: { webhook: id, after: webhook.cursor, until: cursors[3], missed: 3 },
    })
  })

  it('misses nothing where only events were trimmed that it had', async () => {
    const { make, tell, take, settle, keys } = open()
    await make()
    const cursors = await tell(3)
    await settle(await take(), { moved: { cursor: cursors[1] ?? '', entries: 2 } })
    await redis.xtrim(keys.events('acme'), 'MINID', cursors[2] ?? '')
    expect((await take()).gap).toBeUndefined()
    await redis.xtrim(keys.events('acme'), 'MAXLEN', 0)
    expect((await take()).gap).toMatchObject({ missed: 1 })
  })

  it('begins at the oldest event where Redis has another life than its place', async () => {
    const { make, tell, take } = open()
    await tell(2)
    await make({ after: '99999999999999-0' })
    expect((await take()).webhook.cursor).toBe('0-0')
    expect((await take()).gap).toBeUndefined()
  })

  it('rests until its next event is due, and not while there is a new one', async () => {
    const { make, tell, take, settle, webhooks, ledger } = open()
    await make()
    const { webhook } = await take()
    expect(await webhooks.rest(id, { cursor: webhook.cursor, full: false, restMs: 60_000 })).toBe(true)
    const [event = ''] = await tell(1)
    expect(await webhooks.rest(id, { cursor: webhook.cursor, full: false, restMs: 60_000 })).toBe(false)
    await settle(await take(), { moved: { cursor: event, entries: 1 }, settled: [failed(event, 5_000)] })
    expect(await webhooks.rest(id, { cursor: event, full: false, restMs: 60_000 })).toBe(true)
    const now = await ledger.now()
    expect(await webhooks.overdue(now + 4_000, 10)).toEqual([])
    expect(await webhooks.overdue(now + 5_100, 10)).toMatchObject([name])
  })

  it('takes a test also while it is disabled, and tells single events that are not there', async () => {
    const { make, change, tell, take, webhooks, told } = open()
    await make()
    const [event = ''] = await tell(1)
    expect(await webhooks.replay(id, { kind: 'hand', cursors: [event, '5-5'] })).toEqual({
      kind: 'started',
      count: 1,
      missing: ['5-5'],
    })
    await change({ enabled: false })
    const test = await webhooks.test(id)
    expect(test).toMatchObject({ kind: 'sent' })
    expect((await take()).due.map(({ tried }) => tried.because)).toEqual(['hand', 'test'])
    expect((await told()).at(-1)).toMatchObject({ type: 'restyle.webhook.test', data: { webhook: id } })
  })

  it('keeps bounded lists of what became of its attempts', async () => {
    const { make, take, settle, webhooks } = open()
    await make()
    for (let i = 0; i < 60; i += 1)
      await settle(await take(), {
        settled: Array.from({ length: 10 }, (_, n) => failed(`${i}-${n}`)),
      })
    const log = await webhooks.log(id, 'failed', { before: Infinity, limit: 1_000 })
    expect(log).toHaveLength(500)
    const older = await webhooks.log(id, 'failed', { before: log[99]?.number ?? 0, limit: 1 })
    expect(older[0]?.number).toBe(log[100]?.number)
  })
})
