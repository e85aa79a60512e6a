import { createApiKey } from '@restyle/producer/http/api-keys'
import { ReviewView } from '@restyle/producer/review/review'
import { ledgerKeys } from '@restyle/shared/ledger/keys'
import { restyle } from './cli.ts'
import { openStory, type Story, strangerSubmits, until } from './story.ts'

const env = {
  RESTYLE_RECEIPT_DEADLINE_MS: '1000',
  RESTYLE_POST_DEADLINE_MS: '2000',
  RESTYLE_SETTLE_MS: '200',
}

const prompts = ['is adopted', 'is resubmitted', 'is dropped'] as const

describe('three submits, each with a task of a stranger beside it', () => {
  let story: Story
  let ids: string[]
  const dumps = new Map<string, Buffer>()
  const keys = ledgerKeys('{restyle}')
  const run = (...argv: string[]) => restyle(story.world, '.', 'review', ...argv)
  /** The stranger's task, ours, and those of later submits. */
  const tasks = (prompt: string) => story.world.dashscope.describe().filter((task) => task.prompt === prompt)
  const spend = () => story.world.redis.hgetall(keys.spend('local'))

  beforeAll(async () => {
    story = await openStory({ env })
    const { faults } = story.world.dashscope
    for (const prompt of prompts) {
      await strangerSubmits(story, prompt)
      faults.add({ at: 'submit', match: (facts) => facts.prompt === prompt, do: { type: 'reset' } })
    }
    ids = await Promise.all(prompts.map((prompt) => story.enqueue({ prompt })))
    await until(async () => (await story.told()).length === ids.length)
  })
  afterAll(() => story.stop())

  it('are shown to a person with their candidates, and their money stays reserved', async () => {
    const { code, stdout } = await run('--json')
    expect(code).toBe(0)
    const reviews = stdout
      .trim()
      .split('\n')
      .map((line) => ReviewView.parse(JSON.parse(line)))
    for (const [i, prompt] of prompts.entries()) {
      const review = reviews.find(({ edit }) => edit.id === ids[i])
      expect(review).toMatchObject({ attempt: 1, reservedMicros: 200_000, edit: { prompt } })
      expect(review?.candidates.toSorted()).toEqual(
        tasks(prompt)
          .map(({ taskId }) => taskId)
          .toSorted(),
      )
    }
    expect(await spend()).toMatchObject({ reserved: '600000' })
    await until(() => story.world.dashscope.bill.images === 6)
  })

  it('end as the person decides, at exactly the price of it', async () => {
    const [adopted = '', resubmitted = '', dropped = ''] = ids
    for (const id of ids)
      dumps.set(id, (await story.world.redis.dumpBuffer(keys.edit(id))) ?? Buffer.alloc(0))
    const ours = tasks('is adopted')[1]
    const ran = [
      await run('adopt', adopted, ours?.taskId ?? ''),
      await run('resubmit', resubmitted),
      await run('drop', dropped),
    ]
    expect(ran).toMatchObject([{ code: 0 }, { code: 0 }, { code: 0 }])

    const [first, second, third] = await story.ended(ids)
    expect(first).toMatchObject({ type: 'restyle.edit.succeeded', data: { taskId: ours?.taskId } })
    expect(first?.data.images[0]?.sha256).toBe(ours?.resultSha256[0])
    expect(second).toMatchObject({
      type: 'restyle.edit.succeeded',
      data: { taskId: tasks('is resubmitted')[2]?.taskId },
    })
    expect(third).toMatchObject({ type: 'restyle.edit.failed', data: { failure: { code: 'Dropped' } } })

    // three of the stranger's, three lost, one more
    expect(story.world.dashscope.bill.images).toBe(7)
    expect(await spend()).toMatchObject({ reserved: '0', billed: '400000', images: '2' })
    expect(story.images()).toHaveLength(2)
    expect(await run()).toMatchObject({ stdout: 'No edit is held.\n' })
  })

  it('are not decided again, nor by another producer', async () => {
    const { key } = await createApiKey(story.world.redis, '{restyle}', 'other')
    for (const id of ids) {
      const decide = (headers = {}) =>
        story.call('POST', `/v1/edits/${id}/resolution`, { action: 'resubmit' }, headers)
      expect(await decide()).toMatchObject({
        status: 409,
        body: { type: '/problems#not-held' },
      })
      expect(await decide({ authorization: `Bearer ${key}` })).toMatchObject({ status: 404 })
    }
  })

  it('end the same way when the ledger is thrown back to the uncertain submit, with nothing submitted again', async () => {
    const { redis, ledger, dashscope } = story.world
    await redis.del(...(await redis.keys(keys.task(story.lane, '*'))))
    for (const [id, dump] of dumps) {
      await redis.restore(keys.edit(id), 0, dump, 'REPLACE')
      await redis.hset(keys.edit(id), 'state', 'uncertain')
      await redis.zadd(keys.due, 0, id)
    }
    const states = await until(async () => {
      const edits = await ledger.readMany(ids)
      const seen = edits.map((edit) => edit?.state ?? '')
      return seen.every((state) => state === 'succeeded' || state === 'failed') && seen
    })
    expect(states).toEqual(['succeeded', 'succeeded', 'failed'])
    expect(dashscope.posts).toHaveLength(7)
    expect(dashscope.bill.images).toBe(7)
    expect(story.images().map(({ versionsWritten }) => versionsWritten)).toEqual([1, 1])
  })
})
