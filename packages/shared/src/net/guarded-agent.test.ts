import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, LookupFunction } from 'node:net'
import { request } from 'undici'
import { guardedAgent } from './guarded-agent.ts'
import { parseRanges } from './trusted-ranges.ts'

let connections = 0
const server = createServer((_request, response) => response.end('inside'))
server.on('connection', () => connections++)
let port = 0
const opened: { destroy(): Promise<void> }[] = []

beforeAll(async () => {
  // the unspecified address, so that every spelling of loopback would reach it
  await once(server.listen(0), 'listening')
  port = (server.address() as AddressInfo).port
})

beforeEach(() => {
  connections = 0
})

afterAll(async () => {
  await Promise.all(opened.map((agent) => agent.destroy()))
  server.closeAllConnections()
  server.close()
})

async function ask(host: string, options: Parameters<typeof guardedAgent>[0] = {}) {
  const agent = guardedAgent({ connectTimeoutMs: 2_000, ...options })
  opened.push(agent)
  const { body } = await request(`http://${host}:${port}/`, { dispatcher: agent })
  return body.text()
}

/** A resolver that knows these addresses for every name. */
function answering(...addresses: { address: string; family: number }[]): LookupFunction {
  return (_hostname, _options, callback) => callback(null, addresses)
}

const refused = { code: 'ERR_PRIVATE_ADDRESS' }
const publicAddress = '47.95.0.1'

describe('guardedAgent', () => {
  it.each([
    '127.0.0.1',
    '2130706433',
    '0177.0.0.1',
    '0x7f000001',
    '127.1',
    '0.0.0.0',
    '0',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::]',
    'localhost',
  ])('does not reach loopback spelled %s', async (host) => {
    await expect(ask(host)).rejects.toMatchObject(refused)
    expect(connections).toBe(0)
  })

  it.each(['169.254.169.254', '100.100.100.200', '[fd00:ec2::254]', '10.0.0.1'])(
    'does not try the inner address %s',
    async (host) => {
      await expect(ask(host)).rejects.toMatchObject(refused)
    },
  )

  it('does not reach a name that resolves to loopback', async () => {
    const lookup = answering({ address: '127.0.0.1', family: 4 })
    await expect(ask('images.example.com', { lookup })).rejects.toMatchObject(refused)
    expect(connections).toBe(0)
  })

  it('refuses a name with one private address among public ones', async () => {
    const lookup = answering({ address: publicAddress, family: 4 }, { address: '::1', family: 6 })
    await expect(ask('images.example.com', { lookup })).rejects.toMatchObject(refused)
  })

  it('refuses a name without an address', async () => {
    await expect(ask('images.example.com', { lookup: answering() })).rejects.toMatchObject(refused)
  })

  it('looks at the address it is really connected to', async () => {
    let reads = 0
    const turncoat = {
      family: 4,
      get address() {
        return reads++ === 0 ? publicAddress : '127.0.0.1'
      },
    }
    await expect(ask('images.example.com', { lookup: answering(turncoat) })).rejects.toMatchObject(refused)
    expect(connections).toBe(1)
  })

  it('passes a failed lookup on as it is', async () => {
    const failure = Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })
    const lookup: LookupFunction = (_hostname, _options, callback) => callback(failure, [])
    await expect(ask('images.example.com', { lookup })).rejects.toBe(failure)
  })

  it('reaches what is allowed by address and port', async () => {
    const allow = (address: string, to: number) => address === '127.0.0.1' && to === port
    expect(await ask('127.0.0.1', { allow })).toBe('inside')
    expect(
      await ask('images.example.com', { allow, lookup: answering({ address: '127.0.0.1', family: 4 }) }),
    ).toBe('inside')
    await expect(ask('[::1]', { allow })).rejects.toMatchObject(refused)
  })

  it('does not tell in its message where a name leads', async () => {
    const lookup = answering({ address: '10.1.2.3', family: 4 })
    await expect(ask('images.example.com', { lookup })).rejects.toThrow(
      'images.example.com is not on the public internet',
    )
  })

  it('reaches a trusted range by name, and never by a literal', async () => {
    const trusted = parseRanges('127.0.0.0/8,198.18.0.0/15')
    const lookup = answering({ address: '198.18.0.5', family: 4 })
    // nobody listens there: what counts is that it was tried
    await expect(
      ask('images.example.com', { trusted, lookup, connectTimeoutMs: 50 }),
    ).rejects.not.toMatchObject(refused)
    await expect(ask('198.18.0.5', { trusted })).rejects.toMatchObject(refused)
    // this machine stays closed, whatever is trusted
    await expect(
      ask('images.example.com', { trusted, lookup: answering({ address: '127.0.0.1', family: 4 }) }),
    ).rejects.toMatchObject(refused)
    expect(connections).toBe(0)
  })

  it('names for the log the range, and the setting where one would help', async () => {
    const hintOf = (address: string, family: number) =>
      ask('images.example.com', { lookup: answering({ address, family }) }).catch((error: unknown) => error)
    expect(await hintOf('198.18.0.5', 4)).toMatchObject({
      address: '198.18.0.5',
      range: '198.18.0.0/15',
      hint: 'images.example.com leads into 198.18.0.0/15, the stand-in addresses of a fake-ip proxy: if this network has one, set RESTYLE_TRUST_RANGES=198.18.0.0/15',
    })
    expect(await hintOf('64:ff9b::808:808', 6)).toMatchObject({ range: '64:ff9b::/96' })
    expect(await hintOf('10.1.2.3', 4)).toMatchObject({
      range: 'private',
      hint: 'images.example.com leads to an inner address (private), which is not fetched: look at the DNS of this machine',
    })
    expect(await ask('198.18.0.5').catch((error: unknown) => error)).toMatchObject({
      hint: expect.not.stringContaining('RESTYLE_TRUST_RANGES'),
    })
  })
})
