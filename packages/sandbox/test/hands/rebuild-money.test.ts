import type { Edit } from '@restyle/shared/contract/edit'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { usagePrefix } from '@restyle/shared/object-key'
import { writeOpening } from '@restyle/shared/receipt/acceptance'
import { writeBudget } from '@restyle/shared/receipt/budget-order'
import { changeProducer } from '@restyle/shared/receipt/producer-settings'
import { writeAnswer, writeEnded, writeIntent } from '@restyle/shared/receipt/receipt'
import { openRecall } from '@restyle/shared/receipt/usage-record'
import { defaultKeyTemplate } from '@restyle/shared/object-key'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import { writeChunk, writeLots } from '@restyle/shared/rows/write-rows'
import { untimed } from '@restyle/worker/hand/pulse'
import { settingsAgain } from '@restyle/worker/rebuild/order-again'
import { rebuild } from '@restyle/worker/rebuild/rebuild'
import type { RebuildTools } from '@restyle/worker/rebuild/rebuild-tools'
import { adoptReceipt } from '@restyle/worker/submit/record-outcome'
import { recordUsage } from '@restyle/worker/usage/record-usage'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { asked, changeTo, failure, lane } from '../ledger/ledger-world.ts'
import { type Hands, openHands } from './open-hands.ts'

