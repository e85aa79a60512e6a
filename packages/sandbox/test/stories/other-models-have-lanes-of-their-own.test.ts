import { type EditEvent, openStory, type Story } from './story.ts'

const lanes = [
  { name: 'new', model: 'wan2.7-image' },
  { name: 'old', model: 'wan2.6-image' },
]

describe('other models', () => {
  let story: Story
  let newer: EditEvent | undefined
  let older: EditEvent | undefined
  let lost: EditEvent | undefined

  beforeAll(async () => {
    story = await openStory({
      env: {
        RESTYLE_LANES: JSON.stringify(lanes),
        RESTYLE_RECEIPT_DEADLINE_MS: '1000',
        RESTYLE_POST_DEADLINE_MS: '2000',
        RESTYLE_SETTLE_MS: '300',
      },
    })
    story.world.dashscope.faults.add({
      at: 'submit',
      match: ({ prompt }) => prompt === 'lost',
      do: { type: 'reset' },
    })
    const ids = [
      await story.enqueue({ model: 'wan2.7-image', prompt: 'newer', n: 2 }),
      await story.enqueue({ model: 'wan2.6-image', prompt: 'older', n: 2, negativePrompt: 'text' }),
      await story.enqueue({ model: 'wan2.6-image', prompt: 'lost' }),
    ]
    ;[newer, older, lost] = await story.ended(ids)
  })
  afterAll(() => story.stop())

  it('run through lanes of their own', async () => {
    const tasks = new Map(story.world.dashscope.describe().map((task) => [task.prompt, task]))
    for (const event of [newer, older])
      expect(event).toMatchObject({
        type: 'restyle.edit.succeeded',
        data: { taskId: tasks.get(event?.data.prompt ?? '')?.taskId, cost: { micros: 400_000 } },
      })
    expect(newer?.data.images.map(({ sha256 }) => sha256)).toEqual(tasks.get('newer')?.resultSha256)
    expect(older?.data.images.map(({ sha256 }) => sha256)).toEqual(tasks.get('older')?.resultSha256)
    const edits = await story.world.ledger.readMany([newer?.subject ?? '', older?.subject ?? ''])
    expect(edits.map((edit) => edit?.lane?.replace(/-[^-]*$/, ''))).toEqual(['wan2.7-image', 'wan2.6-image'])
  })

  it('have a lost task found although their results echo no prompt, for nobody else uses the account', () => {
    expect(lost?.type).toBe('restyle.edit.succeeded')
    expect(story.world.dashscope.posts.filter(({ prompt }) => prompt === 'lost')).toHaveLength(1)
    expect(story.world.dashscope.bill.images).toBe(5)
  })

  it('are refused where no lane serves them', async () => {
    const body = { model: 'wan2.5-i2i-preview', prompt: 'x', images: [await story.picture()] }
    const { status } = await story.call('POST', '/v1/edits', body)
    expect(status).toBe(422)
    expect(story.world.dashscope.posts).toHaveLength(3)
  })
})
