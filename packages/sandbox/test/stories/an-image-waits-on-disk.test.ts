import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStory, type Story, until } from './story.ts'

describe('an image whose address dies while the bucket is away', () => {
  let story: Story
  let dir: string
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'restyle-spill-'))
    story = await openStory({
      env: { RESTYLE_SPILL_DIR: dir, RESTYLE_SPILL_BEFORE_MS: '60000' },
      // an address lives for two seconds
      dashscope: { urlLifetimeMs: 2_000 * 400 },
    })
  })
  afterEach(async () => {
    await story.stop()
    await rm(dir, { recursive: true })
  })

  it('waits on the disk of the machine, and is moved to the bucket when it is back', async () => {
    const { s3, dashscope, ledger } = story.world
    dashscope.faults.add({ at: 'task', do: { type: 'take', ms: 300 } })
    const id = await story.enqueue()
    await until(async () => (await ledger.read(id))?.state === 'running')
    s3.faults.down(true, 'unavailable')
    await until(async () => (await readdir(dir)).includes(`${id}.0`))
    const expiresAt = (await until(async () => (await ledger.read(id))?.images?.[0]?.expiresAt)) ?? 0
    await until(() => Date.now() > expiresAt + 100)
    expect((await ledger.read(id))?.images?.[0]?.spilledTo).toBeDefined()

    s3.faults.down(false)
    const [event] = await story.ended([id])
    expect(event).toMatchObject({ type: 'restyle.edit.succeeded', data: { images: [{ index: 0 }] } })
    expect(story.images()).toHaveLength(1)
    expect(await readdir(dir)).toEqual([])
    expect(story.lines.some(({ msg }) => String(msg).startsWith('image kept on the disk'))).toBe(true)
  })
})