let server: RedisServer
let redis: Redis
let hands: Hands
let tests = 0
beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(() => {
  tests += 1
  hands = openHands(redis, `{money${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const price = lane.priceMicros
const cny = (micros: number) => ({ currency: 'CNY' as const, micros })
const tools = (): RebuildTools => ({
  ledger: hands.ledger,
  store: hands.store,
  log: hands.context.log,
  keyTemplate: defaultKeyTemplate,
  factsOf: () => () => ({ fingerprint: 'f', costMicros: 1 }),
  rows: openRowReader(hands.store),
  told: new Set(),
})
const rebuildAll = () => rebuild(Date.now() - 3600_000, tools())
const today = async (): Promise<string> => new Date(await hands.ledger.now()).toISOString().slice(0, 10)
/** A ledger that reads in the bucket what it has forgotten, as a worker's. */
const recalling = () =>
  openLedger(redis, hands.prefix, {
    recall: openRecall({ store: hands.store, log: hands.context.log, now: Date.now }),
  })
const forget = async (): Promise<void> => {
  await redis.flushall()
}

/** A batch of two rows in the bucket, and in the ledger. */
async function openBatch(budget?: number): Promise<void> {
  const rows = [0, 1].map((row) => asked(`batch_1-${row}`, { batch: 'batch_1', row }))
  const opening = {
    id: 'batch_1',
    producer: 'acme',
    name: '',
    bodyHash: 'h',
    total: 2,
    ...(budget === undefined ? {} : { budget: cny(budget) }),
  }
  await writeLots(hands.store, 'batch_1', [{ model: lane.model, class: 'standard' }])
  await writeChunk(hands.store, 'batch_1', rows)
  await writeOpening(hands.store, opening, Date.now())
  await rebuildAll()
  await hands.ledger.feed({
    model: lane.model,
    class: 'standard',
    batch: 'batch_1',
    from: 0,
    to: 2,
    edits: rows,
  })
}

async function admitted(): Promise<Edit> {
  const next = await hands.ledger.admit({ ...lane, running: 99, posting: 99, submitIntervalMicros: 0 })
  if (next.kind !== 'admitted') throw new Error(next.kind)
  return next.edit
}

describe('a Redis that has lost everything', () => {
  it('knows the newest budget of a batch again, and what it has cost', async () => {
    await openBatch(9 * price)
    await writeBudget(hands.store, 'batch_1', { number: 1, budget: cny(2 * price) }, Date.now())
    const edit = await admitted()
    await writeIntent(hands.store, edit, 'w')
    await writeEnded(hands.store, edit, { state: 'failed', failure, billedMicros: price })
    await forget()
    await rebuildAll()
    expect(await hands.ledger.readBatch('batch_1')).toMatchObject({
      budget: cny(2 * price),
      budgets: 1,
      billed: price,
      failed: 1,
    })
    const { entries } = await hands.ledger.usageOf('acme', edit.day ?? '')
    expect(entries).toEqual([{ lane: 'one', batch: 'batch_1', ...cny(price), releasedMicros: 0, images: 0 }])
  })

  it('reserves again what was reserved, for the day of then', async () => {
    await openBatch()
    const edit = await admitted()
    await writeIntent(hands.store, { ...edit, day: '2026-02-28', reserved: 12_345 }, 'w')
    await forget()
    await rebuildAll()
    expect(await hands.read(edit.id)).toMatchObject({
      state: 'uncertain',
      reserved: 12_345,
      day: '2026-02-28',
    })
    expect((await hands.ledger.usageOf('acme', '2026-02-28')).reserved).toEqual(
      cny(12_345) && { CNY: 12_345 },
    )
  })

  it('admits nothing over a cap of a producer whose money it has forgotten', async () => {
    await redis.sadd(hands.keys.producers, 'acme')
    const caps = [{ ...cny(3 * price), per: 'day' as const }]
    await changeProducer('acme', { caps }, { ledger: hands.ledger, store: hands.store }, Date.now())
    for (const id of ['a', 'b']) {
      await hands.queued(id)
      const running = await hands.moved(await admitted(), changeTo('running', id))
      await hands.moved(running, { to: 'rendered', expiresAt: 9, billedMicros: price, stored: 1 })
    }
    expect(await recordUsage(hands.context, untimed())).toBe(1)
    await forget()
    await hands.ledger.accept(['c', 'd'].map((id) => asked(id)))
    const ledger = recalling()
    const room = { ...lane, running: 99, posting: 99, submitIntervalMicros: 0, echoesPrompt: true }
    expect((await ledger.admit(room)).kind).toBe('admitted')
    for (let asks = 0; asks < 5; asks += 1) expect((await ledger.admit(room)).kind).not.toBe('admitted')
    expect(await ledger.usageOf('acme', await today())).toMatchObject({
      entries: [{ lane: 'one', batch: '-', micros: 2 * price, images: 2 }],
      reserved: { CNY: price },
    })
  })
})

describe('an attempt that is admitted again, as Redis has forgotten it and nobody has rebuilt it yet', () => {
  it('is counted once, though the bucket has a record of what it was billed', async () => {
    await hands.queued('a')
    const first = await admitted()
    await writeIntent(hands.store, first, 'w')
    await writeAnswer(hands.store, first, { v: 1, outcome: 'accepted', taskId: 't', at: 1 })
    const billed = { to: 'rendered', expiresAt: 9, billedMicros: price } as const
    await hands.moved(await hands.moved(first, changeTo('running', 'a')), billed)
    await recordUsage(hands.context, untimed())
    await forget()
    await redis.sadd(hands.keys.producers, 'acme')
    const ledger = recalling()
    await ledger.accept([asked('a')])
    const again = await ledger.admit({ ...lane, running: 9, posting: 9, submitIntervalMicros: 0 })
    if (again.kind !== 'admitted') throw new Error(again.kind)
    const { edit } = await adoptReceipt(again.edit, hands.context)
    await hands.moved(edit, billed)
    expect((await ledger.spendOf('acme')).billed).toBe(price)
    expect(await ledger.usageOf('acme', await today())).toMatchObject({ entries: [{ micros: price }] })
  })

  it('is counted for the day of its first admission', async () => {
    await hands.queued('a')
    const edit = await admitted()
    await writeIntent(hands.store, { ...edit, day: '2026-02-28' }, 'w')
    await writeAnswer(hands.store, edit, { v: 1, outcome: 'accepted', taskId: 't', at: 1 })
    expect((await adoptReceipt(edit, hands.context)).edit).toMatchObject({ day: '2026-02-28' })
    expect((await hands.ledger.usageOf('acme', '2026-02-28')).reserved).toEqual({ CNY: price })
    expect((await hands.ledger.usageOf('acme', await today())).reserved).toEqual({})
  })
})

describe('a Redis that went back in time', () => {
  it('gets a forgotten budget and forgotten settings again', async () => {
    await openBatch(9 * price)
    await redis.sadd(hands.keys.producers, 'acme')
    const change = { ledger: hands.ledger, store: hands.store }
    await changeProducer('acme', { weight: 5 }, change, Date.now())
    await writeBudget(hands.store, 'batch_1', { number: 1, budget: undefined }, Date.now())
    await redis.hdel(hands.keys.producer('acme'), 'settings', 'weight')
    await settingsAgain(tools())
    await rebuildAll()
    expect(await hands.ledger.readProducer('acme')).toMatchObject({ weight: 5, version: 1 })
    expect((await hands.ledger.readBatch('batch_1'))?.budget).toBeUndefined()
    const said = () => hands.lines.filter(({ msg }) => /^forgotten (order|settings)/.test(String(msg)))
    expect(said()).toHaveLength(2)
    await rebuildAll()
    await settingsAgain(tools())
    expect(said()).toHaveLength(2)
  })
})

describe('the record of a day', () => {
  const records = async (): Promise<number> => {
    let count = 0
    for await (const _ of hands.store.list(usagePrefix('acme'))) count += 1
    return count
  }
  const bill = async (id: string): Promise<void> => {
    await hands.queued(id)
    const running = await hands.moved(await admitted(), changeTo('running', id))
    await hands.moved(running, { to: 'rendered', expiresAt: 9, billedMicros: price })
  }

  it('is written where the day has changed, and not more often than it is to be', async () => {
    expect(await recordUsage(hands.context, untimed())).toBe(0)
    await bill('a')
    expect(await recordUsage(hands.context, untimed())).toBe(1)
    await bill('b')
    expect(await recordUsage(hands.context, untimed())).toBe(0)
    expect(await records()).toBe(1)
    await redis.del(hands.keys.turn(`usage:acme:${await today()}`))
    expect(await recordUsage(hands.context, untimed())).toBe(1)
    expect(await records()).toBe(2)
    expect(await hands.ledger.changedUsage(9)).toEqual([])
    expect(await redis.ttl(hands.keys.usage('acme', await today()))).toBeGreaterThan(99 * 24 * 3600)
  })

  it('is written once more where the day changes meanwhile', async () => {
    await bill('a')
    const [changed] = await hands.ledger.changedUsage(1)
    await bill('b')
    if (changed === undefined) throw new Error('nothing has changed')
    await hands.ledger.settleUsage(changed, 9)
    expect(await hands.ledger.changedUsage(9)).toHaveLength(1)
  })
})
