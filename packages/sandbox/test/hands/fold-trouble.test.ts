import type { Edit } from '@restyle/shared/contract/edit'
import { resultsKey } from '@restyle/shared/object-key'
import { packResults, resultsOf } from '@restyle/shared/rows/results'
import type { Failpoint } from '@restyle/worker/hand/failpoints'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { failure } from '../ledger/ledger-world.ts'
import { everyRow, type FoldWorld, id, openFoldWorld, storedImage } from './fold-world.ts'

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
  hands = openFoldWorld(redis, `{trouble${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

describe('a worker that dies while it folds', () => {
  const rows = 700
  it.each<[Failpoint, number]>([
    ['results-written', rows],
    ['results-folded', rows - 500],
  ])('at "%s" leaves every row readable once, and the next one goes on', async (point, left) => {
    await hands.batchOf(rows)
    await everyRow(rows, (row) => (row % 2 === 0 ? hands.cancel(row) : hands.fail(row)))
    const before = await hands.page(0, rows)
    const dies = async (at: Failpoint) => {
      if (at === point) throw new Error('killed')
    }
    await expect(hands.fold({ failpoint: dies })).rejects.toThrow('killed')
    expect(await hands.inRedis(rows)).toBe(left)
    expect(await hands.page(0, rows)).toBe(before)
    await hands.dueAgain()
    expect(await hands.fold()).toBe(left)
    expect(await hands.inRedis(rows)).toBe(0)
    expect(await hands.page(0, rows)).toBe(before)
    expect(hands.errors()).toEqual([])
  })

  it('and another that folds the same at the same time drop each edit once', async () => {
    await hands.batchOf(rows)
    await everyRow(rows, hands.cancel)
    const before = await hands.page(0, rows)
    const slow = async (at: Failpoint) => {
      if (at !== 'results-written') return
      await hands.dueAgain()
      await hands.fold()
    }
    await hands.fold({ failpoint: slow })
    expect(await hands.page(0, rows)).toBe(before)
    expect(await hands.inRedis(rows)).toBe(0)
    expect(hands.errors()).toEqual([])
  })
})

describe('results in the bucket', () => {
  const facts = { contentType: 'application/gzip', sha256: 's' }
  const alarm = 'results in the bucket differ from the ledger: these edits stay in redis'

  /** As another installation, or a redis that went back in time, may have left them. */
  async function others(change: () => Promise<unknown>): Promise<void> {
    await hands.batchOf(2)
    await Promise.all([hands.cancel(0), hands.fail(1)])
    const once = async (at: Failpoint) => {
      if (at === 'results-written') throw new Error('killed')
    }
    await expect(hands.fold({ failpoint: once })).rejects.toThrow('killed')
    await change()
    await hands.dueAgain()
  }

  it.each<[string, () => Promise<unknown>]>([
    [
      'that say of an edit that it ended otherwise',
      () => hands.rewrite(`${id}-0`, { state: 'failed', failure, told: 'failed' }),
    ],
    ['that say that it cost something else', () => hands.rewrite(`${id}-1`, { billed: 1 })],
    ['that know of another task', () => hands.rewrite(`${id}-1`, { taskId: 'other' })],
    ['that were asked for something else', () => hands.rewrite(`${id}-1`, { bodyHash: 'other' })],
    ['with another image', () => hands.rewrite(`${id}-1`, { images: [storedImage(0)] })],
  ])('%s call a person once, and nothing is dropped', async (_, change) => {
    await others(change)
    expect(await hands.fold()).toBe(0)
    await hands.dueAgain()
    expect(await hands.fold()).toBe(0)
    expect(hands.errors()).toEqual([alarm])
    expect(await hands.inRedis(2)).toBe(2)
  })

  it.each<[string, (edits: Edit[]) => Promise<Buffer>]>([
    ['that are damaged', async () => Buffer.from('torn')],
    ['that are of fewer rows', () => packResults(resultsOf(0, 'x', []))],
    ['that are of more rows', (edits) => packResults(resultsOf(0, 'xxx', edits))],
    ['that say nothing of an edit', ([first]) => packResults(resultsOf(0, 'xx', first ? [first] : []))],
  ])('%s do as well', async (_, packed) => {
    await hands.batchOf(2)
    const edits = await everyRow(2, hands.cancel)
    await hands.store.putIfAbsent(resultsKey(id, 0), await packed(edits), facts)
    expect(await hands.fold()).toBe(0)
    expect(hands.errors()).toEqual([alarm])
    expect(await hands.inRedis(2)).toBe(2)
  })

  it('that were not taken are not believed to be there', async () => {
    await hands.batchOf(1)
    await hands.cancel(0)
    const putIfAbsent = async () => ({ kind: 'created' }) as const
    await hands.fold({ store: { ...hands.store, putIfAbsent } })
    expect(await hands.inRedis(1)).toBe(1)
    expect(hands.errors()).toEqual([alarm])
  })

  it('that tell the same end with other times are the same', async () => {
    await others(() => hands.rewrite(`${id}-0`, { updatedAt: '7', version: '9', attempt: '3' }))
    expect(await hands.fold()).toBe(2)
    expect(hands.errors()).toEqual([])
  })
})
