import { batchOf, problem, startFakeWorld } from '../test/fake-world.ts'

let world: Awaited<ReturnType<typeof startFakeWorld>>
beforeEach(async () => {
  world = await startFakeWorld()
})
afterEach(() => world.close())

const budget = (micros: number, freeMicros: number) => ({ currency: 'CNY', micros, freeMicros })

describe('restyle budget', () => {
  it('says what a batch may cost, and what is free of it', async () => {
    world.answer = () => ({ ...batchOf(2, { queued: 2 }), budget: budget(50_250_000, 49_050_000) })
    const { exitCode, stdout } = await world.restyle(['budget', 'batch_1', '50.25'])
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: 'batch_1 may cost CNY 50.25, of which CNY 49.05 is free\n',
    })
    const [asked] = world.seen
    expect([asked?.method, asked?.url, String(asked?.body)]).toEqual([
      'PATCH',
      '/v1/batches/batch_1',
      '{"budget":{"currency":"CNY","micros":50250000}}',
    ])
  })

  it('ends a budget, and takes another currency', async () => {
    world.answer = () => batchOf(2, { queued: 2 })
    expect((await world.restyle(['budget', 'batch_1', 'none'])).stdout).toBe('batch_1 has no budget\n')
    await world.restyle(['budget', 'batch_1', '0.03', '--currency', 'USD'])
    expect(world.seen.map(({ body }) => String(body))).toEqual([
      '{"budget":null}',
      '{"budget":{"currency":"USD","micros":30000}}',
    ])
  })

  it('sends nothing that is none', async () => {
    for (const text of ['0', '1.2345678', 'much', '1e3'])
      expect(await world.restyle(['budget', 'batch_1', text])).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining(
          'It must be an amount above 0, such as 50 or 0.25, or none.',
        ) as string,
      })
    expect(world.seen).toEqual([])
  })
})

describe('restyle usage', () => {
  const row = (name: string, micros: number, more: object = {}) => ({
    name,
    currency: 'CNY',
    micros,
    reservedMicros: 0,
    images: 1,
    ...more,
  })
  const page = (rows: object[], more: object = {}) => ({
    by: 'day',
    from: '2026-10-24',
    to: '2026-10-25',
    rows,
    totals: [
      { currency: 'CNY', micros: 600_000, reservedMicros: 200_000, images: 3 },
      { currency: 'USD', micros: 30_000, reservedMicros: 0, images: 1 },
    ],
    ...more,
  })

  it('is a table with a sum for each currency', async () => {
    world.answer = () =>
      page([
        row('2026-10-24', 400_000, { images: 2 }),
        row('2026-10-25', 200_000, { reservedMicros: 200_000 }),
        row('2026-10-25', 30_000, { currency: 'USD' }),
      ])
    const { stdout } = await world.restyle(['usage', '--from', '2026-10-24', '--to', '2026-10-25'])
    expect(stdout.split('\n')).toEqual([
      'DAY           BILLED  RESERVED  IMAGES',
      '2026-10-24  CNY 0.40  CNY 0.00       2',
      '2026-10-25  CNY 0.20  CNY 0.20       1',
      '2026-10-25  USD 0.03  USD 0.00       1',
      '2026-10-24 to 2026-10-25: CNY 0.60 for 3 images, and CNY 0.20 reserved',
      '2026-10-24 to 2026-10-25: USD 0.03 for 1 image',
      '',
    ])
    expect(world.seen[0]?.url).toBe('/v1/usage?by=day&limit=1000&from=2026-10-24&to=2026-10-25')
  })

  it('reads all pages of the same days, as JSON lines too', async () => {
    world.answer = ({ url }) =>
      url?.includes('cursor') === true ? page([row('b', 2)]) : page([row('a', 1)], { nextCursor: 'a CNY' })
    const { stdout } = await world.restyle(['usage', '--by', 'lane', '--json'])
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { name: string }).name),
    ).toEqual(['a', 'b'])
    expect(world.seen[1]?.url).toContain('from=2026-10-24&to=2026-10-25')
  })

  it('says where nothing was, what is refused, and what is no date', async () => {
    world.answer = () => page([], { totals: [] })
    expect((await world.restyle(['usage'])).stdout).toBe('nothing from 2026-10-24 to 2026-10-25\n')
    world.answer = (_, response) => {
      response.writeHead(403)
      return problem('forbidden', 'The usage of another producer needs a key with the scope admin.')
    }
    expect(await world.restyle(['usage', '--producer', 'theirs'])).toMatchObject({
      exitCode: 1,
      stderr: 'The usage of another producer needs a key with the scope admin.\n',
    })
    expect(await world.restyle(['usage', '--from', '2026-02-30'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('It must be a date such as 2026-10-25.') as string,
    })
  })
})
