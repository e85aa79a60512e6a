import { readRedisUrl } from './redis-url.ts'

const addressOf = (url: string) => {
  const read = readRedisUrl(url)
  return read.kind === 'address' ? read.address : read.says
}

describe('readRedisUrl', () => {
  it.each<[string, object]>([
    ['redis://localhost', { kind: 'single', nodes: [{ host: 'localhost', port: 6379 }], tls: false, db: 0 }],
    ['redis://10.0.0.1:7000/3', { nodes: [{ host: '10.0.0.1', port: 7000 }], db: 3 }],
    ['redis://[::1]:7000/', { nodes: [{ host: '::1', port: 7000 }], db: 0 }],
    ['rediss://cache.example.com', { tls: true }],
    ['redis://:secret@host', { password: 'secret' }],
    ['redis://app:p%23a%40s%2Fs%3A%25@host', { user: 'app', password: 'p#a@s/s:%' }],
    ['redis://app:a+b@host', { password: 'a+b' }],
    [
      'redis+cluster://:secret@a,b:7001,c',
      {
        kind: 'cluster',
        password: 'secret',
        nodes: [
          { host: 'a', port: 6379 },
          { host: 'b', port: 7001 },
          { host: 'c', port: 6379 },
        ],
      },
    ],
    ['rediss+cluster://a/0', { kind: 'cluster', tls: true, db: 0 }],
    [
      'redis+sentinel://a:5000,b/mymaster',
      {
        kind: 'sentinel',
        nodes: [
          { host: 'a', port: 5000 },
          { host: 'b', port: 26_379 },
        ],
        tls: false,
        db: 0,
        sentinel: { master: 'mymaster', tls: false },
      },
    ],
    [
      'redis+sentinel://app:secret@a/my%2Fmaster/2?sentinelUser=watch&sentinelPassword=p%26q+r',
      {
        user: 'app',
        password: 'secret',
        db: 2,
        sentinel: { master: 'my/master', tls: false, user: 'watch', password: 'p&q+r' },
      },
    ],
    ['rediss+sentinel://a/m', { tls: true, sentinel: { master: 'm', tls: true } }],
    ['rediss+sentinel://a/m?sentinelTls=false', { tls: true, sentinel: { master: 'm', tls: false } }],
  ])('reads %s', (url, address) => {
    expect(addressOf(url)).toMatchObject(address)
  })

  it.each<[string, RegExp]>([
    ['localhost:6379', /^must be redis:/],
    ['http://host', /^must be redis:/],
    ['redis+tls://host', /^must be redis:/],
    ['redis://', /names no host/],
    ['redis://:6379', /names no host/],
    ['redis://::1', /names no host/],
    ['redis://host:port', /port/],
    ['redis://host:0', /port/],
    ['redis://a,b', /several hosts.*redis\+sentinel/],
    ['redis://hunter2@host', /user without a password/],
    ['redis://app:@host', /user without a password/],
    ['redis://app:hunter2#x@host', /# as %23/],
    ['redis://app:hunter2@x@host', /@ as %40/],
    ['redis://app:hunter2/x@host', /port.*percent-encode/],
    ['redis://:hunter2/x@host', /percent-encode/],
    ['redis://app:hunter2?x@host', /percent-encode/],
    ['redis://app:hunter2:x@host', /: as %3A/],
    ['redis://app:hunter2%x@host', /% as %25/],
    ['redis://host/hunter2', /database that is not a number/],
    ['redis://host/0/1', /more parts/],
    ['redis://host?family=6', /part after \? that is not known/],
    ['redis://host ', /a blank/],
    ['redis+cluster://a/1', /only database 0/],
    ['redis+sentinel://a', /names no master/],
    ['redis+sentinel:///mymaster', /names no host/],
    ['redis+sentinel://a/m?hunter2=1', /known: sentinelUser, sentinelPassword, sentinelTls/],
    ['redis+sentinel://a/m?sentinelUser=hunter2', /without a sentinelPassword/],
    ['redis+sentinel://a/m?sentinelTls=hunter2', /neither true nor false/],
    ['redis+sentinel://a/m?sentinelPassword=hunter2&sentinelPassword=x', /twice/],
  ])('refuses %s and shows nothing of it', (url, says) => {
    expect(addressOf(url)).toMatch(says)
    expect(addressOf(url)).not.toMatch(/hunter2/)
  })
})
