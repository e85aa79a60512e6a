import { acceptBatch } from '@restyle/producer/intake/accept-batch'
import { acceptEdit } from '@restyle/producer/intake/accept-edit'
import { openSources } from '@restyle/producer/intake/sources'
import type { IntakeTools } from '@restyle/producer/intake/tools'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { createLog } from '@restyle/shared/log'
import { openQueues, type Queues } from '@restyle/shared/queues'
import { fine, openProducer, type World } from './open-producer.ts'

describe('an intake without HTTP', () => {
  let world: World
  let queues: Queues
  let tools: IntakeTools

  beforeAll(async () => {
    world = await openProducer()
    const { redis, prefix, store } = world
    queues = openQueues(redis, prefix, () => {})
    tools = {
      ledger: openLedger(redis, prefix),
      queues,
      store,
      sources: openSources(store),
      roomFor: async () => true,
      allowHosts: [],
      log: createLog('silent'),
      now: Date.now,
    }
  })
  afterAll(async () => {
    await queues.close()
    await world.stop()
  })

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
    expect(first).toMatchObject({ kind: 'accepted', batch: { name: 'at a tick', total: 2, queued: 2 } })
    const { warnings: _none, ...taken } = first as Extract<typeof first, { kind: 'accepted' }>
    expect(again).toEqual({ ...taken, kind: 'replayed' })
    expect(other).toEqual({ kind: 'conflict', id: expect.any(String) })
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
