import { openRowReader } from '@restyle/shared/rows/read-rows'
import { openRetake } from '@restyle/shared/rows/retake'
import { type RetryRequest, writeRetry } from '@restyle/shared/rows/retries'
import { writeEnded, writeIntent } from '@restyle/shared/receipt/receipt'
import { defaultKeyTemplate } from '@restyle/shared/object-key'
import { rebuild } from '@restyle/worker/rebuild/rebuild'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { failure, lane } from '../ledger/ledger-world.ts'
import { type FoldWorld, id, openFoldWorld, rowOf } from './fold-world.ts'

const lot = { model: lane.model, class: 'standard' }
const all = { from: 0, to: 2 }

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
  hands = openFoldWorld(redis, `{retake-folded${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const rows = [rowOf(0), rowOf(1)]

/** Has the failed rows of the batch fed again, those with one of the codes. */
async function retry(request: RetryRequest) {
  const { ledger, store } = hands
  const map = await ledger.readMap(id)
  await writeRetry(store, id, 1, { v: 1, at: Date.now(), rows: 2, request, map })
  await ledger.retryBatch(id, 1)
  const taken = await openRetake({ ledger, store, rows: openRowReader(store) })(id, rows, all)
  await ledger.feed({ ...lot, batch: id, ...all, ...taken })
  return taken.edits.map((edit) => edit.id)
}

async function failBoth(): Promise<void> {
  await hands.batchOf(2)
  await hands.fail(0)
  const other = await hands.read(`${id}-1`)
  await hands.moved(other, { to: 'failed', set: { failure: { ...failure, code: 'Other' } } })
}

describe('a row that was folded', () => {
  it('is retried by the code that the bucket has of it', async () => {
    await failBoth()
    expect(await hands.fold()).toBe(2)
    expect(await retry({ codes: [failure.code] })).toEqual([`${id}-0-2`])
    expect(await hands.ledger.readMap(id)).toBe('q-')
  })

  it('comes back once, as its later edit, when Redis forgets both', async () => {
    await failBoth()
    await hands.fold()
    await retry({})
    const again = await hands.read(`${id}-0-2`)
    await writeIntent(hands.store, { ...again, attempt: 1 }, 'w')
    await writeEnded(hands.store, { id: again.id, attempt: 1 }, { state: 'canceled' })
    const keys = await redis.keys(`${hands.prefix}*`)
    await redis.del(...keys)
    const { ledger, store, context } = hands
    const facts = () => () => ({ fingerprint: 'f', costMicros: 1 })
    await rebuild(Date.now() - 3600_000, {
      ledger,
      store,
      rows: openRowReader(store),
      log: context.log,
      keyTemplate: defaultKeyTemplate,
      factsOf: facts,
      told: new Set(),
    })
    expect(await ledger.readMap(id)).toBe('x~')
    expect(await ledger.readBatch(id)).toMatchObject({ canceled: 1, failed: 0, resting: 1 })
  })
})

describe('a batch that was retried', () => {
  it('is not folded: results have one edit of a row', async () => {
    await failBoth()
    await retry({})
    for (const row of [0, 1]) await hands.moved(await hands.read(`${id}-${row}-2`), { to: 'canceled' })
    expect(await hands.fold()).toBe(0)
    expect(await hands.inRedis(2)).toBe(2)
  })
})
