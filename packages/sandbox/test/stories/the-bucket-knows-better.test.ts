import { installApiKey } from '@restyle/producer/http/api-keys'
import { defaultPrefix, ledgerKeys } from '@restyle/shared/ledger/keys'
import type { OnFailpoint } from '@restyle/worker/hand/failpoints'
import { openStory, type Story, until } from './story.ts'

const keys = ledgerKeys(defaultPrefix)
const dayMs = 24 * 3600_000

describe('an image that is in the bucket', () => {
  let story: Story
  /** How far the vendor's clock is behind ours (ms). */
  let behindMs: number
  let stored: OnFailpoint
  beforeEach(async () => {
    behindMs = 20 * 60_000
    stored = async () => {}
    story = await openStory({
      workers: 0,
      overrides: { failpoint: (point, id) => (point === 'stored' ? stored(point, id) : Promise.resolve()) },
      // an address lives for ten minutes: by our clock it is dead already, by the vendor's it dies when the test wants it
      dashscope: { now: () => Date.now() - behindMs, urlLifetimeMs: 10 * 60_000 * 400 },
    })
  })
  afterEach(() => story.stop())

  const said = (start: string) => story.lines.filter(({ msg }) => String(msg).startsWith(start))

  /** The vendor has forgotten the task, which is two days old. */
  const forgetTask = async (id: string) => {
    const { dashscope, ledger, redis } = story.world
    dashscope.faults.add({ at: 'query', times: Infinity, do: { type: 'state', state: 'UNKNOWN' } })
    await until(async () => (await ledger.read(id))?.state === 'running')
    await redis.hset(keys.edit(id), 'submittedAt', Date.now() - 2 * dayMs)
  }

  const expectSuccess = async (id: string) => {
    const end = await until(async () => {
      const edit = await story.world.ledger.read(id)
      return (edit?.state === 'succeeded' || edit?.state === 'failed') && edit
    })
    expect(end).toMatchObject({ state: 'succeeded', billed: 200_000 })
    expect(story.images()).toMatchObject([{ key: end.images?.[0]?.stored?.key, versionsWritten: 1 }])
    expect(story.world.dashscope.posts).toHaveLength(1)
  }

  it('is not lost by a worker that died before it said so, though its address is dead', async () => {
    stored = async () => {
      behindMs = 0
      stored = async () => {}
      throw new Error('the worker dies here')
    }
    await story.world.startWorker()
    await expectSuccess(await story.enqueue())
    await until(() => said('image is lost at its address').length > 0)
    expect(said('image is lost at its address')).toHaveLength(1)
  })

  it('counts in a backup of before it came, when the vendor has forgotten its task', async () => {
    const { dashscope, redis } = story.world
    const held = dashscope.faults.add({
      at: 'query',
      times: Infinity,
      do: { type: 'state', state: 'RUNNING' },
    })
    const first = await story.world.startWorker()
    const id = await story.enqueue()
    await until(() => held.fired > 0)
    await first.stop()
    const names = await redis.keys('*')
    const backup = await Promise.all(names.map(async (name) => [name, await redis.dumpBuffer(name)] as const))
    held.lift()
    const second = await story.world.startWorker()
    await story.ended([id])
    await second.stop()

    await redis.flushall()
    for (const [name, bytes] of backup) if (bytes !== null) await redis.restore(name, 0, bytes)
    await forgetTask(id)
    await story.world.startWorker()
    await expectSuccess(id)
    expect(await redis.hget(keys.spend('local'), 'images')).toBe('1')
  })

  it('is what an edit gets whose key is sent again after its record is gone', async () => {
    const { redis, apiKey } = story.world
    const picture = await story.picture()
    const send = async () => {
      const body = { prompt: 'on a light oak table', size: '768*768', images: [picture] }
      const reply = await story.call('POST', '/v1/edits', body, { 'idempotency-key': 'the same' })
      return (reply.body as { id: string }).id
    }
    const first = await story.world.startWorker()
    const id = await send()
    await story.ended([id])
    await first.stop()

    await redis.flushall()
    await installApiKey(redis, defaultPrefix, 'local', apiKey)
    expect(await send()).toBe(id)
    await story.world.startWorker()
    await forgetTask(id)
    await expectSuccess(id)
  })
})
