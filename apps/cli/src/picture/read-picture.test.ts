import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { pictureReader, readPicture } from './read-picture.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'restyle-pictures-'))
  await mkdir(join(folder, 'inside'))
})
afterAll(() => rm(folder, { recursive: true }))

const drawn = () => sharp({ create: { width: 40, height: 30, channels: 3, background: 'red' } })

function bmp(headerBytes: number): Buffer {
  const bytes = Buffer.alloc(60)
  bytes.write('BM')
  bytes.writeUInt32LE(headerBytes, 14)
  if (headerBytes === 12) {
    bytes.writeUInt16LE(640, 18)
    bytes.writeUInt16LE(480, 20)
  } else {
    bytes.writeInt32LE(640, 18)
    bytes.writeInt32LE(-480, 22)
  }
  return bytes
}

describe('a local picture', () => {
  it.each(['png', 'jpeg', 'webp'] as const)(
    'of format %s is read by its header, whatever its name',
    async (format) => {
      const path = join(folder, 'picture.dat')
      const bytes = await drawn().toFormat(format).toBuffer()
      await writeFile(path, bytes)
      expect(await readPicture(path)).toEqual({
        kind: 'picture',
        local: {
          path,
          picture: { format, width: 40, height: 30, bytes: bytes.length },
          sha256: createHash('sha256').update(bytes).digest('hex'),
        },
      })
    },
  )

  it.each([12, 40])('of format bmp with a header of %i bytes is read too', async (headerBytes) => {
    const path = join(folder, 'picture.bmp')
    await writeFile(path, bmp(headerBytes))
    expect(await readPicture(path)).toMatchObject({
      local: { picture: { format: 'bmp', width: 640, height: 480, bytes: 60 } },
    })
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
    expect(await readPicture(join(folder, name))).toEqual({ kind: 'fault', detail })
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
