import { editIdOfRow } from '@restyle/shared/ledger/batches'
import { defaultKeyTemplate, resultsKey } from '@restyle/shared/object-key'
import { writeEnded, writeIntent } from '@restyle/shared/receipt/receipt'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import { rebuild } from '@restyle/worker/rebuild/rebuild'
import type { RebuildTools } from '@restyle/worker/rebuild/rebuild-tools'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { type FoldWorld, id, openFoldWorld, storedImage } from './fold-world.ts'

let server: RedisServer
let redis: Redis
let hands: FoldWorld
let tests = 0
beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(() => {
  tests += 1
  hands = openFoldWorld(redis, `{refold${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

describe('a rebuild of a batch of which rows were folded', () => {
  const rebuildTools = (store = hands.store): RebuildTools => ({
    ledger: hands.ledger,
    store,
    rows: openRowReader(store),
    log: hands.context.log,
    keyTemplate: defaultKeyTemplate,
    factsOf: () => () => ({ fingerprint: 'f', costMicros: 1 }),
    told: new Set(),
  })
  const since = () => Date.now() - 3600_000
  const forget = async () => {
    const keys = await redis.keys(`${hands.prefix}*`)
    await redis.del(...keys)
  }

  /** Three chunks: the first is folded, a row of the second has ended, the third rests. */
  async function folded(): Promise<string> {
    await hands.batchOf(6, [0, 2, 4])
    const ended = await hands.succeed([storedImage(0)])
    await writeIntent(hands.store, ended, 'w')
    await hands.fail(1)
    for (const row of [1, 2])
      await writeEnded(hands.store, { id: editIdOfRow(id, row), attempt: 0 }, { state: 'canceled' })
    const before = await hands.page(0, 2)
    expect(await hands.fold()).toBe(2)
    return before
  }

  it('ends them again with their counts and money, and makes no edit of them', async () => {
    const before = await folded()
    const { billed, images, succeeded, failed } = (await hands.ledger.readBatch(id)) ?? {}
    await forget()
    const got: string[] = []
    const get = async (key: string) => {
      got.push(key)
      return hands.store.get(key)
    }
    const rebuilt = await rebuild(since(), rebuildTools({ ...hands.store, get }))
    expect(rebuilt).toMatchObject({ restored: 0, ended: 1, folded: 2, missed: 0 })
    expect(await hands.ledger.readMap(id)).toBe('+-x...')
    expect(await hands.ledger.readBatch(id)).toMatchObject({ billed, images, succeeded, failed, resting: 3 })
    expect(await hands.page(0, 2)).toBe(before)
    expect(await hands.inRedis(2)).toBe(0)
    // and it is in its producer's list once more, at its old place
    const before2027 = { at: Date.parse('2027-12-31') }
    expect(await hands.ledger.listMade('batches', 'acme', before2027, 10)).toEqual([
      { id, at: 1_800_000_000_000 },
    ])
    // no receipt of theirs is read
    expect(got.filter((key) => /batch_1-[01]\//.test(key))).toEqual([])
    expect(await rebuild(since(), rebuildTools())).toMatchObject({ ended: 0, folded: 0, resting: 0 })
    expect(await hands.ledger.readBatch(id)).toMatchObject({ billed, images, succeeded, failed })
  })

  it('tells again what ended within the last hour, as it was told, and nothing that is older', async () => {
    const told = async () => (await hands.ledger.events('acme').page('0', 10)).map(({ event }) => event)
    await hands.batchOf(3, [0, 2])
    await Promise.all([hands.cancel(0), hands.fail(1)])
    await hands.rewrite(`${id}-0`, { updatedAt: Date.now() - 2 * 3600_000 })
    const young = (await told()).find(({ subject }) => subject === `${id}-1`)
    await hands.fold()
    await forget()
    expect(await rebuild(since(), rebuildTools())).toMatchObject({ folded: 2 })
    const { time: _, ...fact } = young ?? { time: '' }
    expect(await told()).toEqual([{ ...fact, time: expect.any(String) }])
  })

  it('puts back from their receipts those whose results cannot be read, and a person hears of it', async () => {
    await folded()
    await forget()
    const get = async (key: string) =>
      key === resultsKey(id, 0) ? Buffer.from('torn') : hands.store.get(key)
    const rebuilt = await rebuild(since(), rebuildTools({ ...hands.store, get }))
    expect(rebuilt).toMatchObject({ restored: 1, ended: 2, folded: 0 })
    expect(await hands.ledger.readMap(id)).toBe('uxx...')
    expect(hands.errors()).toEqual(['results cannot be read: their edits are put back'])
  })

  it('that stopped amid its work goes on, and counts nothing twice', async () => {
    await folded()
    const { billed, images } = (await hands.ledger.readBatch(id)) ?? {}
    await forget()
    const away = async (key: string) => {
      if (key.includes('/ended')) throw Object.assign(new Error('away'), { code: 'ECONNRESET' })
      return hands.store.get(key)
    }
    const cut = await rebuild(since(), rebuildTools({ ...hands.store, get: away }))
    expect(cut).toMatchObject({ folded: 2, missed: 1 })
    expect(await rebuild(since(), rebuildTools())).toMatchObject({ folded: 0, ended: 1, missed: 0 })
    expect(await hands.ledger.readBatch(id)).toMatchObject({ accepted: 6, billed, images })
  })
})
