import { createLog } from '@restyle/shared/log'
import { untimed } from '@restyle/worker/hand/pulse'
import { verdictAgain, verdictsAgain } from '@restyle/worker/rebuild/verdicts-again'
import { recordVerdicts } from '@restyle/worker/verdict/record-verdicts'
import { type Judging, openJudging } from './judging.ts'

let judging: Judging
let world: Judging['world']
let ledger: Judging['ledger']
let ana: Judging['ana']
let ben: Judging['ben']
beforeAll(async () => {
  judging = await openJudging()
  ;({ world, ledger, ana, ben } = judging)
})
afterAll(() => world.stop())

const keyIdOf: Judging['keyIdOf'] = (key) => judging.keyIdOf(key)
const send: Judging['send'] = (...call) => judging.send(...call)
const batchOf: Judging['batchOf'] = (ends) => judging.batchOf(ends)
const single: Judging['single'] = () => judging.single()
const problem = (code: string, status: number) => ({ type: `/problems#${code}`, status })

const results = async (id: string, query: string) =>
  (await send('GET', `/v1/batches/${id}/results?${query}`)).body as {
    results: { row: number; verdict?: object; columns?: object }[]
    nextCursor?: string
  }
const rowsOf = async (id: string, query: string) => (await results(id, query)).results.map(({ row }) => row)

describe('the verdict of one edit', () => {
  it('is set, shown and taken back, in a batch and alone', async () => {
    const batch = await batchOf('+-')
    for (const id of [`${batch}-0`, await single()]) {
      const verdict = { verdict: 'rejected', note: 'the lamp leans\nto the left', image: 0 }
      const set = await send('PUT', `/v1/edits/${id}/verdict`, verdict)
      const shown = { ...verdict, by: keyIdOf(ana), at: expect.any(String) }
      expect([set.status, set.body]).toEqual([200, shown])
      expect((await send('GET', `/v1/edits/${id}/verdict`)).body).toEqual(shown)
      expect((await send('GET', `/v1/edits/${id}`)).body['verdict']).toEqual(shown)
      expect((await send('PUT', `/v1/edits/${id}/verdict`, { verdict: null })).body).toEqual({
        verdict: null,
      })
      expect((await send('GET', `/v1/edits/${id}`)).body['verdict']).toBeUndefined()
    }
    const { body } = await send('GET', '/v1/events?limit=500')
    const events = body['events'] as { type: string; subject: string; data: { verdict: unknown } }[]
    const told = events.filter(
      ({ type, subject }) => type === 'restyle.edit.reviewed' && subject === `${batch}-0`,
    )
    expect(told.map(({ data }) => data.verdict)).toEqual(['rejected', null])
  })

  it('is refused where there are no such images, and says why', async () => {
    const batch = await batchOf('+-')
    const put = async (id: string, verdict: object) =>
      (await send('PUT', `/v1/edits/${id}/verdict`, verdict)).body
    expect(await put(`${batch}-1`, { verdict: 'approved' })).toMatchObject({
      ...problem('not-judged', 409),
      detail: expect.stringContaining('is failed'),
    })
    expect(await put(`${batch}-0`, { verdict: 'approved', image: 1 })).toMatchObject(
      problem('invalid-request', 422),
    )
    expect(await put(`${batch}-0`, { verdict: 'approved', note: 'x'.repeat(1_001) })).toMatchObject(
      problem('invalid-request', 422),
    )
  })

  it('is refused with a code of its own where the batch has as many as it may have; an order of one row is not', async () => {
    const batch = await batchOf('+')
    await world.redis.hset(`${world.prefix}:batch:${batch}`, 'verdicts:bytes', 16 * 1024 * 1024)
    const set = await send('PUT', `/v1/edits/${batch}-0/verdict`, { verdict: 'approved' })
    expect(set.body).toMatchObject(problem('too-many-verdicts', 409))
    const order = { verdict: 'approved', rows: '1', where: { verdict: 'none' } }
    expect((await send('POST', `/v1/batches/${batch}/verdicts`, order)).body).toMatchObject({ done: 1 })
    expect((await send('GET', `/v1/edits/${batch}-0/verdict`)).body).toMatchObject({ verdict: 'approved' })
  })

  it('is what lists and searches narrow by, and is shown there', async () => {
    const batch = await batchOf('+++-')
    const alone = await single()
    const says = (id: string, verdict: string) => send('PUT', `/v1/edits/${id}/verdict`, { verdict })
    for (const id of [`${batch}-0`, alone]) await says(id, 'approved')
    await says(`${batch}-2`, 'redo')
    const found = async (path: string): Promise<string[]> => {
      const edits = (await send('GET', path)).body['edits'] as { id: string; verdict?: { verdict: string } }[]
      return edits.map(({ id, verdict }) => `${id} ${verdict?.verdict}`)
    }
    const all = await found('/v1/edits?verdict=approved')
    expect(all).toEqual(expect.arrayContaining([`${batch}-0 approved`, `${alone} approved`]))
    expect(all.filter((each) => !each.endsWith(' approved'))).toEqual([])
    const none = [`${batch}-1 undefined`]
    expect(await found(`/v1/edits?verdict=none&batch=${batch}`)).toEqual(none)
    expect(await found(`/v1/edits?verdict=none&state=failed&batch=${batch}`)).toEqual([])
    expect(await found(`/v1/search?q=verdict:redo batch:${batch}`)).toEqual([`${batch}-2 redo`])
    expect(await found(`/v1/search?q=${batch}-2 verdict:approved`)).toEqual([])
    expect(await found(`/v1/edits/${batch}-2/takes`)).toEqual([`${batch}-2 redo`])
    expect(await send('GET', '/v1/search?q=verdict:good')).toMatchObject({ status: 400 })
  })

  it('is not overruled unseen: the second of two persons hears who decided what', async () => {
    const batch = await batchOf('++')
    for (const id of [`${batch}-0`, await single()]) {
      const url = `/v1/edits/${id}/verdict`
      const seen = (await send('GET', url)).tag
      const first = await send('PUT', url, { verdict: 'approved' }, { headers: { 'if-match': seen } })
      expect(first.status).toBe(200)
      const second = await send(
        'PUT',
        url,
        { verdict: 'rejected' },
        { headers: { 'if-match': seen }, as: ben },
      )
      expect(second.body).toMatchObject({
        ...problem('precondition-failed', 412),
        detail: expect.stringMatching(`^It is approved, as the key ${keyIdOf(ana)} said at `),
      })
      const undone = await send('PUT', url, { verdict: null }, { headers: { 'if-match': first.tag } })
      expect(undone.body).toEqual({ verdict: null })
    }
  })
})

