import { viewOf } from '@restyle/shared/contract/edit'
import { retryByte } from '@restyle/shared/contract/edit-state'
import { readEdit, readTakes } from '@restyle/shared/rows/read-edits'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import { openRetake } from '@restyle/shared/rows/retake'
import { type RetryRequest, writeRetry } from '@restyle/shared/rows/retries'
import { writeEnded, writeIntent } from '@restyle/shared/receipt/receipt'
import { defaultKeyTemplate } from '@restyle/shared/object-key'
import { rebuild } from '@restyle/worker/rebuild/rebuild'
import type { RebuildTools } from '@restyle/worker/rebuild/rebuild-tools'
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
async function retry(request: RetryRequest, number = 1) {
  const { ledger, store } = hands
  const map = await ledger.readMap(id)
  await writeRetry(store, id, number, { v: 1, at: Date.now(), rows: 2, request, map })
  await ledger.retryBatch(id, number)
  const range = { from: (await ledger.readMap(id)).indexOf(retryByte), to: 2 }
  const retake = openRetake({ ledger, store, rows: openRowReader(store) })
  const taken = await retake(id, rows.slice(range.from), range)
  await ledger.feed({ ...lot, batch: id, ...range, ...taken })
  return taken.edits.map((edit) => edit.id)
}

async function failBoth(): Promise<void> {
  await hands.batchOf(2)
  await hands.fail(0)
  const other = await hands.read(`${id}-1`)
  const set = { failure: { ...failure, code: 'Other' } }
  await hands.moved(other, { to: 'failed', set, billedMicros: 3 })
}

const rebuildTools = (): RebuildTools => ({
  ledger: hands.ledger,
  store: hands.store,
  rows: openRowReader(hands.store),
  log: hands.context.log,
  keyTemplate: defaultKeyTemplate,
  factsOf: () => () => ({ fingerprint: 'f', costMicros: 1 }),
  told: new Set(),
})

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
    const { ledger } = hands
    await rebuild(Date.now() - 3600_000, rebuildTools())
    expect(await ledger.readMap(id)).toBe('x~')
    expect(await ledger.readBatch(id)).toMatchObject({ canceled: 1, failed: 0, resting: 1 })
  })
})

describe('a batch that was retried', () => {
  const byId = async (...ids: string[]) => Promise.all(ids.map((each) => readEdit(each, hands.reading())))
  const known = async (...ids: string[]) => (await hands.ledger.known(ids)).filter(Boolean).length
  const ids = [`${id}-0`, `${id}-1`, `${id}-0-2`, `${id}-1-2`]
  async function endAgain(): Promise<void> {
    await hands.moved(await hands.read(`${id}-0-2`), { to: 'canceled' })
    const again = { ...failure, code: 'Again' }
    await hands.moved(await hands.read(`${id}-1-2`), {
      to: 'failed',
      set: { failure: again },
      billedMicros: 5,
    })
  }
  async function readsAsBefore(work: () => Promise<unknown>): Promise<void> {
    const batch = async () => {
      const found = await hands.ledger.readBatch(id)
      if (found === undefined) throw new Error('no batch')
      return found
    }
    const look = async () => ({
      page: await hands.page(0, 2),
      takes: (await readTakes(await batch(), 1, hands.reading())).map(viewOf),
      each: (await byId(...ids)).map((edit) => edit && viewOf(edit)),
    })
    const before = await look()
    expect(before.page).toContain(`${id}-0-2`)
    expect(before.takes).toMatchObject([{ id: `${id}-1` }, { id: `${id}-1-2`, failure: { code: 'Again' } }])
    await work()
    expect(await known(...ids)).toBe(0)
    expect(await look()).toEqual(before)
  }

  it('is folded with all edits of its rows, and reads as before: the newest, each by its id, all of a row', async () => {
    await failBoth()
    await retry({})
    await endAgain()
    await readsAsBefore(async () => expect(await hands.fold()).toBe(4))
  })

  it('is folded again where its rows had been folded before the retry', async () => {
    await failBoth()
    expect(await hands.fold()).toBe(2)
    await retry({})
    await endAgain()
    await readsAsBefore(async () => expect(await hands.fold()).toBe(2))
    // and once more, as another edit still
    expect(await retry({ codes: ['Again'] }, 2)).toEqual([`${id}-1-3`])
    await hands.moved(await hands.read(`${id}-1-3`), { to: 'canceled' })
    expect(await hands.fold()).toBe(1)
    expect(await byId(`${id}-1-3`)).toMatchObject([{ state: 'canceled', take: 3 }])
    expect(hands.errors()).toEqual([])
  })

  it('shows the newest edit of a row while the older ones are dropped', async () => {
    await failBoth()
    await retry({})
    await endAgain()
    const pages: string[] = []
    const fold: typeof hands.ledger.fold = async (edits) => {
      for (const edit of edits) {
        await hands.ledger.fold([edit])
        pages.push(await hands.page(0, 2))
      }
      return 'folded'
    }
    const before = await hands.page(0, 2)
    await hands.fold({ ledger: { ...hands.ledger, fold } })
    expect(pages).toEqual(Array.from({ length: 4 }, () => before))
  })

  it('is ended again by its results when Redis forgets it, with the money of all edits, and retries nothing twice', async () => {
    await failBoth()
    await hands.fold()
    await retry({})
    await endAgain()
    await hands.fold()
    const before = await hands.ledger.readBatch(id)
    await redis.del(...(await redis.keys(`${hands.prefix}*`)))
    await rebuild(Date.now() - 3600_000, rebuildTools())
    // the failed row is looked at once more, since the order could concern it
    expect(await hands.ledger.readMap(id)).toBe('x~')
    const { spared = [] } = await openRetake({ ...hands, rows: openRowReader(hands.store) })(id, rows, all)
    expect(spared).toEqual([1])
    await hands.ledger.feed({ ...lot, batch: id, ...all, edits: [], spared })
    const { canceled, failed, resting, billed } = before ?? {}
    expect(billed).toBe(8)
    expect(await hands.ledger.readBatch(id)).toMatchObject({ canceled, failed, resting, billed })
    expect(await hands.ledger.failuresOf(id)).toEqual(new Map([['Again', 1]]))
    expect(await known(...ids)).toBe(0)
  })
})
