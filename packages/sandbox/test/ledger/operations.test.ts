import type { NewOperation } from '@restyle/shared/ledger/operations'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { openVerdictWorld, operation, type VerdictWorld } from './verdict-world.ts'

let server: RedisServer
let redis: Redis
let tests = 0
let world: VerdictWorld

beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(() => {
  tests += 1
  world = openVerdictWorld(redis, `{operations${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

describe('an operation', () => {
  it('judges the rows that are meant, with one event', async () => {
    await world.open('+++++++++')
    await world.judge(0, 'rejected', { note: 'stays' })
    await world.run('o1', 'approved', ' . . .')
    expect(await world.plane()).toBe('ra.a.a...')
    expect(await world.counts()).toEqual({ approved: 3, rejected: 1, redo: 0 })
    expect(await world.ledger.readOperation('o1')).toMatchObject({ state: 'done', done: 3, left: 0 })
    expect((await world.told()).slice(1)).toEqual([
      {
        id: 'o1-done',
        batch: 'b',
        operation: 'o1',
        firstRow: 1,
        lastRow: 5,
        rows: 3,
        verdict: 'approved',
        by: 'ben',
        at: expect.any(String),
      },
    ])
    expect((await world.ledger.verdictsOf('b', 0, 9)).get(0)?.note).toBe('stays')
    const some = await world.ledger.verdictsOfRows('b', [0, 3, 8])
    expect([some.get(0)?.verdict, some.get(3)?.verdict, some.get(8)]).toEqual([
      'rejected',
      'approved',
      undefined,
    ])
    expect(await redis.exists(world.keys.operationRows('o1'))).toBe(0)
    expect(await world.ledger.openOperations()).toEqual([])
  })

  it('leaves rows that were judged, or done again, between the order and their turn', async () => {
    await world.open('+++++')
    await world.ledger.openOperation(operation('o1', 'approved', { matched: 5 }), Buffer.from('.....'))
    await world.judge(1, 'rejected')
    await redis.setrange(world.keys.batchMap('b'), 3, 'q')
    await world.carry('o1')
    expect(await world.plane(5)).toBe('ara.a')
    expect(await world.ledger.readOperation('o1')).toMatchObject({ done: 3, left: 2 })
  })

  it('is undone: each row has its former verdict again, by whom it was given, unless it was judged since', async () => {
    await world.open('+++++')
    await world.judge(0, 'rejected', { note: 'leans' })
    await world.run('o1', 'redo', ' ..')
    await world.run('o2', 'approved', 'rdd..')
    expect(await world.plane(5)).toBe('aaaaa')
    await world.judge(4, 'rejected', { by: 'cleo' })
    const before = await world.counts()
    expect(before).toEqual({ approved: 4, rejected: 1, redo: 0 })
    expect(await world.undo('o2')).toMatchObject({ state: 'undone', done: 5, restored: 4 })
    expect(await world.plane(5)).toBe('rdd.r')
    expect(await world.counts()).toEqual({ approved: 0, rejected: 2, redo: 2 })
    const verdicts = await world.ledger.verdictsOf('b', 0, 5)
    expect(verdicts.get(0)).toMatchObject({ by: 'ana', note: 'leans' })
    expect(verdicts.get(1)).toMatchObject({ by: 'ben', operation: 'o1' })
    expect(verdicts.get(4)).toMatchObject({ by: 'cleo' })
    expect((await world.told()).at(-1)).toMatchObject({ id: 'o2-undone', rows: 4, undone: true })
    // and only once
    expect(await world.ledger.undoOperation('o2')).toBe('same')
    expect(await world.undo('o1')).toMatchObject({ restored: 2 })
    expect(await world.plane(5)).toBe('r...r')
  })

  it('is undone where many slices held verdicts of all kinds', async () => {
    const rows = 2_300
    await world.open('+'.repeat(rows))
    const mixed = Array.from({ length: rows }, (_, row) => '.ard'[(row * 7) % 4]).join('')
    await redis.set(world.keys.batchVerdicts('b'), mixed)
    await world.run('o1', undefined, mixed)
    expect(await world.plane(rows)).toBe('.'.repeat(rows))
    expect(await world.undo('o1')).toMatchObject({ done: rows, restored: rows })
    expect(await world.plane(rows)).toBe(mixed)
  })

  it('ends where it is aborted, and is undone from there', async () => {
    await world.open('+'.repeat(1_200))
    await world.ledger.openOperation(
      operation('o1', 'approved', { matched: 1_200 }),
      Buffer.alloc(1_200, '.'),
    )
    await world.ledger.carryOperation('o1')
    expect(await world.ledger.abortOperation('o1')).toBe('done')
    expect(await world.ledger.abortOperation('o1')).toBe('same')
    expect(await world.ledger.carryOperation('o1')).toBe(false)
    expect(await world.ledger.readOperation('o1')).toMatchObject({ state: 'aborted', done: 500 })
    expect((await world.told()).at(-1)).toMatchObject({ id: 'o1-aborted', rows: 500 })
    expect(await world.undo('o1')).toMatchObject({ restored: 500 })
    expect(await world.counts()).toMatchObject({ approved: 0 })
  })

  it('goes on where another process left off, and two at a time do it once', async () => {
    const rows = 5_000
    await world.open('+'.repeat(rows))
    await world.ledger.openOperation(operation('o1', 'approved', { matched: rows }), Buffer.alloc(rows, '.'))
    await world.ledger.carryOperation('o1')
    expect(await world.ledger.openOperations()).toEqual(['o1'])
    await Promise.all([world.carry('o1'), world.carry('o1')])
    expect(await world.counts()).toMatchObject({ approved: rows })
    expect((await world.told()).length).toBe(1)
  })

  it('is known by its id, and another request with it is a conflict', async () => {
    await world.open('++')
    await world.run('o1', 'approved', '.')
    const again = (more: Partial<NewOperation> = {}) =>
      world.ledger.openOperation(operation('o1', 'approved', more), Buffer.from('.'))
    expect(await again()).toBe('known')
    expect(await again({ bodyHash: 'other' })).toBe('conflict')
    expect(
      await world.ledger.openOperation(operation('o2', 'approved', { batch: 'x' }), Buffer.from('.')),
    ).toBe('none')
    expect(await world.ledger.abortOperation('o2')).toBe('none')
  })

  it('waits for others of its producer that go on, and the oldest that ended are forgotten', async () => {
    await world.open('++')
    const order = (id: string, more: Partial<NewOperation> = {}) =>
      world.ledger.openOperation(operation(id, 'approved', more), Buffer.from('.'))
    for (let i = 0; i < 10; i += 1) expect(await order(`o${i}`)).toBe('opened')
    expect(await order('one-more')).toBe('busy')
    expect(await order('of-another', { producer: 'other' })).toBe('opened')
    for (let i = 0; i < 10; i += 1) await world.carry(`o${i}`)
    // one that goes on is not forgotten, however large the next is
    expect(await order('large', { matched: 9_999_999 })).toBe('opened')
    expect(await world.ledger.readOperation('o0')).toBeUndefined()
    expect(await world.ledger.readOperation('o9')).toBeDefined()
    expect(await order('larger', { matched: 9_999_999 })).toBe('opened')
    expect(await world.ledger.readOperation('o9')).toBeUndefined()
    expect(await world.ledger.readOperation('large')).toBeDefined()
    expect(await redis.exists(world.keys.operationBefore('o9'))).toBe(0)
  })

  it('judges very many rows in short calls, and three bytes remember each', async () => {
    const rows = 300_000
    await world.open('+'.repeat(rows))
    await world.ledger.openOperation(operation('o1', 'approved', { matched: rows }), Buffer.alloc(rows, '.'))
    await redis.config('RESETSTAT')
    await world.carry('o1')
    expect(await world.counts()).toEqual({ approved: rows, rejected: 0, redo: 0 })
    const stats = /cmdstat_evalsha:.*usec_per_call=([\d.]+)/.exec(await redis.info('commandstats'))
    expect(Number(stats?.[1])).toBeLessThan(10_000)
    await world.undo('o1')
    expect(await world.plane(rows)).toBe('.'.repeat(rows))
    const memory = Number(await redis.memory('USAGE', world.keys.verdictMarks('b')))
    // Redis keeps room for a string that grows
    expect(memory).toBeLessThan(5 * rows)
  }, 60_000)

  it('looks at few rows where few are meant', async () => {
    const rows = 1_000_000
    await world.open('+'.repeat(rows))
    const meant = Buffer.alloc(rows)
    for (const row of [7, 500_000, rows - 1]) meant.write('.', row)
    await world.ledger.openOperation(operation('o1', 'redo', { matched: 3 }), meant)
    let calls = 0
    while (await world.ledger.carryOperation('o1')) calls += 1
    expect(calls).toBeLessThan(30)
    expect(await world.counts()).toMatchObject({ redo: 3 })
  })
})
