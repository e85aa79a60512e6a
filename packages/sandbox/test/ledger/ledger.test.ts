import { Redis } from 'ioredis'
import type { Edit } from '@restyle/shared/contract/edit'
import { editIdOfRow } from '@restyle/shared/ledger/batches'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { asked, lane, type LedgerWorld, openLedgerWorld } from './ledger-world.ts'

let server: RedisServer
let redis: Redis
let tests = 0
let world: LedgerWorld
let ledger: Ledger

beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(() => {
  tests += 1
  world = openLedgerWorld(redis, `{test${tests}}`)
  ledger = world.ledger
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const queued: LedgerWorld['queued'] = (id, more) => world.queued(id, more)
const admitted: LedgerWorld['admitted'] = (edit, ask) => world.admitted(edit, ask)
const moved: LedgerWorld['moved'] = (edit, change) => world.moved(edit, change)
const running = async (edit: Edit, taskId = `task-${edit.id}`) =>
  moved(await admitted(edit), { to: 'running', set: { taskId, submittedAt: 1 } })

const unlike = { ...asked('').request, prompt: 'make it red' }

describe('accepting', () => {
  it('keeps the first of two edits with one id, and says whether the bodies differ', async () => {
    expect(await ledger.accept([asked('a')])).toEqual(['accepted'])
    expect(await ledger.accept([asked('a'), asked('a', { bodyHash: 'other' })])).toEqual([
      'known',
      'conflict',
    ])
    expect((await ledger.read('a'))?.version).toBe(1)
  })

  it('keeps the first of two batches with one id, and says whether the rows differ', async () => {
    const batch = { id: 'b', producer: 'acme', name: 'spring', total: 3, bodyHash: 'h' }
    expect(await ledger.openBatch(batch)).toBe('created')
    expect(await ledger.openBatch(batch)).toBe('known')
    expect(await ledger.openBatch({ ...batch, total: 4, bodyHash: 'other' })).toBe('conflict')
    expect((await ledger.readBatch('b'))?.total).toBe(3)
  })

  it('counts the rows of a batch and draws its map', async () => {
    await ledger.openBatch({ id: 'b', producer: 'acme', name: 'spring', total: 3, bodyHash: 'h' })
    await ledger.accept([0, 2].map((row) => asked(editIdOfRow('b', row), { batch: 'b', row })))
    expect((await ledger.readBatch('b'))?.queued).toBe(2)
    expect(await ledger.readMap('b')).toBe('q\0q')
  })
})

describe('admitting', () => {
  it('reads back as the ledger wrote it', async () => {
    const edit = await admitted(await queued('a'))
    expect(edit).toEqual(await ledger.read('a'))
    expect(edit).toMatchObject({ state: 'submitting', attempt: 1, reserved: 200_000, lane: 'one' })
  })

  it('gives a lease for as long as the POST may still be started and answered', async () => {
    const { intentAt = 0, leaseUntil, updatedAt } = await admitted(await queued('a'))
    expect([intentAt, leaseUntil]).toEqual([updatedAt, intentAt + lane.leaseMs])
  })

  it('keeps under what an edit was admitted, and nothing of an earlier time', async () => {
    const world = { baseUrl: 'https://x.test', account: 'cn', bucket: 'b', createOnce: 'oss' }
    const first = await admitted(await queued('a'), { world })
    expect(first.world).toEqual(world)
    const again = await admitted(await moved(first, { to: 'queued' }))
    expect([again.world, (await ledger.read('a'))?.world]).toEqual([undefined, undefined])
  })

  it('lets one POST through at a time, and never two that could be confused', async () => {
    const first = await admitted(await queued('a'))
    await queued('b')
    expect(await ledger.admit(lane)).toMatchObject({ kind: 'wait', reason: 'posting' })
    expect(await ledger.admit({ ...lane, posting: 9 })).toMatchObject({ reason: 'uncertain' })
    await moved(first, { to: 'running', set: { taskId: 't', submittedAt: 1 } })
    expect(await ledger.admit(lane)).toMatchObject({ kind: 'admitted' })
  })

  it('holds a slot for as long as a task may run, uncertain ones included', async () => {
    await running(await queued('a'))
    const uncertain = await moved(await admitted(await queued('b')), { to: 'uncertain' })
    await queued('c', { request: unlike })
    expect(await ledger.admit(lane)).toMatchObject({ reason: 'slot' })
    await moved(uncertain, { to: 'queued', afterMs: 60_000 })
    expect(await ledger.admit(lane)).toMatchObject({ kind: 'admitted', edit: { id: 'c' } })
  })

  it('spaces submits by the interval', async () => {
    const slow = { ...lane, submitIntervalMicros: 60_000_000, posting: 9, running: 9 }
    await admitted(await queued('a'), slow)
    await queued('b', { request: unlike })
    const answer = await ledger.admit(slow)
    expect(answer).toMatchObject({ kind: 'wait', reason: 'token' })
    expect(answer.kind === 'wait' && answer.ms).toBeGreaterThan(30_000)
  })

  it('refuses while the lane or the bucket is paused, and while copies fall behind', async () => {
    await queued('a')
    for (const [name, reason] of [
      ['one', 'paused'],
      ['bucket', 'bucket'],
    ] as const) {
      await ledger.lanes.pause(name, { code: 'Arrearage', message: 'pay', since: 1 }, 60_000)
      expect(await ledger.admit(lane)).toMatchObject({ kind: 'wait', reason })
      await ledger.lanes.resume(name)
    }
    expect(await ledger.admit({ ...lane, maxCopyBacklog: 0 })).toMatchObject({ reason: 'copies' })
    expect(await ledger.admit(lane)).toMatchObject({ kind: 'admitted' })
  })

  it('starts again no sooner than the longest quiet that the vendor asked for', async () => {
    await ledger.lanes.delayTokens('submit:one', 60_000)
    await ledger.lanes.delayTokens('submit:one', 100)
    await queued('a')
    const answer = await ledger.admit(lane)
    expect(answer).toMatchObject({ kind: 'wait', reason: 'token' })
    expect(answer.kind === 'wait' && answer.ms).toBeGreaterThan(50_000)
  })

  it('lets only one of many callers have an edit', async () => {
    await queued('a')
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ledger.admit({ ...lane, posting: 99 })),
    )
    expect(answers.filter(({ kind }) => kind === 'admitted')).toHaveLength(1)
  })
})

describe('the query limiter', () => {
  it('spaces tokens and allows the burst it was given', async () => {
    const take = () => ledger.lanes.takeToken('query:one', 60_000_000, 2)
    expect([await take(), await take()]).toEqual([0, 0])
    expect(await take()).toBeGreaterThan(30_000)
  })
})
