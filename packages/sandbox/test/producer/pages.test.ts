import type { EditView } from '@restyle/shared/contract/edit'
import { ledgerKeys } from '@restyle/shared/ledger/keys'
import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import { asked } from '../ledger/ledger-world.ts'
import { type Caller, openCaller, rowsFrom } from './open-batches.ts'
import { openProducer, type World } from './open-producer.ts'

type Item = { id: string }
type Page = {
  edits?: Item[]
  results?: Item[]
  runs?: Item[]
  reviews?: { edit: EditView }[]
  nextCursor?: string
}

let world: World
let ledger: Ledger
let callers = 0
beforeAll(async () => {
  world = await openProducer()
  ledger = openLedger(world.redis, world.prefix)
})
afterAll(() => world.stop())

/** A caller with nothing in its lists. */
async function newCaller(): Promise<Caller & { name: string }> {
  callers += 1
  const name = `pages-${callers}`
  return { ...(await openCaller(world, name)), name }
}

/** The ids of every item of a list, followed by its cursors. */
async function all(caller: Caller, url: string): Promise<string[]> {
  const ids: string[] = []
  let cursor = ''
  for (;;) {
    const answer = await caller.get(`${url}${cursor}`)
    expect(answer.statusCode).toBe(200)
    const { edits = [], results = [], runs = [], reviews = [], nextCursor } = answer.json() as Page
    const held = reviews.map(({ edit }) => edit)
    ids.push(...[...edits, ...results, ...runs, ...held].map(({ id }) => id))
    if (nextCursor === undefined) return ids
    cursor = `&cursor=${nextCursor}`
  }
}

describe('a list by pages', () => {
  it('has each of 500 held edits of one instant once, by pages of 7', async () => {
    const caller = await newCaller()
    const made = Array.from({ length: 500 }, (_, i) => `edit_held${callers}x${i}`)
    await ledger.accept(made.map((id) => asked(id, { producer: caller.name })))
    const keys = ledgerKeys(world.prefix)
    const pipeline = world.redis.pipeline()
    for (const id of made)
      pipeline.hset(keys.edit(id), 'state', 'review').zadd(keys.held(caller.name), 1_800_000_000_000, id)
    await pipeline.exec()
    expect(await all(caller, '/v1/reviews?limit=7')).toEqual(made.toSorted())
  })

  it('has each of 500 runs of a schedule of one instant once, by pages of 7', async () => {
    const caller = await newCaller()
    const url = '/v1/schedules/nightly'
    const spec = {
      cron: '0 0 29 2 *',
      timeZone: 'UTC',
      manifest: 'https://cdn.example.com/a.csv',
      prompt: 'x',
    }
    await world.producer.app.inject({ method: 'PUT', url, headers: caller.headers, payload: spec })
    const made = Array.from({ length: 500 }, (_, i) => `run${i}`)
    const read = await ledger.schedules.read({ producer: caller.name, name: 'nightly' })
    if (read === undefined) throw new Error('there is no schedule')
    const entries = made.map((id) => ({ id, tick: 1, at: 1_800_000_000_000, outcome: 'ran' as const }))
    for (let from = 0; from < 500; from += 100) {
      const now = await ledger.schedules.read({ producer: caller.name, name: 'nightly' })
      const more = { wakeAt: 9e12, entries: entries.slice(from, from + 100) }
      await ledger.schedules.save(read.schedule, now?.version ?? '', more)
    }
    expect(await all(caller, `${url}/runs?limit=7`)).toEqual(made.toSorted().toReversed())
  })

  it('has each of 500 rows of a batch once, by pages of 7', async () => {
    const caller = await newCaller()
    const batch = await caller.opened()
    await caller.put(batch, 1, rowsFrom(1, 500))
    for (const list of ['edits', 'results']) {
      const ids = await all(caller, `/v1/batches/${batch}/${list}?limit=7`)
      expect(ids).toEqual(Array.from({ length: 500 }, (_, i) => `${batch}-${i}`))
    }
  })

  it('takes no cursor of another list, nor with another filter', async () => {
    const caller = await newCaller()
    const batch = await caller.opened()
    await caller.put(batch, 1, rowsFrom(1, 3))
    const { nextCursor } = (await caller.get('/v1/edits?limit=1&state=queued')).json() as Page
    for (const url of [
      '/v1/edits?',
      '/v1/edits?state=failed&',
      '/v1/batches?',
      `/v1/batches/${batch}/edits?`,
    ]) {
      const answer = await caller.get(`${url}cursor=${nextCursor}`)
      expect([url, answer.statusCode]).toEqual([url, 400])
      expect(answer.json().detail).toMatch(/^cursor is of another list or of another filter: send it with/)
    }
    expect((await caller.get(`/v1/edits?limit=2&state=queued&cursor=${nextCursor}`)).statusCode).toBe(200)
  })
})
