import { installApiKey } from '@restyle/producer/http/api-keys'
import { BatchView } from '@restyle/shared/contract/batch'
import { defaultPrefix, ledgerKeys } from '@restyle/shared/ledger/keys'
import { editIdOfRow } from '@restyle/shared/ledger/batches'
import { openStory, type Story, until } from './story.ts'

const rows = 6
const keys = ledgerKeys(defaultPrefix)

describe('a Redis that lost everything', () => {
  let story: Story
  let worker: { stop(): Promise<void> }
  let batch: string
  let ids: string[]
  beforeEach(async () => {
    story = await openStory({
      workers: 0,
      env: { RESTYLE_LANES: JSON.stringify([{ name: 'default', model: 'wan2.5-i2i-preview', running: 2 }]) },
    })
    worker = await story.world.startWorker()
    const picture = await story.picture()
    const edits = Array.from({ length: rows }, () => ({
      prompt: 'the same for all',
      size: '768*768',
      images: [picture],
    }))
    batch = BatchView.parse((await story.call('POST', '/v1/batches', { edits })).body).id
    ids = Array.from({ length: rows }, (_, row) => editIdOfRow(batch, row))
  })
  afterEach(() => story.stop())

  const states = async () => (await story.world.ledger.readMany(ids)).map((edit) => edit?.state)

  /** Everything is gone, also what the world itself had put there. */
  const forget = async () => {
    const { redis, apiKey } = story.world
    await redis.flushall()
    await installApiKey(redis, defaultPrefix, 'local', apiKey)
  }

  it('is filled again from the bucket: no edit is lost, none is billed twice, and each end has the id it had', async () => {
    const { dashscope, ledger } = story.world
    // two end, two keep the places of the lane, two wait
    const ending = () =>
      new Set(
        dashscope
          .tasks()
          .slice(0, 2)
          .map(({ taskId }) => taskId),
      )
    const stillRun = dashscope.faults.add({
      at: 'query',
      times: Infinity,
      match: ({ taskId = '' }) => !ending().has(taskId),
      do: { type: 'state', state: 'RUNNING' },
    })
    const each = { succeeded: 2, running: 2, queued: 2 }
    await until(async () => {
      const seen = await states()
      return Object.entries(each).every(
        ([state, count]) => seen.filter((one) => one === state).length === count,
      )
    })
    const before = (await story.told()).map(({ id }) => id)
    await worker.stop()
    await forget()
    stillRun.lift()
    expect(await states()).toEqual(ids.map(() => undefined))

    await story.world.startWorker()
    await until(async () => (await ledger.readBatch(batch))?.completedAt !== undefined)
    expect(await states()).toEqual(ids.map(() => 'succeeded'))
    expect(dashscope.posts).toHaveLength(rows)
    expect(dashscope.bill.images).toBe(rows)
    expect(story.images().map(({ versionsWritten }) => versionsWritten)).toEqual(ids.map(() => 1))
    expect(await ledger.readBatch(batch)).toMatchObject({
      total: rows,
      succeeded: rows,
      reserved: 0,
      billed: dashscope.bill.micros,
      images: rows,
    })
    expect(await story.world.redis.hget(keys.spend('local'), 'images')).toBe(String(rows))
    const after = await story.world.redis.xrange(keys.events('local'), '-', '+')
    const told = after.map(([, fields]) => fields[fields.indexOf('id') + 1])
    expect(told).toEqual(expect.arrayContaining(before))
    expect(new Set(told)).toEqual(new Set([...ids.map((id) => `${id}-succeeded`), `${batch}-completed`]))
  })

  it('that lost one edit gets it back as it ended, and what it knows is left alone', async () => {
    const { dashscope, ledger, redis } = story.world
    const [lost = '', kept = ''] = await story.enqueueMany(2)
    await story.ended([...ids, lost, kept])
    const before = await ledger.read(kept)
    await redis.del(keys.edit(lost))
    const posts = dashscope.posts.length

    await worker.stop()
    await story.world.startWorker()
    const back = await until(
      async () => (await ledger.read(lost))?.state === 'succeeded' && ledger.read(lost),
    )
    expect(back).toMatchObject({ billed: 200_000, images: [{ stored: { width: 768, height: 768 } }] })
    expect(await ledger.read(kept)).toEqual(before)
    expect(dashscope.posts).toHaveLength(posts)
  })
})
