import { readConfig } from './config.ts'

const env = { S3_BUCKET: 'pictures', DASHSCOPE_API_KEY: 'sk-one' }
const lanes = (...more: object[]) =>
  JSON.stringify(more.map((lane, i) => ({ name: `lane${i}`, model: 'wan2.5-i2i-preview', ...lane })))

describe('readConfig of the worker', () => {
  it('needs a bucket and a key, and has one lane by default', () => {
    const config = readConfig(env)
    expect(config.RESTYLE_LANES).toMatchObject([
      { name: 'default', model: 'wan2.5-i2i-preview', apiKey: 'sk-one', baseUrl: undefined },
    ])
    expect(config).toMatchObject({ RESTYLE_ON_UNKNOWN: 'hold', RESTYLE_SOURCE_DELIVERY: 'auto' })
  })

  it('takes a key from the variable that the lane names', () => {
    const text = lanes({ apiKey: '$OTHER_KEY', account: 'a' }, { apiKey: 'sk-literal', account: 'b' }, {})
    const { RESTYLE_LANES } = readConfig({ ...env, OTHER_KEY: 'sk-two', RESTYLE_LANES: text })
    expect(RESTYLE_LANES.map(({ apiKey }) => apiKey)).toEqual(['sk-two', 'sk-literal', 'sk-one'])
  })

  it('says which lane is without its key, and shows no other', () => {
    const text = lanes({ apiKey: '$OTHER_KEY' }, {}, { apiKey: '$THIRD_KEY' })
    const read = () => readConfig({ ...env, OTHER_KEY: '', RESTYLE_LANES: text })
    expect(read).toThrow(/OTHER_KEY: is needed by lane lane0\n  THIRD_KEY: is needed by lane lane2/)
    expect(read).not.toThrow(/sk-one/)
  })

  it.each(['Bearer sk-1', 'sk-密钥', '"sk-1"', 'sk-1\nsk-2'])(
    'takes no %j for a key, and shows it not',
    (key) => {
      const fault = () => readConfig({ ...env, DASHSCOPE_API_KEY: key })
      expect(fault).toThrow(/DASHSCOPE_API_KEY: (holds|stands)/)
      expect(fault).not.toThrow(/sk-/)
    },
  )

  it('takes a key from a file that ends with a line', () => {
    expect(readConfig({ ...env, DASHSCOPE_API_KEY: 'sk-1\n' }).RESTYLE_LANES[0]?.apiKey).toBe('sk-1')
  })

  it('has every lane at one address, unless it names its own', () => {
    const text = lanes({}, { baseUrl: 'https://own.example/api/v1', account: 'other' })
    const base = 'https://shared.example/api/v1'
    const { RESTYLE_LANES } = readConfig({ ...env, DASHSCOPE_BASE_URL: base, RESTYLE_LANES: text })
    expect(RESTYLE_LANES.map(({ baseUrl }) => baseUrl)).toEqual([base, 'https://own.example/api/v1'])
  })

  it('refuses two lanes that one list of tasks could not tell apart, and shows no key', () => {
    const read = () => readConfig({ ...env, RESTYLE_LANES: lanes({}, {}) })
    expect(read).toThrow(/RESTYLE_LANES: lanes lane0 and lane1 are one account/)
    expect(read).not.toThrow(/sk-one/)
  })

  it('keeps ended edits for a part of a day, for none, and not longer than Redis does', () => {
    const daysOf = (text: string) => readConfig({ ...env, RESTYLE_KEEP_DAYS: text }).RESTYLE_KEEP_DAYS
    expect(['', '0', '0.5', '29'].map(daysOf)).toEqual([7, 0, 0.5, 29])
    for (const text of ['-1', '29.1', 'a week'])
      expect(() => daysOf(text)).toThrow(/RESTYLE_KEEP_DAYS: must be a number from 0 to 29/)
  })

  it('reads the places that sources may lie in', () => {
    expect(readConfig(env).RESTYLE_SOURCE_BUCKETS).toEqual([])
    const named = readConfig({ ...env, RESTYLE_SOURCE_BUCKETS: 'photos, acme:shared/acme/,' })
    expect(named.RESTYLE_SOURCE_BUCKETS).toMatchObject([{ bucket: 'photos' }, { bucket: 'shared' }])
  })

  it.each(['pictures', 'other,pictures', 'acme:pictures/acme/'])(
    'refuses %s as a place of sources, where the main bucket is',
    (RESTYLE_SOURCE_BUCKETS) => {
      expect(() => readConfig({ ...env, RESTYLE_SOURCE_BUCKETS })).toThrow(
        'RESTYLE_SOURCE_BUCKETS: must not list S3_BUCKET',
      )
    },
  )

  it('reads the ranges that names may lead to', () => {
    expect(readConfig(env).RESTYLE_TRUST_RANGES).toEqual([])
    const named = readConfig({ ...env, RESTYLE_TRUST_RANGES: '198.18.0.0/15,64:ff9b::/96' })
    expect(named.RESTYLE_TRUST_RANGES.map(({ cidr }) => cidr)).toEqual(['198.18.0.0/15', '64:ff9b::/96'])
  })

  it('reads the proxies in both spellings, and says which are not honoured', () => {
    const config = readConfig({ ...env, https_proxy: 'http://proxy:1', HTTP_PROXY: 'socks5://proxy:2' })
    expect(config.proxies).toMatchObject({ httpsProxy: 'http://proxy:1/', httpProxy: '' })
    expect(config.unheededProxies).toEqual([expect.stringContaining('HTTP_PROXY is not used')])
  })

  it.each([
    ['RESTYLE_TRUST_RANGES', 'fake-ip'],
    ['RESTYLE_DOWNLOAD_LIFE_PERCENT', '101'],
    ['RESTYLE_LANES', 'one lane'],
    ['RESTYLE_LANES', '[]'],
    ['RESTYLE_LANES', '{"name":"a","model":"b"}'],
    ['RESTYLE_KEY_TEMPLATE', '{key}.png'],
    ['RESTYLE_ON_UNKNOWN', 'guess'],
    ['RESTYLE_SOURCE_DELIVERY', 'fax'],
    ['RESTYLE_SOURCE_BUCKETS', 'photos/acme'],
    ['RESTYLE_SETTLE_MS', '-1'],
    ['RESTYLE_COPY_CONCURRENCY', 'many'],
  ])('refuses %s=%s', (name, value) => {
    expect(() => readConfig({ ...env, [name]: value })).toThrow(name)
  })

  it.each([
    ['[{}]', /LANES\.0\.name: is needed: a name for logs.*\n.*LANES\.0\.model: is needed, such as wan2/],
    ['[]', /LANES: is empty: write a list of lanes/],
    ['{"name":"a","model":"b"}', /LANES: is no list: write a list of lanes/],
  ])('says of lanes as %s what to write', (RESTYLE_LANES, said) => {
    expect(() => readConfig({ ...env, RESTYLE_LANES })).toThrow(said)
  })

  it('tells all faults at once', () => {
    const read = () => readConfig({ RESTYLE_LANES: 'x', RESTYLE_SETTLE_MS: 'x', REDIS_URL: 'x' })
    expect(read).toThrow(/REDIS_URL[^]*S3_BUCKET[^]*RESTYLE_LANES[^]*RESTYLE_SETTLE_MS/)
    const together = { ...env, S3_BUCKET: 'pictures', S3_ACCESS_KEY_ID: 'AK', RESTYLE_SETTLE_MS: 'x' }
    expect(() => readConfig({ ...together, RESTYLE_SOURCE_BUCKETS: 'pictures' })).toThrow(
      /RESTYLE_SETTLE_MS[^]*S3_SECRET_ACCESS_KEY[^]*RESTYLE_SOURCE_BUCKETS/,
    )
  })
})
