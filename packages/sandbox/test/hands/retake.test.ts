import type { NewEdit } from '@restyle/shared/contract/new-edit'
import { defaultKeyTemplate, imageKey } from '@restyle/shared/object-key'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import { openRetake, type Retake } from '@restyle/shared/rows/retake'
import { type RetryRequest, writeRetry } from '@restyle/shared/rows/retries'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { asked, lane } from '../ledger/ledger-world.ts'
import { type Hands, openHands } from './open-hands.ts'

const lot = { model: lane.model, class: 'standard' }
const room = { ...lane, running: 100, posting: 100, submitIntervalMicros: 0 }

let server: RedisServer
let redis: Redis
let hands: Hands
let retake: Retake
let tests = 0
beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(() => {
  tests += 1
  hands = openHands(redis, `{retake${tests}}`)
  retake = openRetake({ ...hands.context, rows: openRowReader(hands.store) })
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const rows: NewEdit[] = [0, 1, 2].map((row) => {
  const edit = asked(`b-${row}`, { batch: 'b', row })
  return { ...edit, request: { ...edit.request, prompt: edit.id, seed: 1 } }
})

/** A batch of three rows that failed with these codes. */
async function failed(codes: readonly string[]): Promise<void> {
  const { ledger } = hands
  await ledger.openBatch({ id: 'b', producer: 'acme', name: '', bodyHash: 'h', total: 3 })
  await ledger.appendRows({ batch: 'b', first: 0, count: 3, lots: [lot] })
  await ledger.feed({ ...lot, batch: 'b', from: 0, to: 3, edits: rows })
  for (const code of codes) await fail(code)
}
async function fail(code: string): Promise<void> {
  const answer = await hands.ledger.admit(room)
  if (answer.kind !== 'admitted') throw new Error(answer.kind)
  await hands.moved(answer.edit, { to: 'failed', set: { failure: { code, message: 'x' } } })
}
async function order(number: number, request: RetryRequest = {}): Promise<void> {
  const map = await hands.ledger.readMap('b')
  await writeRetry(hands.store, 'b', number, { v: 1, at: Date.now(), rows: 3, request, map })
  await hands.ledger.retryBatch('b', number)
}
const all = { from: 0, to: 3 }

describe('a row that is retried', () => {
  it('becomes an edit of its own, with what is to be different', async () => {
    await failed(['A', 'A', 'A'])
    await order(1, { prompt: 'another', size: '768*768' })
    const { edits, failures } = await retake('b', rows, all)
    expect(edits.map(({ id }) => id)).toEqual(['b-0-2', 'b-1-2', 'b-2-2'])
    expect(edits[0]).toMatchObject({
      take: 2,
      row: 0,
      key: 'b-0',
      request: { prompt: 'another', seed: 1, size: '768*768' },
    })
    expect(edits[0]?.bodyHash).not.toBe(rows[0]?.bodyHash)
    expect(failures).toEqual({ 'b-0-2': 'A', 'b-1-2': 'A', 'b-2-2': 'A' })
  })

  it('is spared where it failed with another code, or only after the order', async () => {
    await failed(['A', 'B'])
    const map = await hands.ledger.readMap('b')
    await fail('A')
    const written = { v: 1 as const, at: 1, rows: 1, request: { codes: ['A'] }, map }
    await writeRetry(hands.store, 'b', 1, written)
    await hands.ledger.retryBatch('b', 1)
    const { edits, spared } = await retake('b', rows, all)
    expect([edits.map(({ id }) => id), spared]).toEqual([['b-0-2'], [1, 2]])
  })

  it('is spared where it was to be canceled, although it failed before it could be', async () => {
    await failed(['A', 'A', 'A'])
    await hands.rewrite('b-1', { cancelAsked: 1 })
    await order(1)
    const { edits, spared } = await retake('b', rows, all)
    expect([edits.map(({ id }) => id), spared]).toEqual([['b-0-2', 'b-2-2'], [1]])
  })

  it('is judged by its newest edit, and gets the next one', async () => {
    await failed(['A', 'A', 'A'])
    await order(1)
    const first = await retake('b', rows, all)
    await hands.ledger.feed({ ...lot, batch: 'b', ...all, ...first })
    for (const code of ['B', 'A', 'B']) await fail(code)
    await order(2, { codes: ['B'] })
    const { edits, spared } = await retake('b', rows, all)
    expect([edits.map(({ id, take }) => [id, take]), spared]).toEqual([
      [
        ['b-0-3', 3],
        ['b-2-3', 3],
      ],
      [1],
    ])
  })

  it('is spared where it has an edit of that take already', async () => {
    await failed(['A', 'A', 'A'])
    await order(1)
    const first = await retake('b', rows, all)
    await hands.ledger.feed({ ...lot, batch: 'b', ...all, ...first })
    await fail('A')
    await redis.setrange(hands.keys.batchMap('b'), 0, '~')
    expect((await retake('b', rows.slice(0, 1), { from: 0, to: 1 })).spared).toEqual([0])
  })

  it('has images under keys of their own, whatever the template is', () => {
    const [row] = rows
    if (row === undefined) throw new Error('no row')
    for (const template of [defaultKeyTemplate, '{edit}/{index}.{ext}', '{batch}/{key}-{index}.{ext}']) {
      const keys = [undefined, 2, 3].map((take) => imageKey(template, { ...row, take }, 0, 'png'))
      expect(new Set(keys).size).toBe(3)
    }
  })
})

it('rows that rest for the first time are fed as they are', async () => {
  await hands.ledger.openBatch({ id: 'b', producer: 'acme', name: '', bodyHash: 'h', total: 3 })
  await hands.ledger.appendRows({ batch: 'b', first: 0, count: 3, lots: [lot] })
  expect(await retake('b', rows, all)).toEqual({ edits: rows })
})

it('an order that is not there is waited for: nothing is fed', async () => {
  await failed(['A', 'A', 'A'])
  await hands.ledger.retryBatch('b', 1)
  await expect(retake('b', rows, all)).rejects.toMatchObject({ code: 'MissingRetry' })
})
