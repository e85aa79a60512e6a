import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { fileKind } from './file-kind.ts'
import { readPicture } from './read-picture.ts'

const drawn = () =>
  sharp({
    create: {
      width: 400,
      height: 300,
      channels: 3,
      background: 'red',
      noise: { type: 'gaussian', mean: 128, sigma: 30 },
    },
  })

/** A Windows bitmap of 24 bits, or what makes one unusual. */
function bmp({ header = 40, packing = 0, height = 30 } = {}): Buffer {
  const bytes = Buffer.alloc(54 + 40 * 3 * 30)
  bytes.write('BM')
  bytes.writeUInt32LE(54, 10)
  bytes.writeUInt32LE(header, 14)
  bytes.writeInt32LE(40, 18)
  bytes.writeInt32LE(height, 22)
  bytes.writeUInt16LE(24, 28)
  bytes.writeUInt32LE(packing, 30)
  return bytes
}

async function detailOf(bytes: Buffer): Promise<string> {
  const read = await readPicture(bytes)
  return read.kind === 'fault' ? read.detail : 'is a picture'
}

describe('a source picture', () => {
  it.each(['png', 'jpeg', 'webp'] as const)(
    'of format %s is read in memory and from a file alike',
    async (format) => {
      const bytes = await drawn().toFormat(format).toBuffer()
      const whole = { kind: 'picture', picture: { format, width: 400, height: 300, bytes: bytes.length } }
      expect(await readPicture(bytes)).toEqual(whole)
      const folder = await mkdtemp(join(tmpdir(), 'restyle-picture-'))
      const path = join(folder, 'called.txt')
      await writeFile(path, bytes)
      expect(await readPicture({ path, start: bytes.subarray(0, 4096), bytes: bytes.length })).toEqual(whole)
      await rm(folder, { recursive: true })
    },
  )

  it.each(['png', 'jpeg', 'webp'] as const)(
    'of format %s that is cut short is named as that',
    async (format) => {
      const bytes = await drawn().toFormat(format).toBuffer()
      expect(await detailOf(bytes.subarray(0, bytes.length / 2))).toMatch(
        new RegExp(`^is a ${format} that does not decode: .`, 'i'),
      )
    },
  )

  it('is a bitmap, whichever way its rows run', async () => {
    for (const height of [30, -30])
      expect(await readPicture(bmp({ height }))).toMatchObject({
        picture: { format: 'bmp', width: 40, height: 30 },
      })
  })

  it.each([
    ['nothing', Buffer.alloc(0), 'is empty'],
    ['a text', Buffer.from('sku,title\n1,café\n'), 'is a text file, not a picture'],
    ['noise', Buffer.from([0, 255, 1, 254]), 'is not a picture'],
    ['a bitmap of OS/2', bmp({ header: 12 }), 'is a BMP of OS/2; save it as PNG'],
    ['a bitmap that is run-length encoded', bmp({ packing: 1 }), 'is a packed BMP (RLE); save it as PNG'],
    ['half a bitmap', bmp().subarray(0, -10), 'is a BMP that is cut short'],
    ['the start of a bitmap', bmp().subarray(0, 20), 'is a BMP that is cut short'],
  ])('is not %s', async (_, bytes, detail) => expect(await detailOf(bytes)).toBe(detail))

  it('above 64 million pixels is not decoded', async () => {
    const huge = await sharp({ create: { width: 9000, height: 8000, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
    expect(await detailOf(huge)).toBe('is 9000 by 8000 pixels; no model takes more than 8000 by 8000')
  })
})

describe('a file of another format', () => {
  it.each([
    ['GIF', 'GIF89a'],
    ['HEIC', '\0\0\0\x18ftypheic'],
    ['HEIC', '\0\0\0\x18ftypmif1\0\0\0\0mif1heic'],
    ['AVIF', '\0\0\0\x1cftypavif'],
    ['AVIF', '\0\0\0\x1cftypmif1\0\0\0\0avif'],
    ['TIFF', 'II*\0\x08\0\0\0'],
    ['TIFF', 'MM\0*\0\0\0\x08'],
    ['camera raw', 'II*\0\x10\0\0\0CR\x02\0'],
    ['camera raw (CR3)', '\0\0\0\x18ftypcrx '],
    ['JPEG XL', '\xff\x0a'],
    ['JPEG 2000', '\0\0\0\x0cjP  \r\n'],
    ['Photoshop', '8BPS\0\x01'],
    ['PDF', '%PDF-1.7'],
    ['SVG', '<?xml version="1.0"?>\n<!-- a --><svg xmlns="x">'],
    ['web page', '<!DOCTYPE html><title>403</title>'],
    ['ZIP or Office', 'PK\x03\x04'],
    ['SVG', `${'<!-- a -->'.repeat(300)}<svg>`],
    ['PNM', 'P6\n# a\n640 480\n255\n'],
  ])('is called %s', (name, opening) =>
    expect(fileKind(Buffer.from(opening, 'latin1'))).toEqual({ kind: 'foreign', name }),
  )

  it('is judged in a moment, whatever it repeats', () =>
    expect(fileKind(Buffer.from('<!---->'.repeat(600)))).toEqual({ kind: 'text' }))
})
