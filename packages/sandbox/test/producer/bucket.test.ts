import { fine, openProducer, type World } from './open-producer.ts'

describe('a producer before a bucket', () => {
  let world: World
  afterEach(() => world.stop())

  const ask = async () => {
    const headers = await world.keyOf('catalog')
    const [ready, edit, batch] = [
      await world.producer.app.inject({ url: '/readyz' }),
      await world.producer.app.inject({ method: 'POST', url: '/v1/edits', headers, payload: fine }),
      await world.producer.app.inject({
        method: 'POST',
        url: '/v1/batches',
        headers,
        payload: { edits: [fine] },
      }),
    ]
    return { codes: [ready.statusCode, edit.statusCode, batch.statusCode], edit }
  }
  const errors = () => world.lines.filter((line) => line.includes('"level":"error"'))

  it.each([
    ['overwrites', { name: 'images', dialect: 'gcs' }, /the bucket ignores if-none-match/],
    ['refuses conditions', { name: 'images', dialect: 'oss', pathStyle: true }, /NotImplemented/],
    ['is of another name', { name: 'pictures' }, /NoSuchBucket/],
  ] as const)('accepts nothing where it %s, and a person hears why once', async (_what, bucket, why) => {
    world = await openProducer({ bucket })
    const { codes, edit } = await ask()
    expect(codes).toEqual([503, 503, 503])
    expect(edit.json()).toMatchObject({
      type: '/problems#unavailable',
      detail: expect.stringMatching(/^The bucket cannot be relied on now, so nothing is accepted/),
    })
    expect(errors()).toHaveLength(1)
    expect(errors()[0]).toMatch(why)
    expect(await world.redis.keys(`${world.prefix}:edit:*`)).toEqual([])
  })

  it('tells a person when a bucket that was sound begins to refuse', async () => {
    world = await openProducer()
    expect((await ask()).codes).toEqual([200, 202, 202])
    const deed = { do: 'refuse', code: 'AccessDenied', times: Infinity } as const
    world.server.s3.faults.add({ ...deed, operation: 'PutObject' })
    await world.until(async () => (await ask()).codes.every((code) => code === 503))
    expect(errors()).toHaveLength(1)
    expect(errors()[0]).toMatch(/AccessDenied, \\"Access Denied\\": let this key put, get and list in images/)
  })

  it('accepts with the setting that it needs', async () => {
    world = await openProducer({
      bucket: { name: 'images', dialect: 'oss', pathStyle: true },
      createOnce: 'oss',
    })
    expect((await ask()).codes).toEqual([200, 202, 202])
  })

  it('accepts nothing into the bucket of another installation', async () => {
    world = await openProducer({ owner: '{other}' })
    expect((await ask()).codes).toEqual([503, 503, 503])
    expect(errors()[0]).toMatch(/belongs to the installation with RESTYLE_PREFIX=\{other\}/)
  })

  it('that is away when it starts accepts nothing before it was tried', async () => {
    world = await openProducer({ away: true })
    expect((await ask()).codes).toEqual([503, 503, 503])
    world.server.s3.faults.down(false)
    await world.until(async () => (await ask()).codes[0] === 200)
    expect((await ask()).codes).toEqual([200, 202, 202])
    expect(errors()).toEqual([])
  })
})
