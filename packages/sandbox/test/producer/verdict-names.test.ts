import { openJudging, type Judging } from './judging.ts'

let judging: Judging
let ana: Judging['ana']
beforeAll(async () => {
  judging = await openJudging()
  ana = await newKey('Ana <b>好</b>')
})
afterAll(() => judging.world.stop())

async function newKey(name: string): Promise<Judging['ana']> {
  const as = await judging.world.keyOf('ops', ['admin'])
  const made = await judging.send('POST', '/v1/keys', { producer: 'shop', name }, { as })
  return { authorization: `Bearer ${String(made.body['key'])}` }
}

it('says what the key is called that gave a verdict, wherever a verdict is read', async () => {
  const { send, keyIdOf } = judging
  const batch = await judging.batchOf('++')
  const alone = await judging.single()
  const byAna = { verdict: 'rejected', note: 'leans', by: keyIdOf(ana), byName: 'Ana <b>好</b>' }
  for (const id of [`${batch}-0`, alone]) {
    const said = { verdict: 'rejected', note: 'leans' }
    const { body } = await send('PUT', `/v1/edits/${id}/verdict`, said, { as: ana })
    expect(body).toMatchObject(byAna)
    expect((await send('GET', `/v1/edits/${id}/verdict`)).body).toMatchObject(byAna)
    expect((await send('GET', `/v1/edits/${id}`)).body).toMatchObject({ verdict: byAna })
    for (const list of [
      '/v1/edits?verdict=rejected',
      '/v1/search?q=verdict:rejected',
      `/v1/edits/${id}/takes`,
    ])
      expect((await send('GET', list)).body['edits']).toContainEqual(
        expect.objectContaining({ id, verdict: expect.objectContaining(byAna) }),
      )
  }
  await send('POST', `/v1/batches/${batch}/verdicts`, { verdict: 'approved', rows: '2' }, { as: ana })
  const both = [{ verdict: byAna }, { verdict: { verdict: 'approved', byName: 'Ana <b>好</b>' } }]
  for (const query of ['rows=1-2', 'limit=2'])
    expect((await send('GET', `/v1/batches/${batch}/edits?${query}`)).body['edits']).toMatchObject(both)
  expect((await send('GET', `/v1/batches/${batch}/results`)).body['results']).toMatchObject(both)
})

it('says the id alone of a key without a name, and of one that is forgotten', async () => {
  const { send, keyIdOf, ben, world } = judging
  const batch = await judging.batchOf('++')
  const url = `/v1/edits/${batch}-0/verdict`
  expect((await send('PUT', url, { verdict: 'approved' }, { as: ben })).body).toEqual({
    verdict: 'approved',
    by: keyIdOf(ben),
    at: expect.any(String),
  })
  const cleo = await newKey('Cleo')
  await send('PUT', url, { verdict: 'rejected' }, { as: cleo })
  await world.redis.del(`${world.prefix}:apikey:${keyIdOf(cleo)}`)
  expect((await send('GET', url)).body).toEqual({
    verdict: 'rejected',
    by: keyIdOf(cleo),
    at: expect.any(String),
  })
})

it('tells who decides second the name of who was first, and takes a tag for what was decided alone', async () => {
  const { send, keyIdOf, ben, world } = judging
  const batch = await judging.batchOf('++')
  const url = `/v1/edits/${batch}-0/verdict`
  const seen = (await send('GET', url)).tag
  const first = await send('PUT', url, { verdict: 'approved' }, { as: ana })
  const late = { headers: { 'if-match': seen }, as: ben }
  expect((await send('PUT', url, { verdict: 'rejected' }, late)).body).toMatchObject({
    detail: expect.stringContaining(`It is approved, as Ana <b>好</b> (key ${keyIdOf(ana)}) said at `),
  })
  expect((await send('GET', url)).tag).toBe(first.tag)
  await world.redis.hdel(`${world.prefix}:apikey:${keyIdOf(ana)}`, 'name')
  expect((await send('GET', url)).tag).toBe(first.tag)
  const again = { headers: { 'if-match': first.tag }, as: ben }
  expect((await send('PUT', url, { verdict: 'rejected' }, again)).status).toBe(200)
})
