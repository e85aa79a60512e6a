import { startFakeWorld } from '../test/fake-world.ts'

let world: Awaited<ReturnType<typeof startFakeWorld>>
beforeEach(async () => {
  world = await startFakeWorld()
})
afterEach(() => world.close())

const key = {
  id: '6f1c2a9e',
  producer: 'catalog',
  scopes: ['edits:write', 'edits:read'],
  state: 'live',
  createdAt: '2026-03-02T21:00:00.000Z',
}
const secret = `rk_6f1c2a9e_${'0'.repeat(64)}`
const asked = () => world.seen.map(({ method, url, body }) => [method, url, String(body)])

describe('restyle keys', () => {
  it('makes a key, and prints it alone to stdout', async () => {
    world.answer = () => ({ ...key, key: secret })
    const args = ['keys', 'create', 'catalog', '--scopes', 'edits:write, edits:read', '--expires', '90d']
    const { exitCode, stdout, stderr } = await world.restyle(args)
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${secret}\n` })
    expect(stderr).toContain('Key 6f1c2a9e of catalog: edits:write edits:read. It is shown this once:')
    expect(stderr).not.toContain(secret)
    const body = { producer: 'catalog', scopes: ['edits:write', 'edits:read'], expiresInSeconds: 7_776_000 }
    expect(asked()).toEqual([['POST', '/v1/keys', JSON.stringify(body)]])
  })

  it('lists keys page by page', async () => {
    const until = { ...key, id: 'older', expiresAt: '2026-03-03T21:00:00.000Z', name: 'backend' }
    world.answer = ({ url }) =>
      url.includes('cursor')
        ? { keys: [{ ...key, lastUsedAt: '2026-03-04T08:15:00.000Z' }] }
        : { keys: [until], nextCursor: '1-older' }
    const { stdout } = await world.restyle(['keys', 'list', '--producer', 'catalog'])
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['key', 'producer', 'state', 'last used', 'made', 'name', 'scopes'],
      [
        'older',
        'catalog',
        'live until 2026-03-03 21:00Z',
        '2026-03-02 21:00Z',
        'backend',
        'edits:write edits:read',
      ],
      ['6f1c2a9e', 'catalog', 'live', '2026-03-04 08:15Z', '2026-03-02 21:00Z', 'edits:write edits:read'],
      [''],
    ])
  })

  it('rotates the key in use where no other is named', async () => {
    world.answer = () => ({ ...key, predecessor: 'older', key: secret })
    expect((await world.restyle(['keys', 'rotate', '--overlap', '10m'])).stdout).toBe(`${secret}\n`)
    await world.restyle(['keys', 'rotate', 'older'])
    expect(asked()).toEqual([
      ['POST', '/v1/key/rotate', '{"overlapSeconds":600}'],
      ['POST', '/v1/keys/older/rotate', '{}'],
    ])
  })

  it('revokes a key, with its successors where that is asked for', async () => {
    world.answer = () => ({ ...key, state: 'revoked', revokedAt: '2026-03-04T08:15:00.000Z' })
    expect((await world.restyle(['keys', 'revoke', 'older'])).stdout).toContain('revoked 2026-03-04 08:15Z')
    await world.restyle(['keys', 'revoke', 'older', '--successors'])
    expect(asked().map(([method, url]) => [method, url])).toEqual([
      ['DELETE', '/v1/keys/older?successors=false'],
      ['DELETE', '/v1/keys/older?successors=true'],
    ])
  })

  it.each([
    ['keys create catalog --scopes edits:delete', /It must be one of edits:write, edits:read/],
    ['keys create catalog --expires soon', /It must be a time such as 10m/],
    ['producer set catalog --rate 0', /It must be a whole number from 1 on/],
    ['producer set catalog', /say what to set/],
  ])('%s is refused, and nothing is sent', async (args, said) => {
    const { exitCode, stderr } = await world.restyle(args.split(' '))
    expect([exitCode, world.seen]).toEqual([2, []])
    expect(stderr).toMatch(said)
  })
})

describe('restyle producer', () => {
  const producer = { name: 'catalog', weight: 3, zone: 'UTC', caps: [], rate: 600, openEdits: 50_000 }

  it('sets what is named, and takes limits away', async () => {
    world.answer = () => producer
    const args = ['producer', 'set', 'catalog', '--rate', '600', '--places', 'none', '--open-edits', '50000']
    expect(await world.restyle(args)).toMatchObject({
      exitCode: 0,
      stdout: 'catalog  weight 3  UTC  600 requests a minute  50000 open edits\n',
    })
    expect(asked()).toEqual([
      ['PATCH', '/v1/producers/catalog', '{"rate":600,"places":null,"openEdits":50000}'],
    ])
  })

  it('shows one, or all', async () => {
    world.answer = ({ url }) => (url.startsWith('/v1/producers?') ? { producers: [producer] } : producer)
    const line = 'catalog  weight 3  UTC  600 requests a minute  50000 open edits\n'
    expect((await world.restyle(['producer', 'show'])).stdout).toBe(line)
    expect((await world.restyle(['producer', 'show', 'catalog'])).stdout).toBe(line)
  })
})