describe('verdicts on many rows', () => {
  it('are given by number or by what holds of rows, and found in the results', async () => {
    const batch = await batchOf('++-+++')
    const url = `/v1/batches/${batch}/verdicts`
    const named = await send('POST', url, { verdict: 'rejected', rows: '2-3, 6' })
    expect([named.status, named.body]).toEqual([
      202,
      expect.objectContaining({ state: 'done', matched: 2, done: 2, skipped: 1, left: 0, by: keyIdOf(ana) }),
    ])
    const where = { state: 'succeeded', verdict: 'none' }
    const rest = await send('POST', url, { verdict: 'approved', where, except: '4' })
    expect(rest.body).toMatchObject({ matched: 2, done: 2, skipped: 0 })
    expect((await send('GET', `/v1/batches/${batch}`)).body['verdicts']).toEqual({
      approved: 2,
      rejected: 2,
      redo: 0,
    })
    expect(await rowsOf(batch, 'verdict=approved')).toEqual([0, 4])
    expect(await rowsOf(batch, 'verdict=rejected')).toEqual([1, 5])
    expect(await rowsOf(batch, 'verdict=none')).toEqual([2, 3])
    for (const query of ['rows=1-2', 'limit=2']) {
      const { body } = await send('GET', `/v1/batches/${batch}/edits?${query}`)
      expect(body['edits']).toMatchObject([
        { verdict: { verdict: 'approved', by: keyIdOf(ana) } },
        { verdict: { verdict: 'rejected' } },
      ])
    }
    expect(await rowsOf(batch, 'verdict=redo')).toEqual([])
    const page = await results(batch, 'verdict=approved&limit=1')
    expect(page.results).toMatchObject([{ row: 0, columns: { sku: 's0' }, verdict: { verdict: 'approved' } }])
    expect(await rowsOf(batch, `verdict=approved&limit=1&cursor=${page.nextCursor}`)).toEqual([4])
    expect(
      (await results(batch, 'limit=6')).results.filter(({ verdict }) => verdict !== undefined),
    ).toHaveLength(4)
  })

  it('are given to those that are named and that something holds of still', async () => {
    const batch = await batchOf('++-+')
    const url = `/v1/batches/${batch}/verdicts`
    await send('PUT', `/v1/edits/${batch}-1/verdict`, { verdict: 'rejected' }, { as: ben })
    const order = { verdict: 'approved', rows: '1-3', where: { state: 'succeeded', verdict: 'none' } }
    expect((await send('POST', url, order)).body).toMatchObject({ matched: 1, done: 1, skipped: 0 })
    expect(await rowsOf(batch, 'verdict=approved')).toEqual([0])
    expect(await rowsOf(batch, 'verdict=rejected')).toEqual([1])
    expect((await send('POST', url, { verdict: 'approved' })).body).toMatchObject(
      problem('invalid-request', 422),
    )
  })

  it('are undone, but for those that were judged since', async () => {
    const batch = await batchOf('+++')
    const url = `/v1/batches/${batch}/verdicts`
    const { body } = await send('POST', url, { verdict: 'approved', where: {} })
    await send('PUT', `/v1/edits/${batch}-1/verdict`, { verdict: 'redo' }, { as: ben })
    const undone = await send('POST', `/v1/operations/${String(body['id'])}/undo`)
    expect(undone.body).toMatchObject({ state: 'undone', restored: 2, changedSince: 1 })
    expect(await rowsOf(batch, 'verdict=none')).toEqual([0, 2])
    expect(await rowsOf(batch, 'verdict=redo')).toEqual([1])
    const aborted = await send('POST', `/v1/operations/${String(body['id'])}/abort`)
    expect(aborted.body).toMatchObject({ state: 'undone' })
  })

  it('are one operation under one Idempotency-Key, and none where the map has moved on', async () => {
    const batch = await batchOf('++')
    const url = `/v1/batches/${batch}/verdicts`
    const headers = { 'idempotency-key': 'all' }
    const { mapVersion } = (await ledger.readBatch(batch)) ?? {}
    const first = await send('POST', url, { verdict: 'approved', where: {}, mapVersion }, { headers })
    expect(first.status).toBe(202)
    const again = await send('POST', url, { verdict: 'approved', where: {}, mapVersion }, { headers })
    expect(again.body).toEqual(first.body)
    const other = await send('POST', url, { verdict: 'rejected', where: {} }, { headers })
    expect(other.body).toMatchObject(problem('idempotency-conflict', 422))
    const late = await send('POST', url, { verdict: 'rejected', where: {}, mapVersion })
    expect(late.body).toMatchObject(problem('precondition-failed', 412))
    const bad = await send('POST', url, { verdict: 'rejected', rows: '3-1' })
    expect(bad.body).toMatchObject({
      ...problem('invalid-request', 422),
      errors: [{ pointer: '/rows', detail: expect.stringContaining('"3-1" is none') }],
    })
  })
})

