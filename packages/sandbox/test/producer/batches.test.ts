import { digestOf, idFromKey } from '@restyle/shared/ids'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { fine, openProducer, type World } from './open-producer.ts'

describe('POST /v1/batches', () => {
  let world: World
  let headers: { authorization: string }
  const post = (payload: object, more: Record<string, string> = {}) =>
    world.producer.app.inject({
      method: 'POST',
      url: '/v1/batches',
      headers: { ...headers, ...more },
      payload,
    })
  const get = (url: string) => world.producer.app.inject({ url, headers })
  const written = async () =>
    (await world.redis.keys(`${world.prefix}:*`)).filter((key) => /:(edit|batch):/.test(key))

  beforeAll(async () => {
    world = await openProducer()
  })
  afterEach(() => world.redis.flushall())
  beforeEach(async () => {
    headers = await world.keyOf('catalog')
  })
  afterAll(() => world.stop())

  it('accepts 1,200 rows and gives them back in their order, page by page', async () => {
    const edits = Array.from({ length: 1_200 }, (_, i) => ({ ...fine, prompt: `row ${i + 1}` }))
    const answer = await post({ name: 'spring', edits })
    expect(answer.statusCode).toBe(202)
    const batch = answer.json()
    expect(batch).toMatchObject({ name: 'spring', total: 1_200, counts: { queued: 1_200 } })
    expect(answer.headers['location']).toBe(`/v1/batches/${batch.id}`)
    expect((await get(`/v1/batches/${batch.id}`)).json()).toEqual({
      ...batch,
      forecast: expect.objectContaining({ kind: 'unknown', reason: 'no-lane' }),
      waitsFor: expect.objectContaining({ code: 'no-lane' }),
    })

    const prompts: string[] = []
    const keys: string[] = []
    for (let after: string | undefined = ''; after !== undefined;) {
      const page: { edits: { prompt: string; key: string }[]; nextCursor?: string } = (
        await get(`/v1/batches/${batch.id}/edits?limit=500${after}`)
      ).json()
      prompts.push(...page.edits.map(({ prompt }) => prompt))
      keys.push(...page.edits.map(({ key }) => key))
      after = page.nextCursor === undefined ? undefined : `&cursor=${page.nextCursor}`
    }
    expect(prompts).toEqual(edits.map(({ prompt }) => prompt))
    expect(keys.slice(0, 2)).toEqual(['1', '2'])
    const ledger = openLedger(world.redis, world.prefix)
    // none is an edit before a worker feeds it
    expect(await ledger.waiting('wan2.5-i2i-preview')).toBe(0)
    expect(await ledger.readBatch(batch.id)).toMatchObject({ resting: 1_200, queued: 0 })
    const last = `${batch.id}-1199`
    const shown = (await get(`/v1/edits/${last}`)).json()
    expect(shown).toMatchObject({ id: last, prompt: 'row 1200', state: 'queued', createdAt: batch.createdAt })
    // it rests in the bucket
    expect(shown.request).toEqual({ images: fine.images, n: 1 })
    expect((await get(`/v1/edits/${batch.id}-1200`)).statusCode).toBe(404)
  })

  it('takes only its own cursors', async () => {
    const { id } = (await post({ edits: [fine] })).json()
    const answer = await get(`/v1/batches/${id}/edits?cursor=yesterday`)
    expect(answer.statusCode).toBe(400)
    expect(answer.json().detail).toBe('cursor must be the nextCursor of an earlier answer')
  })

  it('tells every fault of every row, of shape and of rule, and writes nothing', async () => {
    const answer = await post({
      edits: [
        fine,
        { ...fine, n: 5, size: '100*100' },
        { ...fine, colour: 'red' },
        'not an edit',
        { ...fine, images: [...fine.images, 'http://192.168.1.1/'] },
      ],
    })
    expect(answer.statusCode).toBe(422)
    expect(answer.json().errors).toEqual([
      { row: 2, pointer: '/edits/1/n', detail: expect.stringMatching(/^n is 5; /) },
      { row: 2, pointer: '/edits/1/size', detail: expect.stringMatching(/^size 100\*100 has/) },
      { row: 3, pointer: '/edits/2/colour', detail: 'colour is not a known field' },
      { row: 4, pointer: '/edits/3', detail: 'the body must be an object' },
      { row: 5, pointer: '/edits/4/images/1', detail: 'images/1 must not point to a private address' },
    ])
    expect(answer.json().detail).toBe('There are 5 faults. Nothing was enqueued.')
    expect(await written()).toEqual([])
  })

  it('lists the first 100 of many faults and counts them all', async () => {
    const { errors, detail } = (
      await post({ edits: Array.from({ length: 250 }, () => ({ ...fine, n: 0 })) })
    ).json()
    expect(errors).toHaveLength(100)
    expect(errors[99].row).toBe(100)
    expect(detail).toBe('There are 250 faults, of which the first 100 are listed. Nothing was enqueued.')
  })

  it('refuses two rows with one key, be it given or the number of the row', async () => {
    const { errors } = (await post({ edits: [{ ...fine, key: '2' }, fine, { ...fine, key: '2' }] })).json()
    expect(errors).toEqual([
      { row: 2, pointer: '/edits/1/key', detail: 'key "2" is the key of row 1 already' },
      { row: 3, pointer: '/edits/2/key', detail: 'key "2" is the key of row 1 already' },
    ])
    expect(await written()).toEqual([])
  })

  it.each<[string, object, string]>([
    ['no rows', { edits: [] }, 'edits must be at least 1 long'],
    ['rows that are no list', { edits: {} }, 'edits must be an array'],
    [
      '100,001 rows',
      { edits: Array.from({ length: 100_001 }, () => 1) },
      'edits must be at most 100000 long',
    ],
    ['an unknown field', { edits: [fine], urgent: true }, 'urgent is not a known field'],
  ])('refuses %s', async (_, body, detail) => {
    const answer = await post(body)
    expect(answer.statusCode).toBe(422)
    expect(answer.json().detail).toBe(detail)
  })

  it('answers the same key and rows with the same batch, and other rows with a conflict', async () => {
    const key = { 'idempotency-key': 'night' }
    const first = await post({ edits: [fine, fine] }, key)
    const second = await post({ edits: [fine, fine] }, key)
    const third = await post({ edits: [fine] }, key)
    expect([first, second, third].map(({ statusCode }) => statusCode)).toEqual([202, 200, 422])
    expect(second.json()).toEqual(first.json())
    expect(second.headers['idempotent-replayed']).toBe('true')
    const map = await openLedger(world.redis, world.prefix).readMap(first.json().id)
    expect(map).toBe('..')
  })

  it('completes an intake that broke off when it is asked again', async () => {
    const key = { 'idempotency-key': 'broken' }
    const id = idFromKey('batch', 'catalog', 'broken')
    const request = { model: 'wan2.5-i2i-preview', n: 1, ...fine }
    const hash = digestOf(request)
    const ledger = openLedger(world.redis, world.prefix)
    await ledger.openBatch({
      id,
      producer: 'catalog',
      name: '',
      total: 3,
      bodyHash: digestOf({ name: '', rows: [hash, hash, hash] }),
    })
    await ledger.accept([
      { id: `${id}-0`, producer: 'catalog', batch: id, row: 0, key: '1', request, bodyHash: hash },
    ])
    // even though no lane would take it any more
    await world.redis.hset(
      `${world.prefix}:lanes`,
      'l1',
      JSON.stringify({
        name: 'l1',
        model: 'wan2.7-image',
        region: 'beijing',
        running: 5,
        submitPerSecond: 5,
      }),
    )
    const answer = await post({ edits: [fine, fine, fine] }, key)
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({ id, total: 3, counts: { queued: 3 } })
  })

  it('asks the bucket once for a picture that many rows share', async () => {
    const before = world.server.s3.requests.HeadObject ?? 0
    const image = `sha256:${'a'.repeat(64)}`
    const answer = await post({ edits: Array.from({ length: 1_000 }, () => ({ ...fine, images: [image] })) })
    expect(answer.statusCode).toBe(422)
    expect((world.server.s3.requests.HeadObject ?? 0) - before).toBe(1)
  })

  it('says the limit to a body above 64 MiB', async () => {
    const answer = await post({ edits: [{ ...fine, prompt: 'x'.repeat(65 * 1024 * 1024) }] })
    expect(answer.statusCode).toBe(413)
    expect(answer.json().detail).toBe('The body is over 67108864 bytes.')
  })
})
