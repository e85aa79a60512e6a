import { pictureFormat } from './picture-format.ts'

const bytes = (text: string) => Buffer.from(text, 'latin1')

describe('pictureFormat', () => {
  it.each([
    ['png', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR'],
    ['jpeg', '\xff\xd8\xff\xe0\0\x10JFIF\0'],
    ['webp', 'RIFF\x24\n\r\0WEBPVP8 '],
    ['webp', 'RIFF\0\0\0\0WEBPVP8L'],
    ['webp', 'RIFF\0\0\0\0WEBPVP8X'],
    ['bmp', 'BM\0\0'],
  ])('knows a %s by its first bytes', (format, opening) => {
    expect(pictureFormat(bytes(`${opening}and more`))).toBe(format)
  })

  it.each([
    ['nothing', ''],
    ['a page', '<!doctype html>'],
    ['a GIF', 'GIF89a'],
    ['the start of a PNG', '\x89PNG\r\n'],
    ['a sound', 'RIFF\0\0\0\0WAVEfmt '],
    ['a WebP without a picture', 'RIFF\0\0\0\0WEBPEXIF'],
  ])('takes %s for no picture', (_, opening) => {
    expect(pictureFormat(bytes(opening))).toBeUndefined()
  })
})
