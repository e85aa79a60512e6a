import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { openVerdictWorld, rowOf, says, type VerdictWorld } from './verdict-world.ts'

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
  world = openVerdictWorld(redis, `{verdicts${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

describe('the verdict of a row', () => {
  it('is a byte in the plane, a count of the batch, and an event', async () => {
    await world.open('+++')
    const { mapVersion } = await world.batch()
    expect(await world.judge(1, 'rejected', { note: 'the lamp leans', image: 0 })).toBe('done')
    expect(await world.plane(3)).toBe('.r.')
    expect(await world.counts()).toEqual({ approved: 0, rejected: 1, redo: 0 })
    expect((await world.batch()).mapVersion).toBeGreaterThan(mapVersion)
    expect(await world.ledger.verdictsOf('b', 0, 3)).toEqual(
      new Map([
        [1, { verdict: 'rejected', by: 'ana', at: expect.any(Number), note: 'the lamp leans', image: 0 }],
      ]),
    )
    expect(await world.told()).toEqual([
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
    await world.open('++')
    await world.judge(0, 'rejected')
    expect(await world.judge(0, 'rejected')).toBe('same')
    expect(await world.judge(0, 'approved')).toBe('done')
    expect(await world.counts()).toEqual({ approved: 1, rejected: 0, redo: 0 })
    expect(await world.judge(0, undefined)).toBe('done')
    expect(await world.judge(0, undefined)).toBe('same')
    expect(await world.counts()).toEqual({ approved: 0, rejected: 0, redo: 0 })
    expect(await world.plane(2)).toBe('..')
    expect(await redis.exists(world.keys.verdictDetails('b'))).toBe(0)
    expect(await redis.hget(world.keys.batch('b'), 'verdicts:bytes')).toBe('0')
    expect((await world.told()).map((event) => ('verdict' in event ? event.verdict : '?'))).toEqual([
      'rejected',
      'approved',
      null,
    ])
  })

  it('is given only to a row with images', async () => {
    await world.open('+-x.qrd~')
    for (let row = 1; row < 8; row += 1) expect(await world.judge(row, 'approved')).toBe('open')
    expect(await world.judge(9, 'approved')).toBe('open')
    expect(await world.plane()).toBe('.........')
    expect(await world.told()).toEqual([])
  })

  it('is given only to the newest edit of a row', async () => {
    await world.open('++')
    await redis.hset(world.keys.edit('b-0-2'), 'id', 'b-0-2')
    expect(await world.ledger.judge(rowOf(0), says('approved'), { takes: 2 })).toBe('older')
    expect(await world.ledger.judge(rowOf(0, 2), says('approved'), { takes: 2 })).toBe('done')
  })

  it('overrules nothing that its caller does not know', async () => {
    await world.open('++')
    const { known } = await world.ledger.verdictOf(rowOf(0))
    await world.judge(0, 'approved', { by: 'ben' })
    expect(await world.judge(0, 'rejected', {}, known)).toBe('changed')
    const standing = await world.ledger.verdictOf(rowOf(0))
    expect(standing.verdict).toMatchObject({ verdict: 'approved', by: 'ben' })
    expect(await world.judge(0, 'rejected', {}, standing.known)).toBe('done')
    // of many at once, too
    const before = await world.ledger.verdictOf(rowOf(1))
    await world.run('o1', 'approved', ' .')
    expect(await world.judge(1, 'rejected', {}, before.known)).toBe('changed')
    const after = await world.ledger.verdictOf(rowOf(1))
    expect(after.verdict).toEqual({ verdict: 'approved', by: 'ben', at: expect.any(Number), operation: 'o1' })
    expect(await world.judge(1, 'rejected', {}, after.known)).toBe('done')
  })

  it('has no details where the batch has as many as it may have', async () => {
    await world.open('++')
    await redis.hset(world.keys.batch('b'), 'verdicts:bytes', 16 * 1024 * 1024)
    expect(await world.judge(0, 'approved')).toBe('full')
    expect(await world.plane(2)).toBe('..')
    await world.run('o1', 'approved', '.')
    expect(await world.plane(2)).toBe('a.')
  })

  it('is kept as long as its batch', async () => {
    await world.open('++')
    await redis.expire(world.keys.batch('b'), 100)
    await world.judge(0, 'approved')
    for (const name of [world.keys.batchVerdicts('b'), world.keys.verdictDetails('b')])
      expect(await redis.ttl(name)).toBeGreaterThan(90)
    await redis.persist(world.keys.batch('b'))
    await world.run('o1', 'approved', ' .')
    for (const name of ['batchVerdicts', 'verdictMarks', 'verdictDetails'] as const)
      expect(await redis.ttl(world.keys[name]('b'))).toBe(-1)
  })
})

describe('verdicts that were given before their batch ended', () => {
  it('are forgotten with it', async () => {
    await world.ledger.openBatch({ id: 'b', producer: 'acme', name: '', bodyHash: 'h', total: 3 })
    for (const row of [0, 1]) await world.standing(`b-${row}`, 'succeeded', { batch: 'b', row })
    await world.judge(0, 'approved')
    await world.run('o1', 'redo', ' .')
    await world.standing('b-2', 'canceled', { batch: 'b', row: 2 })
    expect((await world.batch()).completedAt).toBeDefined()
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
    expect((await world.told()).at(-1)).toMatchObject({ id: 'e-reviewed-1', edit: 'e', verdict: 'approved' })
    expect(await world.ledger.judge(edit, says('approved', { note: '好'.repeat(300) }))).toBe('same')
    expect(await world.ledger.judge(edit, says(undefined))).toBe('done')
    expect((await world.ledger.read('e'))?.verdict).toBeUndefined()
    expect((await world.told()).at(-1)).toMatchObject({ id: 'e-reviewed-2', verdict: null })
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
