import type { Edit } from '@restyle/shared/contract/edit'
import { editIdOfRow } from '@restyle/shared/ledger/batches'
import { sliceRows } from '@restyle/shared/ledger/facts'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { asked, failure, lane, type LedgerWorld, openLedgerWorld } from './ledger-world.ts'

const lot = { model: lane.model, class: 'standard' }

let server: RedisServer
let redis: Redis
let tests = 0
let world: LedgerWorld

beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(() => {
  tests += 1
  world = openLedgerWorld(redis, `{folding${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const rowOf = (row: number) => asked(editIdOfRow('b', row), { batch: 'b', row })

/** A batch of so many rows, of which none has been fed. */
async function opened(rows: number): Promise<void> {
  await world.ledger.openBatch({ id: 'b', producer: 'acme', name: '', total: rows, bodyHash: 'h' })
  await world.ledger.appendRows({ batch: 'b', first: 0, count: rows, lots: [lot] })
}

/** Feeds rows; the batch's cursor is at the first. */
async function fed(from: number, to: number): Promise<Edit[]> {
  const edits = Array.from({ length: to - from }, (_, i) => rowOf(from + i))
  await world.ledger.feed({ ...lot, batch: 'b', from, to, edits })
  return (await world.ledger.readMany(edits.map(({ id }) => id))).flatMap((edit) => edit ?? [])
}

const failed = (edit: Edit) => world.moved(edit, { to: 'failed', set: { failure } })
const slices = () => redis.zrange(world.keys.fold, '0', '-1')

describe('what is to be folded', () => {
  it('is a slice of a batch’s rows, some time after the last of them that has ended so far', async () => {
    const { ledger, keys } = world
    await opened(3)
    const [first, second] = await fed(0, 3)
    if (first === undefined || second === undefined) throw new Error('not fed')
    expect(await ledger.nextToFold(0)).toBeUndefined()
    await failed(first)
    expect(await ledger.nextToFold(60_000)).toBeUndefined()
    await redis.zadd(keys.fold, 1, 'b 0')
    expect(await ledger.nextToFold(60_000)).toMatchObject({ batch: 'b', first: 0 })
    // whose end is new counts, whatever the one before it was
    await redis.zadd(keys.fold, 1, 'b 0')
    await failed(second)
    expect(await ledger.nextToFold(60_000)).toBeUndefined()
    expect(await slices()).toEqual(['b 0'])
  })

  it('is named by the first of a thousand rows', async () => {
    await opened(sliceRows + 2)
    for (const edit of [...(await fed(0, 1)), ...(await fed(1, sliceRows + 2)).slice(-2)]) await failed(edit)
    expect((await slices()).toSorted()).toEqual(['b 0', `b ${sliceRows}`])
  })

  it('is nothing of edits that came alone', async () => {
    await world.standing('e', 'failed')
    expect(await slices()).toEqual([])
  })

  it('is one worker’s for a minute, and then another’s', async () => {
    const { ledger, keys } = world
    await opened(1)
    for (const edit of await fed(0, 1)) await failed(edit)
    const slice = await ledger.nextToFold(0)
    expect(slice).toMatchObject({ batch: 'b' })
    expect(await ledger.nextToFold(0)).toBeUndefined()
    await redis.zincrby(keys.fold, -60_001, 'b 0')
    expect(await ledger.nextToFold(0)).toMatchObject({ batch: 'b' })
  })

  it('is forgotten when nothing is left, or looked at later, but not where a row ended meanwhile', async () => {
    const { ledger, keys } = world
    await opened(3)
    const [first, second, third] = await fed(0, 3)
    if (first === undefined || second === undefined || third === undefined) throw new Error('not fed')
    await failed(first)
    const slice = await ledger.nextToFold(0)
    if (slice === undefined) throw new Error('none')
    await failed(second)
    await ledger.settleFold(slice, { keptMs: 0 })
    expect(await slices()).toEqual(['b 0'])
    const again = await ledger.nextToFold(0)
    if (again === undefined) throw new Error('none')
    await ledger.settleFold(again, { keptMs: 1_000, againMs: 5_000 })
    const left = Number(await redis.zscore(keys.fold, 'b 0')) + 1_000 - (await ledger.now())
    expect(left).toBeGreaterThan(4_000)
    expect(left).toBeLessThanOrEqual(5_000)
    await failed(third)
    const last = await ledger.nextToFold(0)
    if (last === undefined) throw new Error('none')
    await ledger.settleFold(last, { keptMs: 0 })
    expect(await slices()).toEqual([])
  })
})

describe('folding', () => {
  it('drops ended edits as they were read, once, and leaves the batch as it is', async () => {
    const { ledger } = world
    await opened(2)
    const ended = await Promise.all((await fed(0, 2)).map(failed))
    const before = await ledger.readBatch('b')
    expect(await ledger.fold(ended)).toBe('folded')
    expect(await ledger.readMany(ended.map(({ id }) => id))).toEqual([undefined, undefined])
    expect(await ledger.fold(ended)).toBe('folded')
    expect(await ledger.readBatch('b')).toEqual(before)
    expect(await ledger.readMap('b')).toBe('--')
  })

  it.each<[string, (edit: Edit) => Promise<unknown>]>([
    [
      'has not ended',
      (edit) => redis.hset(world.keys.edit(edit.id), 'state', 'rendered', 'told', 'rendered'),
    ],
    ['was written since', (edit) => redis.hincrby(world.keys.edit(edit.id), 'version', 1)],
    ['was told to nobody', (edit) => redis.hdel(world.keys.edit(edit.id), 'told')],
    ['was told of only when it was held', (edit) => redis.hset(world.keys.edit(edit.id), 'told', 'review')],
  ])('drops none where one of them %s', async (_, change) => {
    const { ledger } = world
    await opened(2)
    const ended = await Promise.all((await fed(0, 2)).map(failed))
    const [, second] = ended
    if (second === undefined) throw new Error('not fed')
    await change(second)
    expect(await ledger.fold(ended)).toBe('changed')
    expect(await ledger.known(ended.map(({ id }) => id))).toEqual([true, true])
  })

  it('notes of whom it told with each end, in the script that tells', async () => {
    await opened(1)
    const [edit] = await fed(0, 1)
    if (edit === undefined) throw new Error('not fed')
    expect(edit.told).toBeUndefined()
    expect(await failed(edit)).toMatchObject({ told: 'failed' })
  })
})

describe('results that come back after a loss', () => {
  const money = [{ billed: 700, images: 3 }]
  const results = { first: 1, bytes: '+-x', money, failures: { NoPicture: 1 }, codes: { 2: 'NoPicture' } }
  const open = (total: number) =>
    world.ledger.openBatch({ id: 'b', producer: 'acme', name: '', total, bodyHash: 'h' })

  it('end their rows with what they cost, once, and make no edit', async () => {
    const { ledger, keys } = world
    await open(5)
    expect(await ledger.restoreResults('b', results)).toBe('restored')
    expect(await ledger.restoreResults('b', results)).toBe('known')
    await ledger.appendRows({ batch: 'b', first: 0, count: 5, lots: [lot] })
    expect(await ledger.readMap('b')).toBe('.+-x.')
    const counts = { succeeded: 1, failed: 1, canceled: 1, resting: 2, billed: 700, images: 3 }
    expect(await ledger.readBatch('b')).toMatchObject(counts)
    expect(await redis.hmget(keys.spend('acme'), 'billed', 'images')).toEqual(['700', '3'])
    // a retry by code looks at these
    expect(await redis.hget(keys.batch('b'), 'failures:NoPicture')).toBe('1')
    const edits = Array.from({ length: 5 }, (_, row) => rowOf(row))
    expect(await ledger.feed({ ...lot, batch: 'b', from: 0, to: 5, edits })).toMatchObject({ edits: 2 })
    expect(await ledger.known(edits.map(({ id }) => id))).toEqual([true, false, false, false, true])
    expect(await ledger.restoreResults('none', results)).toBe('none')
  })

  it('leave a row alone of which a later edit says how it ended, and count its money', async () => {
    const { ledger } = world
    await open(4)
    expect(await ledger.restoreResults('b', { ...results, bytes: '+\0x', failures: {}, codes: {} })).toBe(
      'restored',
    )
    expect(await ledger.readMap('b')).toBe('\0+\0x')
    expect(await ledger.readBatch('b')).toMatchObject({ succeeded: 1, failed: 0, canceled: 1, billed: 700 })
  })

  it('touch no row that has a state, and then count no money', async () => {
    const { ledger } = world
    await open(4)
    await ledger.restore(rowOf(2), { state: 'queued', attempt: 0, tries: 0 })
    expect(await ledger.restoreResults('b', results)).toBe('restored')
    expect(await ledger.readMap('b')).toBe('\0+qx')
    expect(await ledger.readBatch('b')).toMatchObject({ succeeded: 1, failed: 0, queued: 1, billed: 0 })
  })

  it('end their batch, which is told', async () => {
    const { ledger } = world
    await open(4)
    await ledger.restoreResults('b', results)
    expect((await ledger.readBatch('b'))?.completedAt).toBeUndefined()
    await ledger.restoreResults('b', {
      first: 0,
      bytes: '+',
      money: [{ billed: 1, images: 1 }],
      failures: {},
      codes: {},
    })
    expect((await ledger.readBatch('b'))?.completedAt).toBeDefined()
    const told = await ledger.events('acme').page('0', 10)
    expect(told.map(({ event }) => event.id)).toEqual(['b-completed'])
  })

  it('keep their rows from coming back as edits', async () => {
    const { ledger } = world
    await open(4)
    await ledger.restoreResults('b', results)
    expect(await ledger.restore(rowOf(1), { state: 'queued', attempt: 0, tries: 0 })).toBe('known')
    expect(await ledger.restore(rowOf(0), { state: 'queued', attempt: 0, tries: 0 })).toBe('restored')
    expect(await ledger.readMap('b')).toBe('q+-x')
  })
})
