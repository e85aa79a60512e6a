import { EditRequest } from '@restyle/shared/contract/edit-request'
import { laneOfSubmit } from '@restyle/shared/lane-id'
import { LaneConfig } from './lane-config.ts'
import { openLane } from './lane.ts'
import { laneReaching } from './lane-reaching.ts'

const deadlines = { postMs: 1_000, receiptMs: 1_000, queryMs: 1_000 }
const model = 'wan2.5-i2i-preview'
const lane = (more: Partial<LaneConfig> = {}) =>
  openLane(LaneConfig.parse({ name: 'one', model, apiKey: 'sk-test', ...more }), deadlines)

const { baseUrl, account } = lane()
const world = { baseUrl, account, bucket: 'b', createOnce: 'oss' }
const request = EditRequest.parse({ model, prompt: 'p', images: ['https://example.com/a.png'] })
const edit = { lane: 'one', request, world }
const elsewhere = 'https://other.example/api/v1'

describe('the lane that reaches an edit’s task', () => {
  it('is the one at its address and with its account', () => {
    const other = lane({ name: 'two', account: 'other' })
    expect(laneReaching([other, lane()], edit)?.name).toBe('one')
  })

  it.each([
    ['address', { baseUrl: elsewhere }],
    ['account', { account: 'other' }],
    ['workspace', { workspace: 'other' }],
  ])('is none of another %s, though it has its name', (_, more) => {
    expect(laneReaching([lane(more)], edit)).toBeUndefined()
    // its account was given to another lane
    expect(laneReaching([lane(more), lane({ name: 'two' })], edit)?.name).toBe('two')
  })

  it('is one with another name that leads there, and is the same one', () => {
    const renamed = laneReaching([lane({ name: 'renamed' })], edit)
    expect(renamed?.name).toBe('renamed')
    expect(renamed?.id).toBe(laneOfSubmit(edit))
    expect(renamed?.id).toBe(lane().id)
  })

  it.each([{ baseUrl: elsewhere }, { account: 'other' }, { workspace: 'other' }, { model: 'wan2.7-image' }])(
    'is another one with %j',
    (more) => {
      expect(lane(more).id).not.toBe(lane().id)
    },
  )

  it('asks and bills for the edit’s own model where the account serves only another one now', () => {
    const other = lane({ name: 'two', model: 'wan2.7-image' })
    expect(laneReaching([other], edit)).toMatchObject({
      name: 'two',
      model: { id: model },
      priceMicros: lane().priceMicros,
    })
  })

  it('is found by name alone where an older version admitted the edit', () => {
    const { world: _, ...older } = edit
    expect(laneReaching([lane({ baseUrl: elsewhere })], older)?.name).toBe('one')
    expect(laneReaching([lane({ name: 'two' })], older)).toBeUndefined()
  })
})
