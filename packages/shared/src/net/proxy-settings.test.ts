import { isExempt, proxyText, readProxies } from './proxy-settings.ts'

const machine = 'localhost,.localhost,127.0.0.1,::1'

describe('the proxies of an environment', () => {
  it('are none where no variable is set, or an empty one', () => {
    const { proxies, unheeded } = readProxies({ HTTPS_PROXY: '', http_proxy: ' ' })
    expect([proxies.httpProxy, proxies.httpsProxy, unheeded, proxyText(proxies)]).toEqual([
      '',
      '',
      [],
      undefined,
    ])
  })

  it('are read in both spellings, the lower case first', () => {
    const env = {
      HTTPS_PROXY: 'http://a:1',
      https_proxy: 'http://b:2',
      HTTP_PROXY: 'http://c:3',
      NO_PROXY: 'd',
    }
    expect(readProxies(env).proxies).toEqual({
      httpProxy: 'http://c:3/',
      httpsProxy: 'http://b:2/',
      noProxy: `${machine},d`,
    })
  })

  it('may be written without a scheme, and one may stand for both', () => {
    const { proxies } = readProxies({ HTTP_PROXY: '127.0.0.1:7890' })
    expect(proxies).toMatchObject({
      httpProxy: 'http://127.0.0.1:7890/',
      httpsProxy: 'http://127.0.0.1:7890/',
    })
    expect(readProxies({ HTTPS_PROXY: 'proxy:1' }).proxies.httpProxy).toBe('')
  })

  it.each([
    [{ HTTPS_PROXY: 'socks5://user:secret@127.0.0.1:1080' }, /^HTTPS_PROXY is not used: socks5:/],
    [{ HTTP_PROXY: 'http://' }, /^HTTP_PROXY is not used/],
    [{ ALL_PROXY: 'http://a:1' }, /^ALL_PROXY is not used/],
    [{ all_proxy: 'socks5h://a:1' }, /^ALL_PROXY is not used/],
  ])('are told of where they are not used: %j', (env, said) => {
    const { proxies, unheeded } = readProxies(env)
    expect([proxies.httpProxy, proxies.httpsProxy]).toEqual(['', ''])
    expect(unheeded).toEqual([expect.stringMatching(said)])
    expect(unheeded.join()).not.toContain('secret')
  })

  it('are told of where ranges are exempt, which nobody reads', () => {
    const env = { HTTPS_PROXY: 'proxy:1', NO_PROXY: 'a.example,10.0.0.0/8' }
    expect(readProxies(env).unheeded).toEqual([
      expect.stringMatching(/^NO_PROXY: 10\.0\.0\.0\/8 is not used/),
    ])
    expect(readProxies({ NO_PROXY: env.NO_PROXY }).unheeded).toEqual([])
  })

  it.each([
    ['.aliyuncs.com', true],
    ['aliyuncs.com', true],
    ['*.aliyuncs.com', true],
    ['localhost, OSS.aliyuncs.com:443', true],
    ['a,*', true],
    ['iyuncs.com', false],
    ['aliyuncs.com:80', false],
    ['', false],
  ])('are passed by for a host where NO_PROXY is %j: %s', (NO_PROXY, exempt) => {
    const { proxies } = readProxies({ HTTPS_PROXY: 'proxy:1', NO_PROXY })
    expect(isExempt('oss.aliyuncs.com', proxies)).toBe(exempt)
  })

  it('are shown without a password', () => {
    const { proxies } = readProxies({
      HTTPS_PROXY: 'http://user:secret@proxy.example:3128',
      HTTP_PROXY: 'b:1',
    })
    expect(proxyText(proxies)).toBe('proxy.example:3128 and b:1')
  })
})
