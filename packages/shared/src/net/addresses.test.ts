import { faultOfUrl, isPublicAddress } from './addresses.ts'

describe('isPublicAddress', () => {
  it.each(['8.8.8.8', '47.95.0.1', '100.63.255.255', '100.128.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])(
    'takes %s',
    (address) => {
      expect(isPublicAddress(address)).toBe(true)
    },
  )

  it.each([
    ['127.0.0.1', 'loopback'],
    ['0.0.0.0', 'this host'],
    ['0.1.2.3', 'this network'],
    ['10.1.2.3', 'private'],
    ['172.16.0.1', 'private'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'carrier-grade NAT'],
    ['100.100.100.200', 'Alibaba metadata'],
    ['169.254.169.254', 'metadata'],
    ['168.63.129.16', 'Azure host agent'],
    ['192.0.0.192', 'Oracle metadata'],
    ['192.88.99.1', '6to4 relay'],
    ['198.18.0.1', 'benchmarking'],
    ['192.0.2.1', 'documentation'],
    ['224.0.0.1', 'multicast'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'broadcast'],
    ['::', 'this host'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'mapped loopback'],
    ['::ffff:a00:1', 'mapped private'],
    ['::7f00:1', 'loopback in the old compatible form'],
    ['64:ff9b::7f00:1', 'NAT64'],
    ['64:ff9b:1::1', 'local NAT64'],
    ['2002:7f00:1::', '6to4'],
    ['2001:0:1::', 'Teredo'],
    ['fd00:ec2::254', 'AWS metadata'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'link-local with a zone'],
    ['fec0::1', 'site-local'],
    ['ff02::1', 'multicast'],
    ['2001:db8::1', 'documentation'],
    ['4000::1', 'unallocated'],
    ['', 'nothing'],
    ['example.com', 'a name'],
  ])('refuses %s (%s)', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })
})

describe('faultOfUrl', () => {
  it.each([
    'https://images.example.com/a.jpg?x=1',
    'http://8.8.8.8/a.jpg',
    'https://[2606:4700::1111]:8443/a.jpg',
    'https://localhost.example.com/a.jpg',
    'https://пример.рф/a.jpg',
  ])('takes %s', (url) => {
    expect(faultOfUrl(url)).toBeUndefined()
  })

  it.each([
    ['', 'is not a valid URL'],
    ['images/a.jpg', 'is not a valid URL'],
    ['http://', 'is not a valid URL'],
    ['ftp://example.com/a.jpg', 'must start with http:// or https://'],
    ['file:///etc/passwd', 'must start with http:// or https://'],
    ['javascript:alert(1)', 'must start with http:// or https://'],
    ['https://user@example.com/a.jpg', 'must not carry a user name or a password'],
    ['https://:word@example.com/a.jpg', 'must not carry a user name or a password'],
    ['http://127.0.0.1/', 'must not point to a private address'],
    ['http://2130706433/', 'must not point to a private address'],
    ['http://0177.0.0.1/', 'must not point to a private address'],
    ['http://0x7f000001/', 'must not point to a private address'],
    ['http://127.1/', 'must not point to a private address'],
    ['http://127.0.0.1./', 'must not point to a private address'],
    ['http://１２７.0.0.1/', 'must not point to a private address'],
    ['http://[::1]/', 'must not point to a private address'],
    ['http://[::ffff:127.0.0.1]/', 'must not point to a private address'],
    ['http://[::127.0.0.1]/', 'must not point to a private address'],
    ['http://[64:ff9b::a9fe:a9fe]/', 'must not point to a private address'],
    ['http://169.254.169.254/latest/meta-data/', 'must not point to a private address'],
    ['http://localhost/', 'must name a public host'],
    ['http://LOCALHOST./', 'must name a public host'],
    ['http://a.localhost/', 'must name a public host'],
    ['http://metadata.google.internal/', 'must name a public host'],
    ['http://printer.local/', 'must name a public host'],
    ['http://redis:6379/', 'must name a public host'],
  ])('says of %s that it %s', (url, fault) => {
    expect(faultOfUrl(url)).toBe(fault)
  })

  it('takes a private host that is allowed by name and port, and no other port', () => {
    const options = { allowHosts: ['127.0.0.1:9000'] }
    expect(faultOfUrl('http://127.0.0.1:9000/a.jpg', options)).toBeUndefined()
    expect(faultOfUrl('http://127.0.0.1:9001/a.jpg', options)).toBeDefined()
    expect(faultOfUrl('ftp://127.0.0.1:9000/a.jpg', options)).toBeDefined()
  })
})
