import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { restyle } from './cli.ts'
import { draw, openStory, sha256, type Story } from './story.ts'

describe('bad input', () => {
  let story: Story
  let dir: string
  let good: string

  beforeAll(async () => {
    story = await openStory()
    good = await story.picture()
    dir = await mkdtemp(join(tmpdir(), 'restyle-story-'))
    await writeFile(join(dir, 'good.png'), await draw(10))
    await writeFile(join(dir, 'cut.png'), (await draw(10)).subarray(0, 600))
    await sharp({ create: { width: 200, height: 200, channels: 3, background: 'red' } }).toFile(
      join(dir, 'tiny.png'),
    )
  })
  afterAll(async () => {
    await story.stop()
    await rm(dir, { recursive: true })
  })

  it.each<[string, object]>([
    ['without a prompt', { prompt: '' }],
    ['with a prompt that the vendor would cut', { prompt: 'x'.repeat(2001) }],
    ['for five images', { n: 5 }],
    ['in a size that the model does not know', { size: '100*100' }],
    ['of a picture that was never uploaded', { images: [`sha256:${'0'.repeat(64)}`] }],
    ['of a picture in our own network', { images: ['http://169.254.169.254/latest/meta-data'] }],
    ['of no picture', { images: [] }],
    ['for a model that nobody has', { model: 'wan9' }],
    ['with a parameter that nobody knows', { stile: 'oak' }],
    ['under a key that is a path', { key: '../secrets' }],
  ])('an edit %s is refused by the API', async (_what, more) => {
    const { status, body } = await story.call('POST', '/v1/edits', { prompt: 'x', images: [good], ...more })
    expect(status).toBe(422)
    expect(body).toMatchObject({ type: '/problems#invalid-request' })
  })

  it('of one row refuses the whole batch', async () => {
    const edits = [
      { prompt: 'x', images: [good] },
      { prompt: 'x', images: [good], n: 0 },
    ]
    const { status, body } = await story.call('POST', '/v1/batches', { edits })
    expect(status).toBe(422)
    expect(body).toMatchObject({ errors: [{ row: 2, pointer: '/edits/1/n' }] })
  })

  it('that is no picture is not taken as a source', async () => {
    const bytes = Buffer.from('<!doctype html>')
    expect((await story.call('PUT', `/v1/sources/${sha256(bytes)}`, bytes)).status).toBe(422)
    expect((await story.call('PUT', `/v1/sources/${'0'.repeat(64)}`, await draw(10))).status).toBe(422)
  })

  it.each<[string, string[], RegExp]>([
    ['a picture that is too small', ['tiny.png', 'good.png'], /200/],
    ['a picture that is not there', ['good.png', 'gone.png'], /gone\.png/],
    [
      'a picture that is broken',
      ['good.png', 'cut.png'],
      /^row 3, image: cut\.png is a PNG that does not decode/m,
    ],
  ])('in a catalog (%s) ends the command with 2 before anything is sent', async (_what, files, says) => {
    const sources = story.world.s3.objects('restyle').length
    await writeFile(join(dir, 'catalog.csv'), ['image', ...files, ''].join('\n'))
    const { code, stderr } = await restyle(story.world, dir, 'run', 'catalog.csv', '--prompt', 'on oak')
    expect(code).toBe(2)
    expect(stderr).toMatch(says)
    expect(story.world.s3.objects('restyle')).toHaveLength(sources)
  })

  it('was never enqueued, submitted or billed', async () => {
    const { redis, dashscope } = story.world
    const kept = (await redis.keys('*')).filter((key) => /:(edit|batch|events|spend|due)\b/.test(key))
    expect(kept).toEqual([])
    expect(dashscope.posts).toEqual([])
  })
})
