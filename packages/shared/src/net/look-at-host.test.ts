import type { LookupFunction } from 'node:net'
import { lookAtHost } from './look-at-host.ts'
import { parseRanges } from './trusted-ranges.ts'

const answering =
  (...addresses: string[]): LookupFunction =>
  (_hostname, _options, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
const look = (lookup: LookupFunction, trusted = '') =>
  lookAtHost('pictures.example', { lookup, trusted: parseRanges(trusted) })

describe('a look at a host of results', () => {
  it('finds it open where all its addresses are public', async () => {
    expect(await look(answering('47.95.0.1', '2606:4700::1111'))).toEqual({
      kind: 'open',
      addresses: ['47.95.0.1', '2606:4700::1111'],
      trusted: false,
    })
  })

  it('finds it refused behind a fake-ip resolver, and names the setting', async () => {
    expect(await look(answering('198.18.1.9'))).toEqual({
      kind: 'refused',
      address: '198.18.1.9',
      range: '198.18.0.0/15',
      hint: expect.stringContaining('set RESTYLE_TRUST_RANGES=198.18.0.0/15'),
    })
    expect(await look(answering('198.18.1.9'), '198.18.0.0/15')).toMatchObject({
      kind: 'open',
      trusted: true,
    })
  })

  it('finds it refused over one inner address among public ones', async () => {
    expect(await look(answering('47.95.0.1', '10.0.0.1'))).toMatchObject({
      kind: 'refused',
      range: 'private',
    })
  })

  it('says where it has no address', async () => {
    const failure = Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })
    expect(await look((_hostname, _options, callback) => callback(failure, []))).toEqual({
      kind: 'unresolved',
      code: 'ENOTFOUND',
    })
    expect(await look(answering())).toEqual({ kind: 'unresolved', code: 'ENODATA' })
  })
})
