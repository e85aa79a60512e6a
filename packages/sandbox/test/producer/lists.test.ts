import type { BatchView } from '@restyle/shared/contract/batch'
import type { EditView } from '@restyle/shared/contract/edit'
import { mapByte } from '@restyle/shared/contract/edit-state'
import { ledgerKeys } from '@restyle/shared/ledger/keys'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { writeResults } from '@restyle/shared/rows/write-results'
import { asked, failure, lane } from '../ledger/ledger-world.ts'
import { type Caller, openCaller, rowsFrom } from './open-batches.ts'
import { openProducer, type World } from './open-producer.ts'

type Page = {
  batches?: BatchView[]
  edits?: EditView[]
  unreadable?: { id: string }[]
  nextCursor?: string
}

let world: World
let ledger: Ledger
let callers = 0
beforeAll(async () => {
  world = await openProducer()
  ledger = openLedger(world.redis, world.prefix)
})
afterEach(() => world.server.s3.faults.clear())
afterAll(() => world.stop())

/** A caller with nothing in its lists. */
async function newCaller(): Promise<Caller & { name: string }> {
  callers += 1
  const name = `lists-${callers}`
  return { ...(await openCaller(world, name)), name }
}

/** Every item of a list, followed by its cursors; as many pages as it took. */
async function all(caller: Caller, url: string): Promise<{ ids: string[]; pages: number }> {
  const ids: string[] = []
  let cursor = ''
  for (let pages = 1; ; pages += 1) {
    const answer = await caller.get(`${url}${cursor}`)
    expect(answer.statusCode).toBe(200)
    const { batches = [], edits = [], nextCursor } = answer.json() as Page
    ids.push(...[...batches, ...edits].map(({ id }) => id))
    const link = String(answer.headers['link'])
    expect(link).toMatch(/<\?[^>]*>; rel="first"$/)
    expect(link.includes('rel="next"')).toBe(nextCursor !== undefined)
    if (nextCursor === undefined) return { ids, pages }
    expect(nextCursor).toMatch(/^[\w-]{1,400}$/)
    expect(link).toContain(`&cursor=${nextCursor}>; rel="next", `)
    cursor = `&cursor=${nextCursor}`
  }
}

const opening = (id: string, producer: string, createdAt: number, more: object = {}) =>
  ledger.openBatch({ id, producer, name: '', bodyHash: 'h', createdAt, ...more })

describe('a list', () => {
  it('has each of 500 batches of one instant once, by pages of 7', async () => {
    const caller = await newCaller()
    const made = Array.from({ length: 500 }, (_, i) => `batch_same${i}`)
    for (const id of made) await opening(id, caller.name, 1_800_000_000_000)
    const { ids, pages } = await all(caller, '/v1/batches?limit=7')
    expect(ids).toEqual(made.toSorted().toReversed())
    expect(pages).toBe(72)
  })

  it('has each of 500 edits of one instant once, by pages of 7', async () => {
    const caller = await newCaller()
    const made = Array.from({ length: 500 }, (_, i) => `edit_same${i}`)
    await ledger.accept(made.map((id) => asked(id, { producer: caller.name })))
    const { ids } = await all(caller, '/v1/edits?limit=7')
    expect(ids).toEqual(made.toSorted().toReversed())
  })

  it('goes on where it was although the place itself is forgotten, and newer ones have come', async () => {
    const caller = await newCaller()
    for (const i of [1, 2, 3, 4]) await opening(`batch_gone${i}`, caller.name, 1_800_000_000_000)
    const first = (await caller.get('/v1/batches?limit=2')).json() as Page
    expect(first.batches?.map(({ id }) => id)).toEqual(['batch_gone4', 'batch_gone3'])
    await world.redis.zrem(ledgerKeys(world.prefix).batches(caller.name), 'batch_gone3')
    await opening('batch_gone9', caller.name, 1_800_000_000_001)
    const next = (await caller.get(`/v1/batches?limit=2&cursor=${first.nextCursor}`)).json() as Page
    expect(next.batches?.map(({ id }) => id)).toEqual(['batch_gone2', 'batch_gone1'])
  })

  it('shows nobody what belongs to another, whatever its cursor says', async () => {
    const [mine, theirs] = [await newCaller(), await newCaller()]
    const batch = await theirs.opened()
    await theirs.put(batch, 1, rowsFrom(1, 3))
    const cursor = ((await theirs.get('/v1/edits?limit=1')).json() as Page).nextCursor
    expect(((await theirs.get(`/v1/edits?cursor=${cursor}`)).json() as Page).edits).toHaveLength(2)
    expect((await mine.get(`/v1/edits?cursor=${cursor}`)).json()).toEqual({ edits: [] })
    expect((await mine.get(`/v1/edits?batch=${batch}`)).statusCode).toBe(404)
  })

  it.each([
    ['/v1/batches?cursor=x', 'must be the nextCursor of an earlier answer'],
    ['/v1/edits?state=failed,lost', 'must be one of queued'],
    ['/v1/edits?from=yesterday', 'must be a time such as'],
    ['/v1/batches?state=lost', 'state'],
    ['/v1/edits?colour=red', 'is not a known field'],
  ])('refuses %s', async (url, why) => {
    const answer = await (await newCaller()).get(url)
    expect(answer.statusCode).toBe(400)
    expect(answer.body).toContain(why)
  })

  it('forgets what is gone for good, and nothing else', async () => {
    const { name } = await newCaller()
    const keys = ledgerKeys(world.prefix)
    for (const id of ['batch_old', 'batch_kept']) await opening(id, name, 1_000)
    await opening('batch_young', name, 2_000_000_000_000)
    await world.redis.del(keys.batch('batch_old'), keys.batch('batch_young'))
    await ledger.trimMade(1_900_000_000_000)
    expect(await world.redis.zrange(keys.batches(name), '0', '-1')).toEqual(['batch_kept', 'batch_young'])
  })
})

