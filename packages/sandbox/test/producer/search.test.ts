import type { BatchView } from '@restyle/shared/contract/batch'
import type { EditView } from '@restyle/shared/contract/edit'
import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import { asked, lane } from '../ledger/ledger-world.ts'
import { type Caller, openCaller, rowsFrom } from './open-batches.ts'
import { fine, openProducer, type World } from './open-producer.ts'

type Found = {
  batches: BatchView[]
  edits: EditView[]
  looked: number
  bounded?: true
  nextCursor?: string
}
type Failures = {
  failures: {
    code: string
    edits: number
    batches: number
    lastAt?: string
    hours?: number[]
    billed: object[]
    retry: string
  }[]
  hoursFrom: string
  looked: { batches: number; edits: number }
  bounded?: true
}

let world: World
let ledger: Ledger
let callers = 0
beforeAll(async () => {
  world = await openProducer()
  ledger = openLedger(world.redis, world.prefix)
})
afterAll(() => world.stop())

type Named = Caller & { name: string }
async function newCaller(): Promise<Named> {
  callers += 1
  const name = `search-${callers}`
  return { ...(await openCaller(world, name)), name }
}

async function find(caller: Caller, line: string, more = ''): Promise<Found> {
  const answer = await caller.get(`/v1/search?q=${encodeURIComponent(line)}${more}`)
  expect(answer.statusCode).toBe(200)
  return answer.json() as Found
}
const keysOf = async (caller: Caller, line: string) => (await find(caller, line)).edits.map(({ key }) => key)

async function failed(producer: string, id: string, code: string, more: object = {}): Promise<void> {
  await ledger.accept([asked(id, { producer, ...more })])
  const made = await ledger.read(id)
  if (made === undefined) throw new Error('no edit')
  await ledger.move(made, { to: 'failed', set: { failure: { code, message: `because of ${id}` } } })
}

/** A batch with rows `LAMP-1` to `LAMP-3` that rest, and single edits that failed. */
async function stock(): Promise<{ caller: Named; batch: string; single: string }> {
  const caller = await newCaller()
  const batch = await caller.opened({ name: 'Spring, Lamps' })
  const rows = [1, 2, 3].map((n) => ({ ...fine, key: `LAMP-${n}`, prompt: n === 2 ? 'Warm OAK' : 'steel' }))
  expect((await caller.put(batch, 1, rows)).statusCode).toBe(200)
  const single = `edit_single${callers}xx`
  await failed(caller.name, single, 'InternalError.Timeout', { key: 'SOFA-1' })
  return { caller, batch, single }
}

describe('a search', () => {
  it('finds edits by key, prompt, code, state, batch and time, at rest or not', async () => {
    const { caller, batch } = await stock()
    expect(await keysOf(caller, 'LAMP')).toEqual(['LAMP-1', 'LAMP-2', 'LAMP-3'])
    expect(await keysOf(caller, 'key:LAMP-2*')).toEqual(['LAMP-2'])
    expect(await keysOf(caller, 'prompt:"warm oak"')).toEqual(['LAMP-2'])
    expect(await keysOf(caller, 'LAMP prompt:steel')).toEqual(['LAMP-1', 'LAMP-3'])
    expect(await keysOf(caller, 'LAMP- key:LAMP-3')).toEqual(['LAMP-3'])
    expect(await keysOf(caller, 'code:internalerror')).toEqual(['SOFA-1'])
    expect(await keysOf(caller, 'state:failed')).toEqual(['SOFA-1'])
    expect(await keysOf(caller, 'state:queued prompt:oak')).toEqual(['LAMP-2'])
    expect(await keysOf(caller, 'batch:spring prompt:oak')).toEqual(['LAMP-2'])
    expect(await keysOf(caller, `batch:${batch} key:LAMP-1`)).toEqual(['LAMP-1'])
    expect(await keysOf(caller, 'before:2020-01-01')).toEqual([])
    expect(await keysOf(caller, 'after:2020-01-01 key:SOFA')).toEqual(['SOFA-1'])
  })

  it('finds batches by name and what has an id by it, and nothing besides', async () => {
    const { caller, batch, single } = await stock()
    const named = await find(caller, 'lamps')
    expect([named.batches.map(({ id }) => id), named.edits]).toEqual([[batch], []])
    const byId = await find(caller, batch)
    expect([byId.batches.map(({ id }) => id), byId.edits]).toEqual([[batch], []])
    const row = await find(caller, `${batch}-1`)
    expect([row.batches, row.edits.map(({ key }) => key)]).toEqual([[], ['LAMP-2']])
    expect((await find(caller, `${single} state:failed`)).edits.map(({ id }) => id)).toEqual([single])
    expect((await find(caller, `${single} state:queued`)).edits).toEqual([])
  })

  it('shows another producer nothing, by words, by id, or by a cursor', async () => {
    const { caller, batch, single } = await stock()
    const { nextCursor } = await find(caller, 'LAMP', '&limit=1')
    expect(nextCursor).toBeDefined()
    const other = await newCaller()
    const nothing = { batches: [], edits: [], looked: 0 }
    for (const line of ['LAMP', 'lamps', batch, `${batch}-1`, single, `batch:${batch}`, 'code:InternalError'])
      expect(await find(other, line)).toEqual(nothing)
    expect(await find(other, 'LAMP', `&limit=1&cursor=${nextCursor}`)).toEqual(nothing)
  })

  it('goes on with its cursor, and says that it did not look at all', async () => {
    const { caller } = await stock()
    const first = await find(caller, 'LAMP', '&limit=2')
    expect(first).toMatchObject({ bounded: true, looked: expect.any(Number) })
    const next = await find(caller, 'LAMP', `&limit=2&cursor=${first.nextCursor}`)
    expect(next.edits.map(({ key }) => key)).toEqual(['LAMP-3'])
    expect(next).not.toHaveProperty('bounded')
    const other = await caller.get(`/v1/search?q=SOFA&limit=2&cursor=${first.nextCursor}`)
    expect(other.statusCode).toBe(400)
  })

  it('looks at a bounded number of rows, and then says so', async () => {
    const caller = await newCaller()
    const batch = await caller.opened()
    for (let first = 1; first < 11_000; first += 1_000) await caller.put(batch, first, rowsFrom(first, 1_000))
    const page = await find(caller, 'prompt:"row 11000"')
    expect(page).toMatchObject({ edits: [], bounded: true, nextCursor: expect.any(String) })
    let { nextCursor, edits } = page
    // on a busy machine the time is over before the rows are
    while (nextCursor !== undefined && edits.length === 0)
      ({ nextCursor, edits } = await find(caller, 'prompt:"row 11000"', `&cursor=${nextCursor}`))
    expect(edits).toHaveLength(1)
  })

  it.each([
    ['sku:12', 'quote it'],
    ['state:lost', 'is none of queued'],
    ['prompt:"oak', 'a quote is not closed'],
    ['a'.repeat(501), '500'],
  ])('refuses %s', async (line, why) => {
    const answer = await (await newCaller()).get(`/v1/search?q=${encodeURIComponent(line)}`)
    expect(answer.statusCode).toBe(400)
    expect(answer.body).toContain(why)
  })
})

