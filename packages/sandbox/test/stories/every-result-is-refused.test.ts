import { guardedAgent } from '@restyle/shared/net/guarded-agent'
import { openStory, type Story, until } from './story.ts'

describe('a resolver that leads every result host to an inner address', () => {
  let story: Story
  let isPublic: boolean
  beforeEach(async () => {
    isPublic = false
    // the vendor itself is reached, as through a fake-ip proxy
    const dispatcher = guardedAgent({ allow: () => isPublic })
    story = await openStory({ overrides: { dispatcher } })
  })
  afterEach(() => story.stop())

  it('pauses the lane after a few edits, whose images all come when it is mended', async () => {
    const { ledger, dashscope, redis } = story.world
    const first = await story.enqueueMany(3)
    const pause = await until(() => ledger.lanes.pausedBy(story.lane))
    expect(pause).toMatchObject({ code: 'PrivateAddress' })
    const alarm = 'lane paused: its result addresses are private, and every image would be lost'
    const told = () => story.lines.filter(({ level, msg }) => level === 'error' && msg === alarm)
    // the pause is in Redis a moment before the line is in the log
    await until(() => told().length > 0)
    expect(told()).toMatchObject([{ lane: story.lane, hint: expect.stringContaining('inner address') }])

    const later = await story.enqueue()
    // the refused images are tried again meanwhile
    const tries = () => story.lines.filter(({ code }) => code === 'PrivateAddress').length
    const before = tries()
    const left = () => redis.pttl(`{restyle}:pause:${story.lane}`)
    await redis.pexpire(`{restyle}:pause:${story.lane}`, 60_000)
    await until(() => tries() > before + 3)
    // and keep it paused
    expect(await left()).toBeGreaterThan(100_000)
    expect((await ledger.read(later))?.state).toBe('queued')
    expect(dashscope.posts).toHaveLength(3)

    isPublic = true
    for (const { type } of await story.ended([...first, later])) expect(type).toBe('restyle.edit.succeeded')
    expect(await ledger.lanes.pausedBy(story.lane)).toBeUndefined()
    expect(told()).toHaveLength(1)
  })

  it('does not pause the lane for one edit whose images are refused', async () => {
    const { ledger } = story.world
    const id = await story.enqueue({ n: 4 })
    await until(() => story.lines.filter(({ code }) => code === 'PrivateAddress').length > 8)
    expect(await ledger.lanes.pausedBy(story.lane)).toBeUndefined()
    isPublic = true
    await story.ended([id])
    expect(await ledger.lanes.pausedBy(story.lane)).toBeUndefined()
  })
})
