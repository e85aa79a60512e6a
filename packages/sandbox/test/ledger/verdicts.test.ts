import type { Verdict } from '@restyle/shared/contract/planes'
import { carryOperation } from '@restyle/shared/carry-operation'
import type { NewOperation } from '@restyle/shared/ledger/operations'
import type { Saying } from '@restyle/shared/ledger/verdicts'
import { editIdOfRow, editIdOfTake } from '@restyle/shared/ledger/batches'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { type LedgerWorld, openLedgerWorld } from './ledger-world.ts'

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
  world = openLedgerWorld(redis, `{verdicts${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

/** A batch whose rows are as its map says; only their bytes are there. */
async function open(map: string): Promise<void> {
  await world.ledger.openBatch({ id: 'b', producer: 'acme', name: '', bodyHash: 'h', total: map.length })
  await redis.set(world.keys.batchMap('b'), map)
  await redis.hset(world.keys.batch('b'), 'accepted', map.length, 'succeeded', map.split('+').length - 1)
}

const rowOf = (row: number, take = 1) => ({
  id: editIdOfTake('b', row, take),
  batch: 'b',
  row,
  key: `key-${row}`,
  ...(take === 1 ? {} : { take }),
})
const says = (verdict: Verdict | undefined, more: Partial<Saying> = {}): Saying => ({
  verdict,
  by: 'ana',
  ...more,
})
const judge = (row: number, verdict: Verdict | undefined, more: Partial<Saying> = {}, known?: string) =>
  world.ledger.judge(rowOf(row), says(verdict, more), known === undefined ? {} : { known })
const plane = async (rows = 9) => world.ledger.verdictBytes('b', 0, rows)
const batch = async () => {
  const found = await world.ledger.readBatch('b')
  if (found === undefined) throw new Error('no batch')
  return found
}
const counts = async () => {
  const { approved, rejected, redo } = await batch()
  return { approved, rejected, redo }
}
const told = async () =>
  (await world.ledger.events('acme').page('0', 1_000)).map(({ event }) => ({ id: event.id, ...event.data }))

const operation = (id: string, verdict: Verdict | undefined, more: Partial<NewOperation> = {}) => ({
  id,
  producer: 'acme',
  batch: 'b',
  by: 'ben',
  bodyHash: 'h',
  matched: 1,
  skipped: 0,
  ...(verdict === undefined ? {} : { verdict }),
  ...more,
})
/** Orders and carries out: `rows` has the verdicts that the rows have, and a space where a row is not meant. */
async function run(id: string, verdict: Verdict | undefined, rows: string): Promise<void> {
  const bytes = Buffer.from(rows.replaceAll(' ', '\0'))
  const matched = rows.replaceAll(' ', '').length
  expect(await world.ledger.openOperation(operation(id, verdict, { matched }), bytes)).toBe('opened')
  await carry(id)
}
const carry = (id: string) => carryOperation(id, world.ledger, new AbortController().signal)
const undo = async (id: string) => {
  expect(await world.ledger.undoOperation(id)).toBe('done')
  await carry(id)
  return world.ledger.readOperation(id)
}

describe('the verdict of a row', () => {
  it('is a byte in the plane, a count of the batch, and an event', async () => {
    await open('+++')
    const { mapVersion } = await batch()
    expect(await judge(1, 'rejected', { note: 'the lamp leans', image: 0 })).toBe('done')
    expect(await plane(3)).toBe('.r.')
    expect(await counts()).toEqual({ approved: 0, rejected: 1, redo: 0 })
    expect((await batch()).mapVersion).toBeGreaterThan(mapVersion)
    expect(await world.ledger.verdictsOf('b', 0, 3)).toEqual(
      new Map([
        [1, { verdict: 'rejected', by: 'ana', at: expect.any(Number), note: 'the lamp leans', image: 0 }],
      ]),
    )
    expect(await told()).toEqual([
      {
        id: 'b-1-reviewed-1',
        edit: 'b-1',
        batch: 'b',
        row: 1,
        key: 'key-1',
        verdict: 'rejected',
        by: 'ana',
        at: expect.any(String),
        note: 'the lamp leans',
        image: 0,
      },
    ])
  })

  it('is replaced and taken back, and said twice it is said once', async () => {
    await open('++')
    await judge(0, 'rejected')
    expect(await judge(0, 'rejected')).toBe('same')
    expect(await judge(0, 'approved')).toBe('done')
    expect(await counts()).toEqual({ approved: 1, rejected: 0, redo: 0 })
    expect(await judge(0, undefined)).toBe('done')
    expect(await judge(0, undefined)).toBe('same')
    expect(await counts()).toEqual({ approved: 0, rejected: 0, redo: 0 })
    expect(await plane(2)).toBe('..')
    expect(await redis.exists(world.keys.verdictDetails('b'))).toBe(0)
    expect(await redis.hget(world.keys.batch('b'), 'verdicts:bytes')).toBe('0')
    expect((await told()).map((event) => ('verdict' in event ? event.verdict : '?'))).toEqual([
      'rejected',
      'approved',
      null,
    ])
  })

  it('is given only to a row with images', async () => {
    await open('+-x.qrd~')
    for (let row = 1; row < 8; row += 1) expect(await judge(row, 'approved')).toBe('open')
    expect(await judge(9, 'approved')).toBe('open')
    expect(await plane()).toBe('.........')
    expect(await told()).toEqual([])
  })

  it('is given only to the newest edit of a row', async () => {
    await open('++')
    await redis.hset(world.keys.edit('b-0-2'), 'id', 'b-0-2')
    expect(await world.ledger.judge(rowOf(0), says('approved'), { takes: 2 })).toBe('older')
    expect(await world.ledger.judge(rowOf(0, 2), says('approved'), { takes: 2 })).toBe('done')
  })

  it('overrules nothing that its caller does not know', async () => {
    await open('++')
    const { known } = await world.ledger.verdictOf(rowOf(0))
    await judge(0, 'approved', { by: 'ben' })
    expect(await judge(0, 'rejected', {}, known)).toBe('changed')
    const standing = await world.ledger.verdictOf(rowOf(0))
    expect(standing.verdict).toMatchObject({ verdict: 'approved', by: 'ben' })
    expect(await judge(0, 'rejected', {}, standing.known)).toBe('done')
    // of many at once, too
    const before = await world.ledger.verdictOf(rowOf(1))
    await run('o1', 'approved', ' .')
    expect(await judge(1, 'rejected', {}, before.known)).toBe('changed')
    const after = await world.ledger.verdictOf(rowOf(1))
    expect(after.verdict).toEqual({ verdict: 'approved', by: 'ben', at: expect.any(Number), operation: 'o1' })
    expect(await judge(1, 'rejected', {}, after.known)).toBe('done')
  })

  it('has no details where the batch has as many as it may have', async () => {
    await open('++')
    await redis.hset(world.keys.batch('b'), 'verdicts:bytes', 16 * 1024 * 1024)
    expect(await judge(0, 'approved')).toBe('full')
    expect(await plane(2)).toBe('..')
    await run('o1', 'approved', '.')
    expect(await plane(2)).toBe('a.')
  })

  it('is kept as long as its batch', async () => {
    await open('++')
    await redis.expire(world.keys.batch('b'), 100)
    await judge(0, 'approved')
    for (const name of [world.keys.batchVerdicts('b'), world.keys.verdictDetails('b')])
      expect(await redis.ttl(name)).toBeGreaterThan(90)
    await redis.persist(world.keys.batch('b'))
    await run('o1', 'approved', ' .')
    for (const name of ['batchVerdicts', 'verdictMarks', 'verdictDetails'] as const)
      expect(await redis.ttl(world.keys[name]('b'))).toBe(-1)
  })
})

describe('verdicts that were given before their batch ended', () => {
  it('are forgotten with it', async () => {
    await world.ledger.openBatch({ id: 'b', producer: 'acme', name: '', bodyHash: 'h', total: 3 })
    for (const row of [0, 1]) await world.standing(`b-${row}`, 'succeeded', { batch: 'b', row })
    await judge(0, 'approved')
    await run('o1', 'redo', ' .')
    await world.standing('b-2', 'canceled', { batch: 'b', row: 2 })
    expect((await batch()).completedAt).toBeDefined()
    for (const name of ['batchVerdicts', 'verdictMarks', 'verdictDetails'] as const)
      expect(await redis.ttl(world.keys[name]('b'))).toBeGreaterThan(29 * 24 * 3600)
  })
})

describe('the verdict of an edit that came alone', () => {
  it('is in its record, with an event, and leaves its version', async () => {
    const edit = await world.standing('e', 'succeeded')
    expect(await world.ledger.judge(edit, says('approved', { note: '好'.repeat(300) }))).toBe('done')
    const after = await world.ledger.read('e')
    expect(after).toMatchObject({ version: edit.version, verdict: { verdict: 'approved', by: 'ana' } })
    expect(after?.verdict?.note).toBe('好'.repeat(300))
    expect((await told()).at(-1)).toMatchObject({ id: 'e-reviewed-1', edit: 'e', verdict: 'approved' })
    expect(await world.ledger.judge(edit, says('approved', { note: '好'.repeat(300) }))).toBe('same')
    expect(await world.ledger.judge(edit, says(undefined))).toBe('done')
    expect((await world.ledger.read('e'))?.verdict).toBeUndefined()
    expect((await told()).at(-1)).toMatchObject({ id: 'e-reviewed-2', verdict: null })
  })

  it('is given only to one with images, and overrules nothing that its caller does not know', async () => {
    const open1 = await world.standing('o', 'running')
    expect(await world.ledger.judge(open1, says('approved'))).toBe('open')
    expect(await world.ledger.judge({ ...open1, id: 'none' }, says('approved'))).toBe('none')
    const edit = await world.standing('e', 'succeeded')
    expect((await world.ledger.verdictOf(edit)).known).toBe('')
    expect(await world.ledger.judge(edit, says('approved'), { known: '' })).toBe('done')
    expect(await world.ledger.judge(edit, says('rejected'), { known: '' })).toBe('changed')
    const { known } = await world.ledger.verdictOf(edit)
    expect(await world.ledger.judge(edit, says('rejected'), { known })).toBe('done')
  })
})

describe('an operation', () => {
  it('judges the rows that are meant, with one event', async () => {
    await open('+++++++++')
    await judge(0, 'rejected', { note: 'stays' })
    await run('o1', 'approved', ' . . .')
    expect(await plane()).toBe('ra.a.a...')
    expect(await counts()).toEqual({ approved: 3, rejected: 1, redo: 0 })
    expect(await world.ledger.readOperation('o1')).toMatchObject({ state: 'done', done: 3, left: 0 })
    expect((await told()).slice(1)).toEqual([
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
    await open('+++++')
    await world.ledger.openOperation(operation('o1', 'approved', { matched: 5 }), Buffer.from('.....'))
    await judge(1, 'rejected')
    await redis.setrange(world.keys.batchMap('b'), 3, 'q')
    await carry('o1')
    expect(await plane(5)).toBe('ara.a')
    expect(await world.ledger.readOperation('o1')).toMatchObject({ done: 3, left: 2 })
  })

  it('is undone: each row has its former verdict again, by whom it was given, unless it was judged since', async () => {
    await open('+++++')
    await judge(0, 'rejected', { note: 'leans' })
    await run('o1', 'redo', ' ..')
    await run('o2', 'approved', 'rdd..')
    expect(await plane(5)).toBe('aaaaa')
    await judge(4, 'rejected', { by: 'cleo' })
    const before = await counts()
    expect(before).toEqual({ approved: 4, rejected: 1, redo: 0 })
    expect(await undo('o2')).toMatchObject({ state: 'undone', done: 5, restored: 4 })
    expect(await plane(5)).toBe('rdd.r')
    expect(await counts()).toEqual({ approved: 0, rejected: 2, redo: 2 })
    const verdicts = await world.ledger.verdictsOf('b', 0, 5)
    expect(verdicts.get(0)).toMatchObject({ by: 'ana', note: 'leans' })
    expect(verdicts.get(1)).toMatchObject({ by: 'ben', operation: 'o1' })
    expect(verdicts.get(4)).toMatchObject({ by: 'cleo' })
    expect((await told()).at(-1)).toMatchObject({ id: 'o2-undone', rows: 4, undone: true })
    // and only once
    expect(await world.ledger.undoOperation('o2')).toBe('same')
    expect(await undo('o1')).toMatchObject({ restored: 2 })
    expect(await plane(5)).toBe('r...r')
  })

  it('is undone where many slices held verdicts of all kinds', async () => {
    const rows = 2_300
    await open('+'.repeat(rows))
    const mixed = Array.from({ length: rows }, (_, row) => '.ard'[(row * 7) % 4]).join('')
    await redis.set(world.keys.batchVerdicts('b'), mixed)
    await run('o1', undefined, mixed)
    expect(await plane(rows)).toBe('.'.repeat(rows))
    expect(await undo('o1')).toMatchObject({ done: rows, restored: rows })
    expect(await plane(rows)).toBe(mixed)
  })

  it('ends where it is aborted, and is undone from there', async () => {
    await open('+'.repeat(1_200))
    await world.ledger.openOperation(
      operation('o1', 'approved', { matched: 1_200 }),
      Buffer.alloc(1_200, '.'),
    )
    await world.ledger.carryOperation('o1')
    expect(await world.ledger.abortOperation('o1')).toBe('done')
    expect(await world.ledger.abortOperation('o1')).toBe('same')
    expect(await world.ledger.carryOperation('o1')).toBe(false)
    expect(await world.ledger.readOperation('o1')).toMatchObject({ state: 'aborted', done: 500 })
    expect((await told()).at(-1)).toMatchObject({ id: 'o1-aborted', rows: 500 })
    expect(await undo('o1')).toMatchObject({ restored: 500 })
    expect(await counts()).toMatchObject({ approved: 0 })
  })

  it('goes on where another process left off, and two at a time do it once', async () => {
    const rows = 5_000
    await open('+'.repeat(rows))
    await world.ledger.openOperation(operation('o1', 'approved', { matched: rows }), Buffer.alloc(rows, '.'))
    await world.ledger.carryOperation('o1')
    expect(await world.ledger.openOperations()).toEqual(['o1'])
    await Promise.all([carry('o1'), carry('o1')])
    expect(await counts()).toMatchObject({ approved: rows })
    expect((await told()).length).toBe(1)
  })

  it('is known by its id, and another request with it is a conflict', async () => {
    await open('++')
    await run('o1', 'approved', '.')
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
    await open('++')
    const order = (id: string, more: Partial<NewOperation> = {}) =>
      world.ledger.openOperation(operation(id, 'approved', more), Buffer.from('.'))
    for (let i = 0; i < 10; i += 1) expect(await order(`o${i}`)).toBe('opened')
    expect(await order('one-more')).toBe('busy')
    expect(await order('of-another', { producer: 'other' })).toBe('opened')
    for (let i = 0; i < 10; i += 1) await carry(`o${i}`)
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
    await open('+'.repeat(rows))
    await world.ledger.openOperation(operation('o1', 'approved', { matched: rows }), Buffer.alloc(rows, '.'))
    await redis.config('RESETSTAT')
    await carry('o1')
    expect(await counts()).toEqual({ approved: rows, rejected: 0, redo: 0 })
    const stats = /cmdstat_evalsha:.*usec_per_call=([\d.]+)/.exec(await redis.info('commandstats'))
    expect(Number(stats?.[1])).toBeLessThan(10_000)
    await undo('o1')
    expect(await plane(rows)).toBe('.'.repeat(rows))
    const memory = Number(await redis.memory('USAGE', world.keys.verdictMarks('b')))
    // Redis keeps room for a string that grows
    expect(memory).toBeLessThan(5 * rows)
  }, 60_000)

  it('looks at few rows where few are meant', async () => {
    const rows = 1_000_000
    await open('+'.repeat(rows))
    const meant = Buffer.alloc(rows)
    for (const row of [7, 500_000, rows - 1]) meant.write('.', row)
    await world.ledger.openOperation(operation('o1', 'redo', { matched: 3 }), meant)
    let calls = 0
    while (await world.ledger.carryOperation('o1')) calls += 1
    expect(calls).toBeLessThan(30)
    expect(await counts()).toMatchObject({ redo: 3 })
    expect(editIdOfRow('b', 7)).toBe('b-7')
  })
})
