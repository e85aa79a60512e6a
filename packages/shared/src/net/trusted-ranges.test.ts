import { isTrusted, parseRanges, rangeOf } from './trusted-ranges.ts'

const trusts = (ranges: string, address: string) => isTrusted(address, parseRanges(ranges))

describe('trusted ranges', () => {
  it.each([
    ['198.18.0.0/15', '198.18.0.5'],
    ['198.18.0.0/15', '198.19.255.255'],
    ['198.18.0.0/15', '::ffff:198.18.0.5'],
    ['10.0.0.0/8', '10.1.2.3'],
    ['64:ff9b::/96', '64:ff9b::808:808'],
    ['fc00::/18', 'fc00::5'],
    ['10.0.0.0/8, 198.18.0.0/15', '198.18.0.5'],
  ])('%s let a name lead to %s', (ranges, address) => {
    expect(trusts(ranges, address)).toBe(true)
  })

  it.each([
    ['', '198.18.0.5'],
    ['198.18.0.0/15', '198.20.0.1'],
    ['198.18.0.0/15', '64:ff9b::c612:5'],
    ['64:ff9b::/96', '64:ff9b::a9fe:a9fe'],
    ['64:ff9b::/96', '64:ff9b::7f00:1'],
    ['64:ff9b::/96', '64:ff9b::a00:1'],
    ['0.0.0.0/0', '127.0.0.1'],
    ['0.0.0.0/0', '169.254.169.254'],
    ['0.0.0.0/0', '100.100.100.200'],
    ['0.0.0.0/0', '168.63.129.16'],
    ['0.0.0.0/0', '192.0.0.192'],
    ['0.0.0.0/0', '0.0.0.0'],
    ['::/0', '::1'],
    ['::/0', 'fe80::1'],
    ['::/0', 'fd00:ec2::254'],
    ['10.0.0.0/8', 'a name'],
  ])('%s never let it lead to %s', (ranges, address) => {
    expect(trusts(ranges, address)).toBe(false)
  })

  it.each(['198.18.0.0', '198.18.0.0/33', 'fake-ip', '1.2.3.4/x'])('are not read from %s', (text) => {
    expect(() => parseRanges(`10.0.0.0/8,${text}`)).toThrow(`${text} is no range`)
  })
})

describe('the range of an address', () => {
  it.each([
    ['198.18.0.5', { range: '198.18.0.0/15', means: 'the stand-in addresses of a fake-ip proxy' }],
    ['64:ff9b::808:808', { range: '64:ff9b::/96', means: 'NAT64' }],
    // trusting the range would not let it pass
    ['64:ff9b::a9fe:a9fe', { range: '64:ff9b::/96 around 169.254.169.254' }],
    ['10.1.2.3', { range: 'private' }],
    ['127.0.0.1', { range: 'loopback' }],
    ['nothing', { range: 'no address' }],
  ])('of %s is told', (address, range) => {
    expect(rangeOf(address)).toEqual(range)
  })
})
