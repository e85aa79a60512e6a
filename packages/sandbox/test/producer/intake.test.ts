import { acceptBatch } from '@restyle/producer/intake/accept-batch'
import { acceptEdit } from '@restyle/producer/intake/accept-edit'
import { openBatchKeys } from '@restyle/producer/intake/batch-keys'
import { openNotedLots } from '@restyle/producer/intake/noted-lots'
import { openPromises } from '@restyle/producer/intake/promise-edits'
import { openSources } from '@restyle/producer/intake/sources'
import type { IntakeTools } from '@restyle/producer/intake/tools'
import { marks } from '@restyle/shared/ledger/facts'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { createLog } from '@restyle/shared/log'
import type { Store } from '@restyle/shared/store/store'
import { fine, openProducer, type World } from './open-producer.ts'

describe('an intake without HTTP', () => {
  let world: World
  let tools: IntakeTools

  beforeAll(async () => {
    world = await openProducer()
    const { redis, prefix, store } = world
    tools = {
      ledger: openLedger(redis, prefix),
      store,
      sources: openSources(store),
      promises: openPromises({ store, now: Date.now }),
      batchKeys: openBatchKeys(store),
      notedLots: openNotedLots(store),
      roomFor: async () => true,
      openLimitOf: async () => undefined,
      allowHosts: [],
      log: createLog('silent'),
      now: Date.now,
    }
  })
  afterAll(() => world.stop())

  const written = async () =>
    (await world.redis.keys(`${world.prefix}:*`)).filter((key) => /:(edit|batch):/.test(key)).length

  it('accepts an edit once, replays it, and answers another body with a conflict', async () => {
    const ask = { producer: 'catalog', idempotencyKey: 'one' }
    const first = await acceptEdit(tools, { ...ask, edit: fine })
    const again = await acceptEdit(tools, { ...ask, edit: { ...fine, n: 1 } })
    const other = await acceptEdit(tools, { ...ask, edit: { ...fine, prompt: 'on marble' } })
    expect(first).toMatchObject({ kind: 'accepted', edit: { state: 'queued', key: '1' } })
    const { warnings: _none, ...taken } = first as Extract<typeof first, { kind: 'accepted' }>
    expect(again).toEqual({ ...taken, kind: 'replayed' })
    expect(other).toEqual({ kind: 'conflict', id: expect.any(String) })
  })

  it('accepts a batch once, replays it, and answers other rows with a conflict', async () => {
    const ask = { producer: 'catalog', name: 'at a tick', idempotencyKey: 'schedule-7-2026-03-02' }
    const first = await acceptBatch(tools, { ...ask, rows: [fine, fine] })
    const again = await acceptBatch(tools, { ...ask, rows: [fine, fine] })
    const other = await acceptBatch(tools, { ...ask, rows: [fine] })
    expect(first).toMatchObject({ kind: 'accepted', batch: { name: 'at a tick', total: 2, resting: 2 } })
    const { warnings: _none, ...taken } = first as Extract<typeof first, { kind: 'accepted' }>
    expect(again).toEqual({ ...taken, kind: 'replayed' })
    expect(other).toEqual({ kind: 'conflict', id: expect.any(String) })
  })

  describe('that cannot keep its promise', () => {
    const ask = { producer: 'catalog', idempotencyKey: undefined }
    const each: [string, (tools: IntakeTools) => Promise<unknown>][] = [
      ['an edit', (with_) => acceptEdit(with_, { ...ask, edit: fine })],
      ['a batch', (with_) => acceptBatch(with_, { ...ask, name: '', rows: [fine, fine] })],
    ]
    const promises = async () => {
      let count = 0
      for await (const _ of world.store.list('receipts/accepted/')) count += 1
      return count
    }

    it.each(each)('writes nothing of %s into the ledger where the bucket is away', async (_, accept) => {
      const before = await written()
      const away = async () => {
        throw new Error('away')
      }
      const store = { ...tools.store, putIfAbsent: away }
      const promises = openPromises({ store, now: Date.now })
      await expect(accept({ ...tools, store, promises })).rejects.toThrow('away')
      expect(await written()).toBe(before)
    })

    it('promises no batch of which a row could not be written', async () => {
      const before = [await promises(), await written()]
      const putIfAbsent: Store['putIfAbsent'] = async (key, ...put) => {
        if (key.endsWith('/rows/000001000')) throw new Error('away')
        return tools.store.putIfAbsent(key, ...put)
      }
      const rows = Array.from({ length: 2_500 }, () => fine)
      const store = { ...tools.store, putIfAbsent }
      await expect(acceptBatch({ ...tools, store }, { ...ask, name: '', rows })).rejects.toThrow('away')
      expect([await promises(), await written()]).toEqual(before)
    })

    it('promises no other batch under a key whose rows were written and not promised', async () => {
      const [name, idempotencyKey] = ['', 'broke off']
      const store: Store = {
        ...tools.store,
        putIfAbsent: async (key, ...put) => {
          if (key.includes('/accepted/')) throw new Error('away')
          return tools.store.putIfAbsent(key, ...put)
        },
      }
      const batch = { ...ask, name, idempotencyKey, rows: [fine, fine] }
      await expect(acceptBatch({ ...tools, store }, batch)).rejects.toThrow('away')
      const others = [fine, { ...fine, prompt: 'another' }]
      expect(await acceptBatch(tools, { ...batch, rows: others })).toMatchObject({ kind: 'conflict' })
      expect(await acceptBatch(tools, batch)).toMatchObject({ kind: 'accepted', batch: { resting: 2 } })
    })

    it.each(each)('promises nothing of %s where the ledger takes no writes', async (_, accept) => {
      const before = await promises()
      await world.redis.config('SET', 'maxmemory', '1')
      try {
        await expect(accept(tools)).rejects.toThrow('OOM')
      } finally {
        await world.redis.config('SET', 'maxmemory', '0')
      }
      expect(await promises()).toBe(before)
    })

    it('asks for room for the rows of a batch, as many as may be edits at a time', async () => {
      const rooms: number[] = []
      const full = async (edits: number) => {
        rooms.push(edits)
        return false
      }
      for (const count of [3, 1_000]) {
        const batch = { ...ask, name: '', rows: Array.from({ length: count }, () => fine) }
        await expect(acceptBatch({ ...tools, roomFor: full }, batch)).rejects.toMatchObject({
          code: expect.any(String),
        })
      }
      expect(rooms).toEqual([3, marks.highMark])
    })
  })

  it('refuses with faults that say the row and the path, and writes nothing', async () => {
    const before = await written()
    const ask = { producer: 'catalog', name: '', idempotencyKey: undefined }
    expect(await acceptEdit(tools, { ...ask, edit: { ...fine, colour: 'red' } })).toEqual({
      kind: 'refused',
      faults: { first: [{ row: 0, path: ['colour'], detail: 'colour is not a known field' }], total: 1 },
    })
    const rows = [
      { ...fine, key: 'a' },
      { ...fine, images: ['http://10.0.0.1/'] },
      { ...fine, key: 'a' },
    ]
    expect(await acceptBatch(tools, { ...ask, rows })).toEqual({
      kind: 'refused',
      faults: {
        first: [
          { row: 1, path: ['images', 0], detail: 'images/0 must not point to a private address' },
          { row: 2, path: ['key'], detail: 'key "a" is the key of row 1 already' },
        ],
        total: 2,
      },
    })
    expect(await written()).toBe(before)
  })
})
