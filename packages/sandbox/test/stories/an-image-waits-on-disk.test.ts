import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStory, type Story, until } from './story.ts'

describe('an image whose address dies while the bucket is away', () => {
  let story: Story
  let dir: string
  /** How far the vendor's clock is behind ours (ms). */
  let behindMs: number
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'restyle-spill-'))
    behindMs = 20 * 60_000
    story = await openStory({
      env: { RESTYLE_SPILL_DIR: dir, RESTYLE_SPILL_BEFORE_MS: '60000' },
      // an address lives for ten minutes: by our clock it is dead already, by the vendor's it dies when the test wants it
      dashscope: { now: () => Date.now() - behindMs, urlLifetimeMs: 10 * 60_000 * 400 },
    })
  })
  afterEach(async () => {
    await story.stop()
    await rm(dir, { recursive: true })
  })

  it('waits on the disk of the machine, and is moved to the bucket when it is back', async () => {
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

    s3.faults.down(false)
    const [event] = await story.ended([id])
    expect(event).toMatchObject({ type: 'restyle.edit.succeeded', data: { images: [{ index: 0 }] } })
    expect(story.images()).toHaveLength(1)
    expect(await readdir(dir)).toEqual([])
    expect(story.lines.some(({ msg }) => String(msg).startsWith('image kept on the disk'))).toBe(true)
  })
})