describe('the list of batches', () => {
  it('is by name, state, code of an error, and time', async () => {
    const caller = await newCaller()
    const hour = 3600_000
    const at = 1_800_000_000_000
    await opening('batch_a', caller.name, at, { name: 'Spring, SOFAS' })
    await opening('batch_b', caller.name, at + hour, { name: 'spring lamps', total: 0 })
    await opening('batch_c', caller.name, at + 2 * hour, { name: 'autumn', total: 1 })
    await ledger.pauseBatch('batch_c', true)
    await world.redis.hset(ledgerKeys(world.prefix).batch('batch_b'), { failed: 2, 'failures:Oops': 2 })
    await ledger.closeBatch('batch_a', 0)
    const ids = async (query: string) => (await all(caller, `/v1/batches?${query}`)).ids
    expect(await ids('')).toEqual(['batch_c', 'batch_b', 'batch_a'])
    expect(await ids('name=SPRING')).toEqual(['batch_b', 'batch_a'])
    expect(await ids('state=completed')).toEqual(['batch_a'])
    expect(await ids('state=paused')).toEqual(['batch_c'])
    expect(await ids('state=failed')).toEqual(['batch_b'])
    expect(await ids('state=to-review')).toEqual([])
    await world.redis.hset(ledgerKeys(world.prefix).batch('batch_b'), { succeeded: 3, approved: 1, redo: 1 })
    expect(await ids('state=to-review')).toEqual(['batch_b'])
    await world.redis.hset(ledgerKeys(world.prefix).batch('batch_b'), { rejected: 1 })
    expect(await ids('state=to-review')).toEqual([])
    expect(await ids('errorCode=Oops')).toEqual(['batch_b'])
    expect(await ids('errorCode=Other')).toEqual([])
    const time = (ms: number) => encodeURIComponent(new Date(ms).toISOString())
    expect(await ids(`from=${time(at + 1)}&to=${time(at + 2 * hour)}`)).toEqual(['batch_b'])
    expect(await ids(`from=${time(at)}&to=${time(at + 1)}`)).toEqual(['batch_a'])
  })

  it('names one that cannot be read, and lists the others', async () => {
    const caller = await newCaller()
    await opening('batch_fine', caller.name, 1)
    await opening('batch_bad', caller.name, 2)
    await world.redis.hset(ledgerKeys(world.prefix).batch('batch_bad'), 'createdAt', 'never')
    const page = (await caller.get('/v1/batches')).json() as Page
    expect(page.batches?.map(({ id }) => id)).toEqual(['batch_fine'])
    expect(page.unreadable?.map(({ id }) => id)).toEqual(['batch_bad'])
  })
})

