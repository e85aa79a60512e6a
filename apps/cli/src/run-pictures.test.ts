import { createHash } from 'node:crypto'
import { join } from 'node:path'
import sharp from 'sharp'
import { batchOf, startFakeWorld } from '../test/fake-world.ts'

let world: Awaited<ReturnType<typeof startFakeWorld>>
beforeEach(async () => {
  world = await startFakeWorld()
})
afterEach(() => world.close())

const uploads = () => world.seen.filter(({ method }) => method === 'PUT').map(({ body }) => body)

/** Has no picture yet and takes all. */
function takesAll(): void {
  world.answer = ({ method }, response) => {
    if (method === 'HEAD') response.writeHead(404)
    return method === 'PUT' ? { image: 'sha256:x' } : batchOf(4, { queued: 4 })
  }
}

const run = (...flags: string[]) =>
  world.restyle(['run', 'photos.csv', '-p', 'at night', '--no-wait', ...flags])

/** A phone's picture, a print shop's, a cut-out product and a camera's; each is named twice. */
async function drawCatalog(): Promise<void> {
  const flat = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: 'red' } })
  await flat(600, 400).withMetadata({ orientation: 6 }).jpeg().toFile(join(world.folder, 'phone.jpg'))
  await flat(600, 400).toColourspace('cmyk').jpeg().toFile(join(world.folder, 'print.jpg'))
  await sharp({ create: { width: 500, height: 400, channels: 4, background: '#ff000000' } })
    .png()
    .toFile(join(world.folder, 'cutout.png'))
  await flat(6000, 4000).jpeg().toFile(join(world.folder, 'camera.jpg'))
  const rows = ['phone.jpg', 'print.jpg', 'cutout.png', 'camera.jpg']
  await world.write('photos.csv', ['image', ...rows, ...rows, ''].join('\n'))
}

describe('local pictures of restyle run', () => {
  it('arrive upright, in sRGB, opaque and inside the limits, and the run says what was done', async () => {
    await drawCatalog()
    takesAll()
    const { exitCode, stdout } = await run()
    expect(exitCode).toBe(0)
    expect(stdout).toContain(
      'made ready 4 pictures: 1 turned upright, 1 converted from CMYK without a colour profile (look at their colours), ' +
        '1 laid on a background where they are transparent, 1 made smaller; --as-is sends every file unchanged\n',
    )
    const seen = await Promise.all(uploads().map((bytes) => sharp(bytes).metadata()))
    const sizes = seen.map(({ width, height }) => `${width}x${height}`).toSorted()
    expect(sizes).toEqual(['400x600', '5000x3333', '500x400', '600x400'])
    for (const { space, hasAlpha, orientation } of seen)
      expect({ space, hasAlpha, orientation }).toEqual({
        space: 'srgb',
        hasAlpha: false,
        orientation: undefined,
      })
    const named = world.seen.flatMap(({ url, method }) => (method === 'PUT' ? [url.split('/').at(-1)] : []))
    expect(named).toEqual(uploads().map((bytes) => createHash('sha256').update(bytes).digest('hex')))
  })

  it('are named where the model cannot take them as they are', async () => {
    await drawCatalog()
    const { exitCode, stderr } = await run('--as-is')
    expect(exitCode).toBe(2)
    expect(stderr).toContain('camera.jpg: width is 6000 px; wan2.5-i2i-preview takes 384 to 5000')
    expect(stderr).not.toContain('phone.jpg')
    expect(world.seen).toEqual([])
  })

  it('are counted for a program, and laid on the colour that is asked for', async () => {
    await drawCatalog()
    takesAll()
    await world.write('photos.csv', 'image\ncutout.png\n')
    const dry = await run('--dry-run', '--json')
    expect(JSON.parse(dry.stdout)).toMatchObject({ prepared: { pictures: 1, flattened: 1 } })
    await run('--background', '#00ff00')
    const [bytes = Buffer.alloc(0)] = uploads()
    expect([...(await sharp(bytes).raw().toBuffer()).subarray(0, 3)]).toEqual([0, 255, 0])
  })

  it('stop the run where a file is another one by the time it is sent', async () => {
    await drawCatalog()
    await world.write('photos.csv', 'image\nphone.jpg\n')
    let asked = false
    world.answer = ({ method }, response) => {
      if (method !== 'HEAD') return batchOf(1, { queued: 1 })
      asked = true
      const other = sharp({ create: { width: 700, height: 400, channels: 3, background: 'blue' } })
      void other
        .withMetadata({ orientation: 3 })
        .jpeg()
        .toFile(join(world.folder, 'phone.jpg'))
        .then(() => response.writeHead(404).end())
      return null
    }
    const { exitCode, stderr } = await run()
    expect(asked).toBe(true)
    expect(exitCode).toBe(2)
    expect(stderr).toContain('phone.jpg: has changed since it was checked')
    expect(uploads()).toEqual([])
  })

  it.each(['#12', 'transparent', 'rgb(1,2,3)'])('refuse the background %s', async (colour) => {
    const { exitCode, stderr } = await run('--background', colour)
    expect(exitCode).toBe(2)
    expect(stderr).toContain('It must be #rrggbb, white, black or grey.')
  })
})
