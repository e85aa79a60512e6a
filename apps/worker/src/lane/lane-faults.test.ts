import { LaneConfig } from './lane-config.ts'
import { faultsOfLanes } from './lane-faults.ts'

const [one, two] = ['wan2.5-i2i-preview', 'wan2.6-image']
const lane = (name: string, more: Partial<LaneConfig> = {}) =>
  LaneConfig.parse({ name, model: one, apiKey: 'sk-one', ...more })

describe('lanes together', () => {
  it('may share an account where each has a model of its own', () => {
    expect(faultsOfLanes([lane('a'), lane('b', { model: two })])).toEqual([])
  })

  it('may share a model where each has an account of its own', () => {
    expect(faultsOfLanes([lane('a'), lane('b', { account: 'other', apiKey: 'sk-two' })])).toEqual([])
  })

  it.each([
    ['one name', { name: 'a', model: two }, 'two lanes are named a'],
    ['one account and one model', {}, 'lanes a and b are one account (default) and one model'],
    ['one account with two keys', { apiKey: 'sk-two', model: two }, 'each has a key of its own'],
    ['one account in two regions', { region: 'singapore', model: two }, 'each has a region of its own'],
    ['one account at two addresses', { baseUrl: 'https://x.test', model: two }, 'each has a baseUrl'],
    ['one account in two workspaces', { workspace: 'w', model: two }, 'each has a workspace'],
    ['one key and model under two accounts', { account: 'other' }, 'have one key and one model'],
  ] as const)('are refused for %s', (_, more, fault) => {
    const faults = faultsOfLanes([lane('a'), lane('b', more)])
    expect(faults).toHaveLength(1)
    expect(faults[0]).toContain(fault)
    expect(faults[0]).not.toContain('sk-')
  })
})
