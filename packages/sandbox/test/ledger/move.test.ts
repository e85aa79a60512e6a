import { Redis } from 'ioredis'
import type { Edit } from '@restyle/shared/contract/edit'
import { digestOf } from '@restyle/shared/ids'
import { editIdOfRow } from '@restyle/shared/ledger/batches'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { asked, type LedgerWorld, openLedgerWorld } from './ledger-world.ts'

const alike = digestOf(asked('').request.prompt)

let server: RedisServer
let redis: Redis
let tests = 0
let world: LedgerWorld
let ledger: Ledger

beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(() => {
  tests += 1
  world = openLedgerWorld(redis, `{move${tests}}`)
  ledger = world.ledger
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const queued: LedgerWorld['queued'] = (id, more) => world.queued(id, more)
const admitted: LedgerWorld['admitted'] = (edit, ask) => world.admitted(edit, ask)
const moved: LedgerWorld['moved'] = (edit, change) => world.moved(edit, change)
const running = async (edit: Edit, taskId = `task-${edit.id}`) =>
  moved(await admitted(edit), { to: 'running', set: { taskId, submittedAt: 1 } })

describe('moving', () => {
  it('changes nothing for whoever holds an older version', async () => {
    const zombie = await admitted(await queued('a'))
    await moved(zombie, { to: 'uncertain' })
    expect(await ledger.move(zombie, { to: 'running', set: { taskId: 'z', submittedAt: 1 } })).toEqual({
      kind: 'lost',
    })
    expect((await ledger.read('a'))?.state).toBe('uncertain')
  })

  it('changes nothing for whoever holds the same version of before Redis lost data', async () => {
    const edit = await admitted(await queued('a'))
    const name = world.keys.edit('a')
    const saved = await redis.dumpBuffer(name)
    const held = await moved(edit, { to: 'uncertain' })
    await redis.restore(name, 0, saved, 'REPLACE')
    const since = await moved(edit, { to: 'running', set: { taskId: 't', submittedAt: 1 } })
    expect(since.version).toBe(held.version)
    expect(await ledger.move(held, { to: 'running', set: { taskId: 'u', submittedAt: 1 } })).toEqual({
      kind: 'lost',
    })
    expect(await ledger.read('a')).toMatchObject({ state: 'running', taskId: 't' })
  })

  it('throws on a move that the diagram does not have', async () => {
    await expect(ledger.move(await queued('a'), { to: 'succeeded' })).rejects.toMatchObject({
      code: 'ImpossibleMove',
    })
  })

  it('gives one task to one edit only', async () => {
    await running(await queued('a'), 'same')
    const second = await admitted(await queued('b'))
    expect(await ledger.move(second, { to: 'running', set: { taskId: 'same', submittedAt: 1 } })).toEqual({
      kind: 'taskTaken',
      owner: 'a',
    })
    expect(await ledger.ownerOf('one', ['same', 'none'])).toEqual(['a', undefined])
  })

  it('keeps a task for its edit as long as if it had just been claimed', async () => {
    const edit = await admitted(await queued('a'))
    await ledger.claimTasks(edit, ['t'])
    await redis.expire(world.keys.task('one', 't'), 10)
    await moved(edit, { to: 'running', set: { taskId: 't', submittedAt: 1 } })
    expect(await redis.ttl(world.keys.task('one', 't'))).toBeGreaterThan(100_000)
  })

  it('keeps the time at which a slot was taken', async () => {
    const edit = await admitted(await queued('a'))
    await redis.zadd(world.keys.running('one'), 5, 'a')
    await moved(edit, { to: 'running', set: { taskId: 't', submittedAt: 1 } })
    expect(await redis.zscore(world.keys.running('one'), 'a')).toBe('5')
  })

  it("frees no fingerprint that is another edit's by now", async () => {
    const edit = await admitted(await queued('a'))
    await redis.hset(world.keys.uncertain('one'), alike, 'b')
    await moved(edit, { to: 'queued' })
    expect(await redis.hget(world.keys.uncertain('one'), alike)).toBe('b')
  })

  it('settles money: reserved before the POST, billed by what came back, released otherwise', async () => {
    await ledger.openBatch({ id: 'b', producer: 'acme', name: '', total: 2, bodyHash: 'h' })
    const edit = await running(await queued('b-0', { batch: 'b' }))
    expect((await ledger.readBatch('b'))?.reserved).toBe(200_000)
    await moved(edit, { to: 'rendered', billedMicros: 150_000, expiresAt: 9, set: { images: [] } })
    const failing = await admitted(await queued('b-1', { batch: 'b', row: 1 }))
    await moved(failing, {
      to: 'failed',
      set: { failure: { code: 'X', message: 'x' } },
    })
    expect(await ledger.readBatch('b')).toMatchObject({ reserved: 0, billed: 150_000 })
    expect(await redis.hgetall(world.keys.spend('acme'))).toMatchObject({ reserved: '0', billed: '150000' })
  })

  it('adds up what two tasks of one edit cost', async () => {
    const first = await running(await queued('a'))
    const again = await moved(first, { to: 'queued', billedMicros: 150_000 })
    const second = await running(again, 'second')
    const rendered = await moved(second, { to: 'rendered', billedMicros: 200_000, expiresAt: 9 })
    expect(rendered.billed).toBe(350_000)
    expect(await redis.hget(world.keys.spend('acme'), 'billed')).toBe('350000')
  })

  it('keeps what has ended for 30 days, and what has not for ever', async () => {
    await ledger.openBatch({ id: 'b', producer: 'acme', name: '', total: 2, bodyHash: 'h' })
    const [first, second] = [
      await queued('b-0', { batch: 'b', row: 0 }),
      await queued('b-1', { batch: 'b', row: 1 }),
    ]
    const { keys } = world
    const kept = [keys.edit('b-0'), keys.edit('b-1'), keys.batch('b'), keys.batchMap('b')]
    const days = async () => {
      const left = await Promise.all(kept.map((key) => redis.ttl(key)))
      return left.map((seconds) => (seconds === -1 ? 'for ever' : Math.round(seconds / 86_400)))
    }
    await moved(first, { to: 'canceled' })
    expect(await days()).toEqual([30, 'for ever', 'for ever', 'for ever'])
    const open = await running(second)
    expect(await days()).toEqual([30, 'for ever', 'for ever', 'for ever'])
    await moved(open, { to: 'canceled' })
    expect(await days()).toEqual([30, 30, 30, 30])
  })

  it('tells the producer in the same breath, once per ended edit and once per batch', async () => {
    await ledger.openBatch({ id: 'b', producer: 'acme', name: 'spring', total: 1, bodyHash: 'h' })
    const edit = await moved(await running(await queued('b-0', { batch: 'b' })), {
      to: 'rendered',
      billedMicros: 200_000,
      expiresAt: 9,
    })
    const stored = { key: 'k', sha256: 's', bytes: 1, width: 2, height: 3, contentType: 'image/png' }
    await moved(edit, {
      to: 'succeeded',
      stored: 1,
      set: { images: [{ index: 0, stored }] },
    })
    const events = await ledger.events('acme').page('0', 10)
    expect(events.map(({ event }) => [event.type, event.id])).toEqual([
      ['restyle.edit.succeeded', 'b-0-succeeded'],
      ['restyle.batch.completed', 'b-completed'],
    ])
    expect(events[0]?.event.data).toMatchObject({
      state: 'succeeded',
      images: [{ key: 'k' }],
      cost: { micros: 200_000 },
    })
    expect(events[1]?.event.data).toMatchObject({
      name: 'spring',
      counts: { succeeded: 1, rendered: 0 },
      images: 1,
    })
    expect(await ledger.readMap('b')).toBe('+')
  })

  it('ends a batch once, whatever ends in it afterwards', async () => {
    await ledger.openBatch({ id: 'b', producer: 'acme', name: '', total: 1, bodyHash: 'h' })
    for (const row of [0, 1])
      await moved(await queued(editIdOfRow('b', row), { batch: 'b', row }), { to: 'canceled' })
    const ids = (await ledger.events('acme').page('0', 10)).map(({ event }) => event.id)
    expect(ids).toEqual(['b-0-canceled', 'b-completed', 'b-1-canceled'])
  })

  it('works when Redis is out of memory, where accepting does not', async () => {
    const edit = await admitted(await queued('a'))
    await redis.config('SET', 'maxmemory', '1')
    try {
      await expect(ledger.accept([asked('b')])).rejects.toThrow('OOM')
      expect(await ledger.move(edit, { to: 'running', set: { taskId: 't', submittedAt: 1 } })).toMatchObject({
        kind: 'moved',
      })
    } finally {
      await redis.config('SET', 'maxmemory', '0')
    }
  })

  it('leaves nothing behind of an edit that has ended', async () => {
    const edit = await running(await queued('a'))
    await moved(edit, {
      to: 'failed',
      set: { failure: { code: 'X', message: 'x' } },
    })
    const left = (await redis.keys(`${world.prefix}:*`))
      .map((key) => key.slice(world.prefix.length))
      .toSorted()
    const day = /^:usage:acme:\d{4}-\d\d-\d\d$/
    expect(left.filter((key) => !key.startsWith(':tokens') && !day.test(key))).toEqual([
      ':accepted',
      ':edit:a',
      ':events:acme',
      ':fair:wan2.5-i2i-preview',
      ':lane:one:took',
      ':models',
      ':producer:acme',
      ':singles:acme',
      ':spend:acme',
      ':tags:wan2.5-i2i-preview',
      ':task:one:task-a',
      // the bucket is to know what was released on that day
      ':usage-changed',
    ])
  })
})
