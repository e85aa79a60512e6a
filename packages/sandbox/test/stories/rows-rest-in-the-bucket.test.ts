import { installApiKey } from '@restyle/producer/http/api-keys'
import { BatchView } from '@restyle/shared/contract/batch'
import { editIdOfRow } from '@restyle/shared/ledger/batches'
import { marks } from '@restyle/shared/ledger/facts'
import { defaultPrefix } from '@restyle/shared/ledger/keys'
import { openStory, type Story, until } from './story.ts'

const rows = 290
const plenty = { running: 20, submitPerSecond: 2_000 }

describe('a batch of more rows than are edits at a time', () => {
  let story: Story
  beforeEach(async () => {
    const model = 'wan2.5-i2i-preview'
    const lane = { name: 'default', model, ...plenty, queryPerSecond: 2_000 }
    story = await openStory({
      workers: 0,
      env: { RESTYLE_LANES: JSON.stringify([lane]) },
      dashscope: { quotas: { [model]: plenty } },
    })
  })
  afterEach(() => story.stop())

  it('ends whole, each row once, although Redis forgets everything in its middle', async () => {
    const { dashscope, ledger, redis, apiKey } = story.world
    const picture = await story.picture()
    const edits = Array.from({ length: rows }, (_, i) => ({
      prompt: `on table number ${i}`,
      size: '768*768',
      images: [picture],
    }))
    const { id } = BatchView.parse((await story.call('POST', '/v1/batches', { edits })).body)
    const ids = Array.from({ length: rows }, (_, row) => editIdOfRow(id, row))
    const inRedis = async () => (await ledger.readMany(ids)).filter((edit) => edit !== undefined).length
    expect(await inRedis()).toBe(0)

    const worker = await story.world.startWorker()
    await until(async () => ((await ledger.readBatch(id))?.succeeded ?? 0) >= 20, 60_000)
    expect(await inRedis()).toBeLessThanOrEqual(marks.highMark)
    await worker.stop()
    await redis.flushall()
    await installApiKey(redis, defaultPrefix, 'local', apiKey)

    await story.world.startWorker()
    await until(async () => (await ledger.readBatch(id))?.completedAt !== undefined, 120_000)
    expect(dashscope.posts).toHaveLength(rows)
    expect(new Set(dashscope.posts.map(({ prompt }) => prompt))).toEqual(
      new Set(edits.map(({ prompt }) => prompt)),
    )
    expect(story.images().map(({ versionsWritten }) => versionsWritten)).toEqual(ids.map(() => 1))
    expect(await ledger.readBatch(id)).toMatchObject({
      total: rows,
      succeeded: rows,
      resting: 0,
      images: rows,
    })
  }, 240_000)
})
