import { lane } from '../ledger/ledger-world.ts'
import { EditRequest } from '@restyle/shared/contract/edit-request'
import { type LedgerKeys, ledgerKeys } from '@restyle/shared/ledger/keys'
import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import { type Proxy, startProxy } from '../../src/net/tcp-proxy.ts'
import { freePort, type RedisServer, startRedis } from '../../src/redis/start-redis.ts'

let server: RedisServer
let proxy: Proxy
let redis: RedisClient
let keys: LedgerKeys
let ledger: Ledger
let tests = 0

beforeAll(async () => {
  server = await startRedis()
  proxy = await startProxy({ target: { host: '127.0.0.1', port: server.port } })
  redis = connectRedis(proxy.url('redis'), 'worker', () => {})
  // so that Redis knows the scripts, and the answer that is lost is not that it does not
  const warm = openLedger(redis, '{warm}')
  await warm.accept([asked])
  const edit = await warm.read('a')
  const admitted = edit && (await warm.admit(lane))
  if (admitted?.kind === 'admitted') await warm.move(admitted.edit, { to: 'queued' })
})
beforeEach(() => {
  tests += 1
  keys = ledgerKeys(`{test${tests}}`)
  ledger = openLedger(redis, `{test${tests}}`)
})
afterAll(async () => {
  redis.disconnect()
  await proxy.stop()
  await server.stop()
})

const asked = {
  id: 'a',
  producer: 'acme',
  batch: '',
  row: 0,
  key: 'a',
  request: EditRequest.parse({ prompt: 'blue', images: ['https://example.com/a.png'] }),
  bodyHash: 'h',
}
const failure = { code: 'X', message: 'x' }

async function stands(): Promise<NonNullable<Awaited<ReturnType<Ledger['read']>>>> {
  const edit = await ledger.read('a')
  if (edit === undefined) throw new Error('no edit')
  return edit
}

/** The script runs, its answer never arrives, and the client asks again on a new connection. */
const losing = async <T>(work: () => Promise<T>): Promise<T> => {
  const lost = proxy.faults.nextReplyLost((request) => request.includes('evalsha'))
  const [answer] = await Promise.all([work(), lost])
  return answer
}

describe('a script whose answer is lost on the wire', () => {
  it('accepts an edit once', async () => {
    expect(await losing(() => ledger.accept([asked]))).toEqual(['known'])
    expect((await stands()).version).toBe(1)
  })

  it('admits an edit once: the one who asked does not know, and does not POST', async () => {
    // the first admission of a producer's day is two scripts
    await ledger.accept([{ ...asked, id: 'before' }])
    const before = await ledger.admit({ ...lane, lane: 'another' })
    if (before.kind === 'admitted') await ledger.move(before.edit, { to: 'failed', set: { failure } })
    await ledger.accept([asked])
    expect(await losing(() => ledger.admit(lane))).toMatchObject({ kind: 'wait', reason: 'posting' })
    expect(await stands()).toMatchObject({ state: 'submitting', attempt: 1, reserved: 200_000 })
    expect(await redis.hget(keys.spend('acme'), 'reserved')).toBe('200000')
  })

  it('moves an edit once, with its event and its money', async () => {
    await ledger.accept([asked])
    const edit = await stands()
    const change = { to: 'failed', set: { failure } } as const
    expect(await losing(() => ledger.move(edit, change))).toEqual({ kind: 'lost' })
    expect((await stands()).version).toBe(edit.version + 1)
    expect(await ledger.events('acme').page('0', 10)).toHaveLength(1)
  })
})

describe('a Redis that', () => {
  it('has forgotten the scripts is told them again', async () => {
    await ledger.accept([asked])
    await redis.script('FLUSH')
    expect(await ledger.move(await stands(), { to: 'canceled' })).toMatchObject({ kind: 'moved' })
  })

  it('is silent for a while, slow or narrow is waited for', async () => {
    proxy.faults.blackhole()
    const answer = ledger.accept([asked])
    setTimeout(() => void proxy.faults.heal(), 300)
    expect(await answer).toEqual(['accepted'])
    proxy.faults.latency(100)
    expect((await stands()).state).toBe('queued')
    await proxy.faults.heal()
    proxy.faults.bandwidth(1024)
    expect((await stands()).state).toBe('queued')
    await proxy.faults.heal()
  })

  it('is not there yet is waited for', async () => {
    const port = await freePort()
    const early = connectRedis(`redis://127.0.0.1:${port}`, 'worker', () => {})
    const now = openLedger(early, '{early}').now()
    const late = await startRedis({ port })
    try {
      expect(await now).toBeGreaterThan(0)
    } finally {
      early.disconnect()
      await late.stop()
    }
  })

  it('wants another password says so, and answers nothing', async () => {
    const other = await startRedis()
    const admin = connectRedis(other.url, 'producer', () => {})
    await admin.config('SET', 'requirepass', 'right')
    const errors: string[] = []
    const stranger = connectRedis(`redis://:wrong@127.0.0.1:${other.port}`, 'producer', ({ message }) =>
      errors.push(message),
    )
    try {
      await expect(openLedger(stranger, '{x}').now()).rejects.toThrow(
        /NOAUTH|WRONGPASS|MaxRetries|max retries/i,
      )
      expect(errors.join()).toMatch(/WRONGPASS/)
    } finally {
      stranger.disconnect()
      admin.disconnect()
      await other.stop()
    }
  })
})

describe('the stream of events', () => {
  const group = { producer: 'acme', name: 'readers' }
  const take = async (limit: number) => {
    const pulled = await ledger.eventGroups.pull(group, { limit })
    return pulled.kind === 'events' ? pulled.taken.map(({ event }) => event.id) : pulled.kind
  }
  const tell = async (count: number) => {
    await redis.sadd(keys.producers, 'acme')
    for (let i = 0; i < count; i += 1) {
      await ledger.accept([{ ...asked, id: `e${i}` }])
      const edit = await ledger.read(`e${i}`)
      if (edit !== undefined) await ledger.move(edit, { to: 'failed', set: { failure } })
    }
  }

  it('keeps what a slow group has not acknowledged, however old', async () => {
    await tell(3)
    await ledger.eventGroups.set(group, '0-0', {})
    const pulled = await ledger.eventGroups.pull(group, { limit: 2 })
    const [first, second] = pulled.kind === 'events' ? pulled.taken : []
    await ledger.eventGroups.ack(group, [first?.cursor ?? ''])
    await ledger.trimEvents(Date.now() + 60_000)
    expect((await ledger.events('acme').page('0', 10)).map(({ cursor }) => cursor)[0]).toBe(second?.cursor)
    expect(await ledger.events('acme').page('0', 10)).toHaveLength(2)
  })

  it('gives a group that was lost everything that is kept, with the ids it had', async () => {
    await tell(3)
    await ledger.eventGroups.set(group, '0-0', {})
    const before = await take(10)
    expect(before).toHaveLength(3)
    await redis.del(keys.eventGroup('acme', 'readers'), keys.eventGroupTaken('acme', 'readers'))
    expect(await take(10)).toBe('none')
    await ledger.eventGroups.set(group, '0-0', {})
    expect(await take(10)).toEqual(before)
  })
})