describe('the list of edits', () => {
  it('has single edits and rows, those that rest, that were edits and that were folded', async () => {
    const caller = await newCaller()
    const batch = await caller.opened({ name: 'night' })
    await caller.put(
      batch,
      1,
      rowsFrom(1, 6).map((row, i) => ({ ...row, key: i < 3 ? `sofa-${i}` : `lamp-${i}` })),
    )
    const [edit] = await ledger.accept([
      asked(`edit_own${callers}`, { producer: caller.name, key: 'sofa-9' }),
    ])
    expect(edit).toBe('accepted')
    // row 0 fails and is folded, row 1 fails and stays, the rest rests
    const rows = [0, 1].map((row) =>
      asked(`${batch}-${row}`, { producer: caller.name, batch, row, key: `sofa-${row}` }),
    )
    await ledger.feed({ batch, model: lane.model, class: 'standard', from: 0, to: 2, edits: rows })
    for (const row of [0, 1]) {
      const fed = await ledger.read(`${batch}-${row}`)
      if (fed === undefined) throw new Error('not fed')
      await ledger.move(fed, {
        to: 'failed',
        set: { failure: { ...failure, code: row === 0 ? 'Folded' : 'Kept' } },
      })
    }
    const ended = await ledger.read(`${batch}-0`)
    if (ended === undefined) throw new Error('gone')
    expect(await writeResults(world.store, batch, 0, mapByte.failed, [ended])).toEqual({ kind: 'written' })
    await ledger.fold([ended])

    const keys = async (query: string) => {
      const { edits = [] } = (await caller.get(`/v1/edits?${query}`)).json() as Page
      return edits.map(({ key }) => key)
    }
    expect(await keys('')).toEqual(['sofa-9', 'sofa-0', 'sofa-1', 'sofa-2', 'lamp-3', 'lamp-4', 'lamp-5'])
    expect((await all(caller, '/v1/edits?limit=1')).ids).toHaveLength(7)
    expect(await keys('keyPrefix=sofa-')).toEqual(['sofa-9', 'sofa-0', 'sofa-1', 'sofa-2'])
    expect((await all(caller, '/v1/edits?keyPrefix=lamp&limit=1')).ids).toHaveLength(3)
    expect(await keys('state=failed')).toEqual(['sofa-0', 'sofa-1'])
    expect(await keys('state=failed,queued&keyPrefix=sofa-')).toEqual([
      'sofa-9',
      'sofa-0',
      'sofa-1',
      'sofa-2',
    ])
    expect(await keys('errorCode=Folded')).toEqual(['sofa-0'])
    expect(await keys('errorCode=Kept')).toEqual(['sofa-1'])
    expect(await keys('name=NIGHT&state=queued')).toEqual(['sofa-2', 'lamp-3', 'lamp-4', 'lamp-5'])
    expect(await keys(`batch=${batch}&state=failed`)).toEqual(['sofa-0', 'sofa-1'])
    expect(await keys('to=2020-01-01T00:00:00Z')).toEqual([])
    expect(await keys(`batch=${batch}&to=2020-01-01T00:00:00Z`)).toEqual([])
  })

  it('finds the one failed row among a million by their map, and reads no other', async () => {
    const caller = await newCaller()
    const batch = `batch_million${callers}`
    await opening(batch, caller.name, 1)
    const lots = [{ model: lane.model, class: 'standard' }]
    await ledger.appendRows({ batch, first: 0, count: 1_000_000, lots })
    const row = 987_654
    const edit = asked(`${batch}-${row}`, { producer: caller.name, batch, row })
    await ledger.accept([edit])
    const made = await ledger.read(edit.id)
    if (made === undefined) throw new Error('no edit')
    await ledger.move(made, { to: 'failed', set: { failure } })
    const before = world.server.s3.requests.GetObject ?? 0
    expect((await all(caller, '/v1/edits?state=failed')).ids).toEqual([edit.id])
    expect(world.server.s3.requests.GetObject ?? 0).toBe(before)
  })

  it('looks at a bounded number of rows in a request, and says where to go on', async () => {
    const caller = await newCaller()
    const batch = await caller.opened()
    for (let first = 1; first < 12_000; first += 1_000) await caller.put(batch, first, rowsFrom(first, 1_000))
    const page = (await caller.get('/v1/edits?keyPrefix=none')).json() as Page
    expect(page).toEqual({ edits: [], nextCursor: expect.any(String) })
    expect(await all(caller, '/v1/edits?keyPrefix=none')).toMatchObject({ ids: [] })
    expect((await all(caller, '/v1/edits?keyPrefix=11999')).ids).toEqual([`${batch}-11998`])
  })
})
