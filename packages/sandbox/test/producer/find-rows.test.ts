import { openRowReader } from '@restyle/shared/rows/read-rows'
import { openRetake } from '@restyle/shared/rows/retake'
import { feedRows } from '@restyle/shared/rows/rows-to-feed'
import { type Judging, openJudging } from './judging.ts'
import { openCaller, rowsFrom } from './open-batches.ts'

let judging: Judging
beforeAll(async () => {
  judging = await openJudging()
})
afterAll(() => judging.world.stop())

const find = async (batch: string, line: string, more = '') =>
  (await judging.send('GET', `/v1/batches/${batch}/rows?q=${encodeURIComponent(line)}${more}`)).body
const rows = ['LAMP-1', 'LAMP-2', 'SOFA-1', 'LAMP-3'].map((key, i) => ({
  key,
  prompt: i === 1 ? 'Warm OAK table' : 'steel',
}))

/** What failed is tried once more, asked otherwise. */
async function retry(batch: string, prompt: string): Promise<void> {
  const { ledger, world, send } = judging
  expect((await send('POST', `/v1/batches/${batch}/retry`, { prompt })).body).toMatchObject({ rows: 1 })
  const next = await ledger.nextToFeed()
  if (next.kind !== 'feed') throw new Error('nobody is hungry')
  const reader = openRowReader(world.store)
  const read = await reader.rowsOf({ id: batch, producer: next.producer }, next.from, next.from + 1_000)
  await feedRows(ledger, batch, read, next, openRetake({ ledger, store: world.store, rows: reader }))
}

describe('the rows of a batch with a key or a prompt', () => {
  it('are told by their numbers, whether they rest or have ended', async () => {
    const batch = await judging.batchOf('+-++', { rows })
    const all = { lookedTo: 4, ofRows: 4 }
    expect(await find(batch, 'key:LAMP*')).toEqual({ rows: '1-2,4', matched: 3, ...all })
    expect(await find(batch, 'LAMP prompt:"oak table"')).toEqual({ rows: '2', matched: 1, ...all })
    expect(await find(batch, 'prompt:steel prompt:tee')).toEqual({ rows: '1,3-4', matched: 3, ...all })
    expect(await find(batch, 'key:CHAIR')).toEqual({ rows: '', matched: 0, ...all })
    expect(await find(batch, 'key:LAMP', '&from=3')).toEqual({ rows: '4', matched: 1, ...all })
  })

  it('have the prompt that they were asked for last', async () => {
    const batch = await judging.batchOf('+-', { rows })
    await retry(batch, 'on walnut')
    expect(await find(batch, 'prompt:walnut')).toMatchObject({ rows: '2' })
    expect(await find(batch, 'prompt:oak')).toMatchObject({ rows: '' })
    await judging.end('+')
  })

  it('of an open batch are looked for as far as they have come', async () => {
    const caller = await openCaller(judging.world, 'streams')
    const batch = await caller.opened()
    await caller.put(batch, 1, rowsFrom(1, 1_000))
    await caller.put(batch, 1_001, rowsFrom(1_001, 500))
    const answer = await caller.get(`/v1/batches/${batch}/rows?q=prompt:%22row+1499%22`)
    expect(answer.json()).toEqual({ rows: '1499', matched: 1, lookedTo: 1_500, ofRows: 1_500 })
    expect((await caller.get(`/v1/batches/${batch}/rows?q=a&from=1501`)).json()).toMatchObject({ rows: '' })
  })

  it.each([
    ['state:failed', 'only words, key: and prompt:'],
    ['batch:spring', 'only words, key: and prompt:'],
    ['after:2026-01-01', 'only words, key: and prompt:'],
    ['prompt:"oak', 'a quote is not closed'],
  ])('are not looked for by %s', async (line, why) => {
    const batch = await judging.batchOf('+', { rows })
    expect(await find(batch, line)).toMatchObject({
      code: 'invalid-parameter',
      errors: [{ parameter: 'q', detail: expect.stringContaining(why) }],
    })
  })

  it('are nobody else’s', async () => {
    const batch = await judging.batchOf('+', { rows })
    const other = await openCaller(judging.world, 'other')
    expect((await other.get(`/v1/batches/${batch}/rows?q=key:LAMP`)).statusCode).toBe(404)
  })
})
