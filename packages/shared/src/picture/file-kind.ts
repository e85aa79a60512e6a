import { pictureFormat, type PictureFormat } from '../picture-format.ts'

/**
 * What a file is by its first bytes. `foreign`: a picture or document of another format; `name` is for messages.
 * `text` and `unknown` are no pictures.
 */
export type FileKind =
  | { kind: 'picture'; format: PictureFormat }
  | { kind: 'foreign'; name: string }
  | { kind: 'text' | 'unknown' | 'empty' }

/** How many bytes of a file `fileKind` wants to see. */
export const startBytes = 4096

// as text, each byte a letter
const foreign: readonly (readonly [opening: string, name: string])[] = [
  [String.raw`^GIF8[79]a`, 'GIF'],
  [String.raw`^.{4}ftyp(.{4})*?(avif|avis)`, 'AVIF'],
  [String.raw`^.{4}ftyp(hei[cxms]|hev[cxms]|mif1|msf1)`, 'HEIC'],
  [String.raw`^.{4}ftypcrx `, 'camera raw (CR3)'],
  [String.raw`^.{4}ftyp`, 'video'],
  [String.raw`^(II\*\0.{4}CR|FUJIFILMCCD-RAW|II[RU]\0|IIRO|IIRS)`, 'camera raw'],
  [String.raw`^(II\*\0|MM\0\*|II\+\0|MM\0\+)`, 'TIFF'],
  [String.raw`^(\0\0\0\x0cJXL |\xff\x0a)`, 'JPEG XL'],
  [String.raw`^(\0\0\0\x0cjP {2}|\xff\x4f\xff\x51)`, 'JPEG 2000'],
  [String.raw`^(II\xbc|WMPHOTO)`, 'JPEG XR'],
  [String.raw`^8BPS`, 'Photoshop'],
  [String.raw`^%PDF-`, 'PDF'],
  [String.raw`^(%!PS|\xc5\xd0\xd3\xc6)`, 'PostScript'],
  [String.raw`^\0\0[\x01\x02]\0`, 'icon'],
  [String.raw`^P[1-6]\s+(?:#[^\n]*\n)*\d+\s+\d+\s`, 'PNM'],
  [String.raw`^#\?(RADIANCE|RGBE)`, 'HDR'],
  [String.raw`^PK\x03\x04`, 'ZIP or Office'],
  [
    String.raw`^(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--(?:(?!-->).)*-->\s*)*(<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]`,
    'SVG',
  ],
  [String.raw`^(\xef\xbb\xbf)?\s*<(!doctype html|!DOCTYPE html|html|HTML)`, 'web page'],
]

/** Judges a file by its first `startBytes` bytes, whatever it is called. */
export function fileKind(start: Uint8Array): FileKind {
  if (start.length === 0) return { kind: 'empty' }
  const format = pictureFormat(start)
  if (format !== undefined) return { kind: 'picture', format }
  const opening = Buffer.from(start.subarray(0, startBytes)).toString('latin1')
  const known = foreign.find(([pattern]) => new RegExp(pattern, 's').test(opening))
  if (known !== undefined) return { kind: 'foreign', name: known[1] }
  return { kind: isText(start) ? 'text' : 'unknown' }
}

function isText(start: Uint8Array): boolean {
  try {
    return !new TextDecoder('utf-8', { fatal: true }).decode(start, { stream: true }).includes('\0')
  } catch {
    return false
  }
}