const sumOf = (counts: readonly number[] = []): number => counts.reduce((sum, each) => sum + each, 0)
const hourly = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:00:00\.000Z$/)

describe('the list of failures', () => {
  it('counts rows of batches and single edits by code, and says what they mean', async () => {
    const { caller } = await stock()
    const batch = `batch_failures${callers}`
    const made = { id: batch, producer: caller.name, name: 'x', bodyHash: 'h', createdAt: 1_800_000_000_000 }
    await ledger.openBatch(made)
    await ledger.appendRows({ batch, first: 0, count: 3, lots: [{ model: lane.model, class: 'standard' }] })
    for (const row of [0, 1])
      await failed(caller.name, `${batch}-${row}`, 'DataInspectionFailed', { batch, row })
    const answer = (await caller.get('/v1/failures')).json() as Failures
    expect(answer).toMatchObject({
      failures: [
        { code: 'DataInspectionFailed', edits: 2, batches: 1, retry: 'changed', billed: [] },
        { code: 'InternalError.Timeout', edits: 1, batches: 0, retry: 'unchanged' },
      ],
      looked: { batches: 2, edits: 3 },
    })
    expect(answer.failures[0]?.lastAt).toBeDefined()
    // an hour may have begun since
    const [first, second] = answer.failures.map(({ hours = [] }) => hours)
    expect([first?.length, sumOf(first?.slice(-2)), sumOf(first)]).toEqual([24, 2, 2])
    expect(sumOf(second)).toBe(1)
    const last = Date.parse(answer.hoursFrom) + 23 * 3600_000
    expect(Date.now() - last).toBeGreaterThanOrEqual(0)
    expect(Date.now() - last).toBeLessThan(2 * 3600_000)
    expect(answer).not.toHaveProperty('bounded')
    const ofBatch = (await caller.get(`/v1/failures?batch=${batch}`)).json() as Failures
    expect(ofBatch.failures.map(({ code }) => code)).toEqual(['DataInspectionFailed'])
    const late = (await caller.get('/v1/failures?since=2099-01-01T00:00:00Z')).json() as Failures
    expect(late).toEqual({ failures: [], hoursFrom: hourly, looked: { batches: 0, edits: 0 } })
  })

  it('says in which of the last 24 hours they failed, and leaves out what was before', async () => {
    const caller = await newCaller()
    const hour = 3600_000
    const ages = [0, 3 * hour, 3 * hour, 30 * hour]
    for (const [i, age] of ages.entries()) {
      const id = `edit_hours${callers}x${i}`
      await failed(caller.name, id, 'InternalError.Timeout')
      await world.redis.hset(`${world.prefix}:edit:${id}`, 'updatedAt', (await ledger.now()) - age)
    }
    const { failures } = (await caller.get('/v1/failures')).json() as Failures
    const [{ hours = [], edits } = { edits: 0 }] = failures
    expect([edits, sumOf(hours), sumOf(hours.slice(-2))]).toEqual([4, 3, 1])
    expect(sumOf(hours.slice(-5, -2))).toBe(2)
  })

  it('is empty for another producer, and has no batch of theirs', async () => {
    const { batch } = await stock()
    const other = await newCaller()
    expect((await other.get('/v1/failures')).json()).toEqual({
      failures: [],
      hoursFrom: hourly,
      looked: { batches: 0, edits: 0 },
    })
    expect((await other.get(`/v1/failures?batch=${batch}`)).statusCode).toBe(404)
  })
})
