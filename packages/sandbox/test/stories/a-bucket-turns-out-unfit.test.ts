import { setTimeout } from 'node:timers/promises'
import { openStory, type Story, until } from './story.ts'

describe('a bucket that is away when a worker starts', () => {
  let story: Story
  afterEach(() => story.stop())

  const lines = (pattern: RegExp) => story.lines.filter(({ msg }) => pattern.test(String(msg)))
  const conditions = { do: 'ignore-conditions', operation: 'PutObject', times: Infinity } as const

  it('is tried again: nothing is submitted where it then overwrites, and a person is called once', async () => {
    story = await openStory({ workers: 0 })
    const { world } = story
    const id = await story.enqueue()
    const probe = { operation: 'PutObject', key: /probe/ } as const
    // three attempts are one call
    world.s3.faults.add({ ...probe, do: 'refuse', code: 'ServiceUnavailable', times: 3 })
    world.s3.faults.add(conditions)
    await world.startWorker()
    await until(() => lines(/^bucket cannot be relied on/).length > 0)
    expect(lines(/^bucket is away/)).toHaveLength(1)
    expect(lines(/^bucket cannot be relied on/)).toMatchObject([
      { level: 'error', found: 'overwrites', says: expect.stringMatching(/ignores if-none-match: \*/) },
    ])
    expect(await world.ledger.read(id)).toMatchObject({ state: 'queued', attempt: 0 })
    expect(world.dashscope.posts).toHaveLength(0)
  })

  it('is tried again: where it is the bucket of others, none of their edits is adopted', async () => {
    story = await openStory({ workers: 0 })
    const { world } = story
    const id = await story.enqueue()
    world.s3.faults.down(true)
    await world.startWorker({
      env: { RESTYLE_PREFIX: '{other}' },
      overrides: { pace: { everyMs: 50, batchSize: 500, againMs: 60_000, auditMs: 100 } },
    })
    world.s3.faults.down(false)
    await until(() => lines(/^bucket cannot be relied on/).length > 0)
    expect(lines(/^bucket cannot be relied on/)).toMatchObject([{ found: 'foreign' }])
    // as many sweeps as an audit needs
    await setTimeout(500)
    expect(await world.redis.exists(`{other}:edit:${id}`)).toBe(0)
    expect(await world.ledger.read(id)).toMatchObject({ state: 'queued' })
  })

  it('is tried again: what was accepted is submitted once it was found sound', async () => {
    story = await openStory({ workers: 0 })
    const { world } = story
    const id = await story.enqueue()
    world.s3.faults.down(true)
    await world.startWorker()
    expect(lines(/^bucket is away/)).toHaveLength(1)
    expect(world.dashscope.posts).toHaveLength(0)
    world.s3.faults.down(false)
    expect((await story.ended([id]))[0]?.type).toBe('restyle.edit.succeeded')
    expect(lines(/^bucket can be relied on/)).toHaveLength(1)
  })
})

describe('a whole installation', () => {
  let story: Story
  afterEach(() => story.stop())

  it.each(['oss', 'cos', 'ibm', 'b2'] as const)('runs on a bucket of %s', async (dialect) => {
    story = await openStory({ dialect })
    const ids = await story.enqueueMany(3, { n: 2 })
    const ended = await story.ended(ids)
    expect(ended.map(({ type }) => type)).toEqual(ids.map(() => 'restyle.edit.succeeded'))
    expect(story.images().map(({ versionsWritten }) => versionsWritten)).toEqual(Array(6).fill(1))
    const receipts = story.world.s3.objects('restyle').filter(({ key }) => key.startsWith('receipts/'))
    expect(receipts.length).toBeGreaterThanOrEqual(9)
    expect(story.lines.filter(({ level }) => level === 'error')).toEqual([])
  })
})
