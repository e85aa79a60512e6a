import { addressOf, LaneConfig } from './lane-config.ts'

const lane = { name: 'beijing', model: 'wan2.5-i2i-preview' }
const faultsOf = (more: object) =>
  LaneConfig.safeParse({ ...lane, ...more }).error?.issues.map(({ path }) => path.join('.')) ?? []

describe('a lane of RESTYLE_LANES', () => {
  it('needs a name and a model; the rest is as documented', () => {
    expect(LaneConfig.parse(lane)).toEqual({
      ...lane,
      region: 'beijing',
      account: 'default',
      apiKey: '$DASHSCOPE_API_KEY',
      queryPerSecond: 20,
      exclusive: true,
    })
    expect(LaneConfig.safeParse({}).error?.issues).toHaveLength(2)
  })

  it.each([
    ['name', { name: 'Beijing' }],
    ['name', { name: '' }],
    ['name', { name: 'a:b' }],
    ['region', { region: 'mars' }],
    ['apiKey', { apiKey: '' }],
    ['baseUrl', { baseUrl: 'dashscope' }],
    ['running', { running: 0 }],
    ['running', { running: 1.5 }],
    ['submitPerSecond', { submitPerSecond: 0 }],
    ['queryPerSecond', { queryPerSecond: -1 }],
  ])('refuses a bad %s', (field, more) => {
    expect(faultsOf(more)).toEqual([field])
  })

  it('refuses a field that it does not know: a misspelt quota must not be none', () => {
    expect(LaneConfig.safeParse({ ...lane, runing: 5 }).success).toBe(false)
  })
})

describe('the address of a lane', () => {
  it.each([
    undefined,
    'https://dashscope.aliyuncs.com/api/v1/',
    'https://DashScope.aliyuncs.com:443/api/v1',
    'HTTPS://dashscope.aliyuncs.com/api/v1',
  ])('is one place, spelled %s: an edit that was admitted there is asked about there', (baseUrl) => {
    expect(addressOf({ baseUrl, region: 'beijing' })).toBe('https://dashscope.aliyuncs.com/api/v1')
  })
})