describe('the bucket', () => {
  const tools = () => ({ ledger, store: world.store, log: createLog('info', { write: () => {} }) })

  it('gets verdicts some time after they have changed, and gives them back to a ledger that forgot them', async () => {
    const [batch, alone] = [await batchOf('+++++'), await single()]
    await send('PUT', `/v1/edits/${batch}-0/verdict`, { verdict: 'rejected', note: '“leans” 好' })
    await send('POST', `/v1/batches/${batch}/verdicts`, { verdict: 'approved', rows: '2-4' })
    await send('PUT', `/v1/edits/${alone}/verdict`, { verdict: 'redo', note: '好' })
    const judged = async () => [...(await ledger.verdictsOf(batch, 0, 5))]
    const before = await judged()
    const writes = () => recordVerdicts(tools(), untimed(), 60_000)
    expect(await writes()).toBeGreaterThan(1)
    await send('PUT', `/v1/edits/${batch}-1/verdict`, { verdict: 'redo' })
    // not more often than it is to be
    expect(await writes()).toBe(0)

    const names = await world.redis.keys(`${world.prefix}:batch:${batch}:verdicts*`)
    expect(names).toHaveLength(3)
    await world.redis.del(...names)
    const counts = ['approved', 'rejected', 'redo', 'verdicts:operations', 'verdicts:bytes']
    await world.redis.hdel(`${world.prefix}:batch:${batch}`, ...counts)
    const record = `${world.prefix}:edit:${alone}`
    const fields = (await world.redis.hkeys(record)).filter((name) => /^(verdict(~\d+)?|judged)$/.test(name))
    await world.redis.hdel(record, ...fields)
    // a row that somebody has judged since stays as it is, and one that was done again is another's
    await send('PUT', `/v1/edits/${batch}-3/verdict`, { verdict: 'rejected' })
    const now = (await judged()).find(([row]) => row === 3)
    await verdictsAgain(batch, (row) => (row === 2 ? 2 : 1), tools())
    await verdictAgain(alone, tools())
    expect(await judged()).toEqual(
      before.flatMap((each) => (each[0] === 2 ? [] : each[0] === 3 ? [now] : [each])),
    )
    expect((await send('GET', `/v1/batches/${batch}`)).body['verdicts']).toEqual({
      approved: 1,
      rejected: 2,
      redo: 0,
    })
    expect((await send('GET', `/v1/edits/${alone}/verdict`)).body).toMatchObject({
      verdict: 'redo',
      note: '好',
    })
    // the next operation has a number of its own
    await send('POST', `/v1/batches/${batch}/verdicts`, { verdict: 'redo', rows: '5' })
    expect((await ledger.verdictsOf(batch, 0, 5)).get(1)).toEqual(new Map(before).get(1))
  })
})
