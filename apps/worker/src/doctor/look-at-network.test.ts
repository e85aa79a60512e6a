import type { LookupFunction } from 'node:net'
import type { Region } from '@restyle/dashscope/model'
import { readProxies } from '@restyle/shared/net/proxy-settings'
import { parseRanges } from '@restyle/shared/net/trusted-ranges'
import { lookAtNetwork } from './look-at-network.ts'

const answering =
  (address: string): LookupFunction =>
  (_hostname, _options, callback) =>
    callback(null, [{ address, family: 4 }])
const nothing: LookupFunction = (_hostname, _options, callback) =>
  callback(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), [])

const look = (
  lookup: LookupFunction,
  env: Record<string, string> = {},
  trusted = '',
  regions: readonly Region[] = ['beijing', 'beijing'],
) => {
  const { proxies, unheeded } = readProxies(env)
  const guard = { lookup, trusted: parseRanges(trusted) }
  return lookAtNetwork({ proxies, unheededProxies: unheeded }, regions, guard)
}

describe('a look at the network', () => {
  it('finds nothing to say where result hosts are found', async () => {
    expect(await look(answering('47.95.0.1'))).toMatchObject([{ verdict: 'ok' }])
  })

  it('stops where every image would be refused, and names the setting', async () => {
    const [finding] = await look(answering('198.18.0.9'))
    expect(finding).toMatchObject({ what: 'results', verdict: 'refuse' })
    expect(finding?.says).toContain('RESTYLE_TRUST_RANGES=198.18.0.0/15')
    expect(await look(answering('198.18.0.9'), {}, '198.18.0.0/15')).toMatchObject([{ verdict: 'ok' }])
  })

  it('stops there too in a region whose result host is not known', async () => {
    expect(await look(answering('198.18.0.9'), {}, '', ['virginia'])).toMatchObject([{ verdict: 'refuse' }])
  })

  it('names no setting for an inner address, but the resolver', async () => {
    const [finding] = await look(answering('100.64.0.9'))
    expect(finding?.says).toMatch(/inner address \(carrierGradeNat\).*look at the DNS of this machine$/)
  })

  it('warns where nothing is found', async () => {
    expect(await look(nothing)).toMatchObject([{ what: 'results', verdict: 'warn' }])
  })

  it('names the proxy, and leaves names to it', async () => {
    const findings = await look(answering('198.18.0.9'), { HTTPS_PROXY: 'http://me:secret@proxy:3128' })
    expect(findings).toMatchObject([{ what: 'proxy', verdict: 'ok' }])
    expect(JSON.stringify(findings)).not.toContain('secret')
  })

  it('follows names itself that are reached without the proxy', async () => {
    const env = { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: '.aliyuncs.com' }
    expect(await look(answering('198.18.0.9'), env)).toMatchObject([
      { what: 'proxy', verdict: 'ok' },
      { what: 'results', verdict: 'refuse' },
    ])
  })

  it('warns of a proxy that is set and not used', async () => {
    expect(await look(answering('47.95.0.1'), { ALL_PROXY: 'socks5://proxy:1' })).toMatchObject([
      { what: 'proxy', verdict: 'warn' },
      { verdict: 'ok' },
    ])
  })
})
