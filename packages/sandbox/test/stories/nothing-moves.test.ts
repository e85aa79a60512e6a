import type { BatchView } from '@restyle/shared/contract/batch'
import { openStory, type Story, until } from './story.ts'

describe('a batch of which nothing moves', () => {
  let story: Story
  afterEach(() => story.stop())

  it('says that its pictures cannot be handed on, what a worker met, and goes on when they can', async () => {
    story = await openStory({ env: { RESTYLE_SOURCE_DELIVERY: 'upload' } })
    const { dashscope, ledger } = story.world
    dashscope.faults.add({
      at: 'policy',
      times: 1_000,
      do: { type: 'status', status: 503, code: 'Odd.Busy', message: 'come back later' },
    })
    const edits = [{ prompt: 'on white', images: [await story.picture()], size: '768*768' }]
    const { body } = await story.call('POST', '/v1/batches', { edits })
    const { id } = body as BatchView
    const look = async () => (await story.call('GET', `/v1/batches/${id}`)).body as BatchView
    const { waitsFor } = await until(async () => {
      const batch = await look()
      return batch.waitsFor !== undefined && batch
    })
    expect(waitsFor).toMatchObject({ code: 'source', met: { code: 'Odd.Busy', message: 'come back later' } })
    expect(await ledger.lanes.servedBy(story.lane)).toBe('asks')
    dashscope.faults.clear()
    await until(async () => (await look()).counts.succeeded === 1)
    expect(await look()).not.toHaveProperty('waitsFor')
  })
})
