import { batchOf, editOf, memory, startFakeWorld } from '../test/fake-world.ts'
import { textWidth } from './show/text-width.ts'

let world: Awaited<ReturnType<typeof startFakeWorld>>
beforeEach(async () => {
  world = await startFakeWorld()
})
afterEach(() => world.close())

const asked = () => world.seen.map(({ url }) => decodeURIComponent(url))

describe('restyle batches', () => {
  const id = 'batch_7h3d5f9k1m2n4p6q8r0s2t4v6w'
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => ({
      ...batchOf(40, { failed: 2, succeeded: i }),
      id,
      name: 'spring catalog',
    }))

  it('shows the newest as a table, and says that there are more', async () => {
    world.answer = () => ({ batches: many(21) })
    const { exitCode, stdout, stderr } = await world.restyle([
      'batches',
      '--name',
      'spring',
      '--state',
      'failed',
    ])
    expect(exitCode).toBe(0)
    expect(asked()).toEqual(['/v1/batches?limit=21&name=spring&state=failed'])
    expect(stdout.split('\n').slice(0, 3)).toEqual([
      'BATCH                             STATE   ENDED  FAILED      COST  OPENED             NAME',
      `${id}  active   2/40       2  CNY 0.00  2026-03-02 21:00Z  spring catalog`,
      `${id}  active   3/40       2  CNY 0.20  2026-03-02 21:00Z  spring catalog`,
    ])
    expect(stdout.trim().split('\n')).toHaveLength(21)
    expect(stderr).toContain('there are more: --all')
  })

  it('fits a terminal of 60 columns, with the whole id', async () => {
    world.answer = () => ({ batches: many(2) })
    const { out, text } = memory({ isTTY: true, columns: 60 })
    await world.restyle(['batches'], { stdout: out })
    for (const line of text().trim().split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(60)
    expect(text()).toContain(id)
    expect(text()).toContain('spring')
  })

  it('prints all of them as JSON lines, page by page', async () => {
    world.answer = ({ url }) =>
      url.includes('cursor=next') ? { batches: many(1) } : { batches: many(30), nextCursor: 'next' }
    const { stdout, stderr } = await world.restyle(['batches', '--json', '--from', '24h'])
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { id: string }).id),
    ).toHaveLength(31)
    expect(stderr).toBe('')
    expect(asked()[0]).toBe('/v1/batches?limit=500&from=2026-03-01T21:00:10.000Z')
  })

  it('says so where none is found, and names what cannot be read', async () => {
    world.answer = () => ({ batches: [], unreadable: [{ id: 'batch_9', why: 'damaged' }] })
    const { exitCode, stdout, stderr } = await world.restyle(['batches'])
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: 'No batches found.\n' })
    expect(stderr).toContain('batch_9')
  })
})

describe('restyle edits', () => {
  it('asks for a part of them, and shows code and key', async () => {
    world.answer = () => ({ edits: [editOf({ state: 'failed', failure: { code: 'Oops', message: 'x' } })] })
    const args = [
      '--batch',
      'batch_1',
      '--state',
      'failed,canceled',
      '--key-prefix',
      '4711-',
      '--error',
      'Oops',
    ]
    const { stdout } = await world.restyle([
      'edits',
      ...args,
      '--from',
      '2026-03-02',
      '--to',
      '2026-03-03T01:00+02:00',
    ])
    const [query] = asked()
    for (const part of ['batch=batch_1', 'state=failed,canceled', 'keyPrefix=4711-', 'errorCode=Oops'])
      expect(query).toContain(part)
    expect(query).toContain('from=2026-03-02T00:00:00.000Z')
    expect(query).toContain('to=2026-03-02T23:00:00.000Z')
    expect(stdout).toMatch(/^KEY +STATE +ERROR/)
    expect(stdout).toMatch(/mug +failed +Oops/)
  })

  it('stops at the limit without asking for the rest', async () => {
    world.answer = () => ({ edits: [editOf({}), editOf({}), editOf({})], nextCursor: 'x' })
    const { stdout, stderr } = await world.restyle(['edits', '--limit', '2'])
    expect(stdout.trim().split('\n')).toHaveLength(3)
    expect(stderr).toBe('')
    expect(world.seen).toHaveLength(1)
  })

  it.each([['yesterday'], ['2026-13-01'], ['5w']])('refuses the time %s', async (time) => {
    expect(await world.restyle(['edits', '--from', time])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('must be a time such as'),
    })
  })
})
