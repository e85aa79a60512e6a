import type { LookupFunction } from 'node:net'
import { parseRanges } from '../net/trusted-ranges.ts'
import { allowRanges, faultOfEndpoint } from './endpoint-address.ts'

const leadingTo =
  (...addresses: string[]): LookupFunction =>
  (_hostname, _options, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
const unknown: LookupFunction = (_hostname, _options, callback) =>
  callback(Object.assign(new Error('none'), { code: 'ENOTFOUND' }), [])
const somewhere = { lookup: leadingTo('47.95.0.1') }

describe('faultOfEndpoint', () => {
  it.each([
    'https://shop.example.com/hook',
    'https://shop.example.com:8443/hook?token=a',
    'https://47.95.0.1/',
  ])('takes %s', async (address) => expect(await faultOfEndpoint(address, somewhere)).toBeUndefined())

  it.each([
    ['hooks', 'is not a valid URL'],
    ['ftp://shop.example.com/', 'must start with https://'],
    ['http://shop.example.com/', 'must start with https://'],
    ['http://47.95.0.1/', 'must start with https://'],
    ['https://user:word@shop.example.com/', 'must not carry a user name or a password'],
    ['https://shop.example.com/#part', 'must not hold a #: no server sees what is after it'],
  ])('says of %s that it %s', async (address, fault) =>
    expect(await faultOfEndpoint(address, somewhere)).toBe(fault),
  )

  it.each([
    '127.0.0.1',
    '0x7f000001',
    '2130706433',
    '127.1',
    '0.0.0.0',
    '10.0.0.1',
    '169.254.169.254',
    '100.100.100.200',
    '[::1]',
    '[::ffff:10.0.0.1]',
    '[64:ff9b::a9fe:a9fe]',
    '[2002:7f00:1::]',
    '[fe80::1]',
    '[fd00:ec2::254]',
  ])('refuses the literal %s', async (host) =>
    expect(await faultOfEndpoint(`https://${host}/`, somewhere)).toBe('must not point to a private address'),
  )

  it('refuses a name with one private address among public ones, and does not say which', async () => {
    const rules = { lookup: leadingTo('47.95.0.1', '10.1.2.3') }
    expect(await faultOfEndpoint('https://shop.example.com/', rules)).toBe('must name a public host')
  })

  it('leaves a name that is not known yet to whoever connects, if it looks like a public one', async () => {
    expect(await faultOfEndpoint('https://shop.example.com/', { lookup: unknown })).toBeUndefined()
    expect(await faultOfEndpoint('https://redis/', { lookup: unknown })).toBe('must name a public host')
    expect(await faultOfEndpoint('https://a.internal/', { lookup: unknown })).toBe('must name a public host')
  })

  it('takes what the installation allows, also in the clear, and never this machine or the keys of a cloud', async () => {
    const allow = allowRanges(parseRanges('10.0.0.0/8,127.0.0.0/8,169.254.0.0/16'))
    expect(await faultOfEndpoint('http://10.1.2.3:8080/', { allow })).toBeUndefined()
    expect(
      await faultOfEndpoint('http://orders.internal/', { allow, lookup: leadingTo('10.1.2.3') }),
    ).toBeUndefined()
    expect(await faultOfEndpoint('http://shop.example.com/', { allow, ...somewhere })).toBe(
      'must start with https://',
    )
    for (const host of ['127.0.0.1', '169.254.169.254'])
      expect(await faultOfEndpoint(`https://${host}/`, { allow })).toBe('must not point to a private address')
  })
})
