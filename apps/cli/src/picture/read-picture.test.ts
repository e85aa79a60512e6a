import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { models } from '@restyle/dashscope/models'
import { pictureReader as openReader, readPicture } from './read-picture.ts'

const fit = models['wan2.5-i2i-preview'].accepts.picture
const asTheyAre = { fit, preparing: undefined }

/** Reads pictures as they are, for the default model. */
const pictureReader = (within: string, ...rest: [string?]) => {
  const read = openReader(within, undefined, ...rest)
  return (path: string) => read(path, fit)
}

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'restyle-pictures-'))
  await mkdir(join(folder, 'inside'))
})
afterAll(() => rm(folder, { recursive: true }))

const drawn = () => sharp({ create: { width: 40, height: 30, channels: 3, background: 'red' } })

describe('a local picture', () => {
  it.each(['png', 'jpeg', 'webp'] as const)(
    'of format %s is read by its header, whatever its name',
    async (format) => {
      const path = join(folder, 'picture.dat')
      const bytes = await drawn().toFormat(format).toBuffer()
      await writeFile(path, bytes)
      expect(await readPicture(path, asTheyAre)).toEqual({
        kind: 'picture',
        local: {
          path,
          picture: { format, width: 40, height: 30, bytes: bytes.length },
          sha256: createHash('sha256').update(bytes).digest('hex'),
        },
      })
    },
  )

  it.each([
    ['photos\\lamp.jpg', 'photos/lamp.jpg'],
    ['.\\PHOTOS\\Lamp.JPG', 'photos/lamp.jpg'],
    ['photos/cafe\u0301.jpg', 'photos/caf\u00e9.jpg'],
    ['Photos/CAF\u00c9.JPG', 'photos/caf\u00e9.jpg'],
  ])('that is named %j is %s', async (named, path) => {
    const photos = join(folder, 'photos')
    await mkdir(photos, { recursive: true })
    for (const name of ['lamp.jpg', 'caf\u00e9.jpg'])
      await writeFile(join(photos, name), await drawn().jpeg().toBuffer())
    expect(await pictureReader(folder, folder)(named)).toMatchObject({ local: { path: join(folder, path) } })
  })

  it.each([
    ['LAMP.jpg', 'does not exist; is Lamp.jpg or lamp.jpg meant?'],
    ['mug.jpeg', 'does not exist; is mug.jpg meant?'],
    ['my%20cup.jpg', 'does not exist; is my cup.jpg meant?'],
    ['mugg.jpg', 'does not exist; is mug.jpg meant?'],
    ['C:\\Users\\me\\mug.jpg', 'does not exist; is mug.jpg meant?'],
    ['photo/mug.jpg', 'does not exist; is mug.jpg meant?'],
    ['teapot.jpg', 'does not exist'],
  ])('that is named %j %s', async (named, detail) => {
    const own = join(folder, 'near')
    await mkdir(own, { recursive: true })
    for (const name of ['lamp.jpg', 'Lamp.jpg', 'mug.jpg', 'my cup.jpg'])
      await writeFile(join(own, name), 'x')
    expect(await pictureReader(own, own)(named)).toEqual({ kind: 'fault', detail })
  })

  it('is read once for all rows that name it', async () => {
    await writeFile(join(folder, 'once.png'), await drawn().png().toBuffer())
    const read = pictureReader(folder)
    expect(read('once.png')).toBe(read('./inside/../once.png'))
    await read('once.png')
  })

  it.each([
    ['missing.png', 'does not exist'],
    ['inside', 'is a folder, not a picture'],
    ['empty.png', 'is empty'],
    ['text.png', 'is a text file, not a picture'],
    ['noise.png', 'is not a picture'],
  ])('%s %s', async (name, detail) => {
    await writeFile(join(folder, 'empty.png'), '')
    await writeFile(join(folder, 'text.png'), 'sku,title\n1,café\n')
    await writeFile(join(folder, 'noise.png'), Buffer.from([0, 255, 1, 254]))
    expect(await readPicture(join(folder, name), asTheyAre)).toEqual({ kind: 'fault', detail })
  })

  it('does not leave its folder, not even over a link', async () => {
    const inside = join(folder, 'inside')
    await writeFile(join(folder, 'outside.png'), await drawn().png().toBuffer())
    await writeFile(join(inside, '..own.png'), await readFile(join(folder, 'outside.png')))
    await symlink(join(folder, 'outside.png'), join(inside, 'link.png')).catch(() => undefined)
    const read = pictureReader(inside, inside)
    const detail = `leads outside ${inside}; allow another folder with --pictures`
    expect(await read('../outside.png')).toEqual({ kind: 'fault', detail })
    expect(await read('link.png')).toEqual({ kind: 'fault', detail })
    expect(await read('..own.png')).toMatchObject({ local: { picture: { format: 'png' } } })
  })
})
