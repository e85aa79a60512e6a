import type { TaskDeed } from '../../src/dashscope/faults.ts'
import { type EditEvent, openStory, type Story } from './story.ts'

const refused = { type: 'fail', code: 'DataInspectionFailed', message: 'Input data may be bad.' } as const
const innerFault = { type: 'fail', code: 'InternalError.Timeout', message: 'No result in time.' } as const

/** What happens to the first tasks of an edit, by its prompt. */
const deeds: Record<string, { deed: TaskDeed; times: number }> = {
  refused: { deed: refused, times: Infinity },
  'fails once': { deed: innerFault, times: 1 },
  'fails always': { deed: innerFault, times: Infinity },
  'without a reason': { deed: { type: 'fail' }, times: Infinity },
  'without results': { deed: { type: 'empty-results' }, times: 1 },
  canceled: { deed: { type: 'canceled' }, times: 1 },
}

describe('an edit whose task fails', () => {
  let story: Story
  let ended: Map<string, EditEvent>

  beforeAll(async () => {
    story = await openStory()
    for (const [prompt, { deed, times }] of Object.entries(deeds))
      story.world.dashscope.faults.add({
        at: 'task',
        times,
        match: (facts) => facts.prompt === prompt,
        do: deed,
      })
    const ids = await Promise.all(Object.keys(deeds).map((prompt) => story.enqueue({ prompt })))
    ended = new Map((await story.ended(ids)).map((event) => [event.data.prompt, event]))
  })
  afterAll(() => story.stop())

  const counts = (prompt: string) => {
    const tasks = story.world.dashscope.describe().filter((task) => task.prompt === prompt)
    return { tasks: tasks.length, billed: tasks.filter(({ billed }) => billed > 0).length }
  }

  it('fails in the vendor’s words where another task would fail as well', () => {
    expect(ended.get('refused')).toMatchObject({
      type: 'restyle.edit.failed',
      data: {
        state: 'failed',
        failure: { code: 'DataInspectionFailed', message: 'Input data may be bad.' },
        images: [],
        cost: { micros: 0 },
      },
    })
    expect(counts('refused')).toEqual({ tasks: 1, billed: 0 })
  })

  it('is given another task where the vendor had an inner fault', () => {
    const event = { type: 'restyle.edit.succeeded', data: { cost: { micros: 200_000 } } }
    expect(ended.get('fails once')).toMatchObject(event)
    expect(counts('fails once')).toEqual({ tasks: 2, billed: 1 })
  })

  it('fails after three tasks, which cost nothing', () => {
    expect(ended.get('fails always')?.data).toMatchObject({
      state: 'failed',
      failure: { code: 'InternalError.Timeout' },
      cost: { micros: 0 },
    })
    expect(counts('fails always')).toEqual({ tasks: 3, billed: 0 })
  })

  it('is tried just once more where no reason is known', () => {
    expect(ended.get('without a reason')?.data).toMatchObject({ failure: { code: 'Unknown' } })
    expect(counts('without a reason')).toEqual({ tasks: 2, billed: 0 })
    expect(ended.get('without results')).toMatchObject({ type: 'restyle.edit.succeeded' })
    expect(counts('without results')).toEqual({ tasks: 2, billed: 1 })
  })

  it('is told as canceled when somebody cancels its task', () => {
    const event = { type: 'restyle.edit.canceled', data: { state: 'canceled' } }
    expect(ended.get('canceled')).toMatchObject(event)
    expect(counts('canceled')).toEqual({ tasks: 1, billed: 0 })
  })

  it('leaves no money reserved', async () => {
    const spend = await story.world.redis.hgetall('{restyle}:spend:local')
    expect(spend).toMatchObject({ reserved: '0', billed: '400000', images: '2' })
  })
})
