import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { openStory, type Story, until } from './story.ts'

describe('an image whose address dies while the bucket is away', () => {
  let story: Story
  let dir: string
  /** How far the vendor's clock is behind ours (ms). */
  let behindMs: number
  /** Happens before an edit moves to a state. */
  let crash: (to: string) => Promise<void>
  const dying = (ledger: Ledger): Ledger => ({
    ...ledger,
    move: async (edit, change) => {
      await crash(change.to)
      return ledger.move(edit, change)
    },
  })
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'restyle-spill-'))
    behindMs = 20 * 60_000
    crash = async () => {}
    story = await openStory({
      workers: 0,
      overrides: { seams: { ledger: (ledger) => dying(ledger) } },
      env: { RESTYLE_SPILL_DIR: dir, RESTYLE_SPILL_BEFORE_MS: '60000' },
      // an address lives for ten minutes: by our clock it is dead already, by the vendor's it dies when the test wants it
      dashscope: { now: () => Date.now() - behindMs, urlLifetimeMs: 10 * 60_000 * 400 },
    })
  })
  afterEach(async () => {
    await story.stop()
    await rm(dir, { recursive: true })
  })

  /** An edit whose image is on the disk while the bucket is away, and whose address is dead then. */
  const spilled = async () => {
    const { s3, dashscope, ledger } = story.world
    const stillRuns = { type: 'state', state: 'RUNNING' } as const
    const held = dashscope.faults.add({ at: 'query', times: Infinity, do: stillRuns })
    const id = await story.enqueue()
    await until(() => held.fired > 0)
    s3.faults.down(true, 'unavailable')
    held.lift()
    const image = await until(async () => {
      const [first] = (await ledger.read(id))?.images ?? []
      return first?.spilledTo !== undefined && first
    })
    expect(await readdir(dir)).toEqual([`${id}.0`])
    behindMs = 0
    expect(await (await fetch(image.url ?? '')).text()).toContain('Request has expired')
    expect(image.expiresAt).toBeLessThan(Date.now())
    return id
  }
  const errors = (start: string) =>
    story.lines.filter(({ level, msg }) => level === 'error' && String(msg).startsWith(start))

  it('waits on the disk of the machine, and is moved to the bucket when it is back', async () => {
    await story.world.startWorker()
    const id = await spilled()
    story.world.s3.faults.down(false)
    const [event] = await story.ended([id])
    expect(event).toMatchObject({ type: 'restyle.edit.succeeded', data: { images: [{ index: 0 }] } })
    expect(story.images()).toHaveLength(1)
    await until(async () => (await readdir(dir)).length === 0)
    expect(errors('image kept on the disk')).not.toEqual([])
  })

  it.each(['stays on the disk', 'is found in the bucket though the disk is lost'])(
    'whose worker dies after the bucket has it, and before the ledger knows, %s',
    async (how) => {
      await story.world.startWorker()
      const id = await spilled()
      const died = Promise.withResolvers<string[]>()
      crash = async (to) => {
        if (to !== 'succeeded') return
        died.resolve(await readdir(dir))
        if (how.includes('lost')) await rm(join(dir, `${id}.0`))
        crash = async () => {}
        throw new Error('the worker dies here')
      }
      story.world.s3.faults.down(false)
      expect(await died.promise).toEqual([`${id}.0`])
      const [event] = await story.ended([id])
      expect(event?.type).toBe('restyle.edit.succeeded')
      expect(story.images()).toHaveLength(1)
      await until(async () => (await readdir(dir)).length === 0)
    },
  )

  it('is given up a day after its address died if its machine is gone, and calls a person before', async () => {
    const first = await story.world.startWorker()
    const id = await spilled()
    await first.stop()
    await rm(join(dir, `${id}.0`))
    story.world.s3.faults.down(false)
    const other = await story.world.startWorker()
    await until(() => errors('image is on the disk of a machine that has not brought it').length > 0)
    expect((await story.world.ledger.read(id))?.state).toBe('rendered')
    await other.stop()
    await story.world.startWorker({ env: { RESTYLE_SPILL_WAIT_MS: '60000' } })
    const [event] = await story.ended([id])
    expect(event?.data.failure).toMatchObject({ code: 'ImageStranded' })
    await until(() => errors('image was given up').length > 0)
    expect(errors('image was given up')).toHaveLength(1)
    // it waits for nothing any more that submits would wait for
    expect(await story.world.redis.zcard('{restyle}:rendered')).toBe(0)
  })

  /** The edit of an image whose machine is gone, and another machine that waits for it. */
  const stranded = async () => {
    const first = await story.world.startWorker()
    const id = await spilled()
    await first.stop()
    await story.world.startWorker({ env: { RESTYLE_SPILL_DIR: join(dir, 'other') } })
    return id
  }
  const giveUp = (id: string, images?: number[]) =>
    story.call('POST', `/v1/edits/${id}/resolution`, { action: 'giveUp', ...(images && { images }) })

  it('is given up by a person, alone and at once, once the bucket says that it is not there', async () => {
    const id = await stranded()
    // nobody knows yet: the bucket is away
    expect((await giveUp(id, [0])).status).toBe(200)
    await until(() => story.lines.some(({ msg }) => msg === 'images could not be copied yet'))
    expect((await story.world.ledger.read(id))?.state).toBe('rendered')
    story.world.s3.faults.down(false)
    const [event] = await story.ended([id], 90_000)
    expect(event).toMatchObject({ type: 'restyle.edit.failed', data: { failure: { code: 'Dropped' } } })
    // a later decision finds nothing to decide
    expect(await giveUp(id)).toMatchObject({ status: 409, body: { type: '/problems#not-held' } })
  })

  it('is not given up by a decision about another image, and stored when its machine comes back', async () => {
    const id = await stranded()
    story.world.s3.faults.down(false)
    const refused = await giveUp(id, [1])
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: '/images/0' }] } })
    await story.world.startWorker()
    const [event] = await story.ended([id])
    expect(event?.type).toBe('restyle.edit.succeeded')
  })
})
