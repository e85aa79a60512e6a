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

const foreign: readonly (readonly [opening: RegExp, name: string])[] = [
  [/^GIF8[79]a/, 'GIF'],
  [/^.{4}ftyp(.{4})*?(avif|avis)/s, 'AVIF'],
  [/^.{4}ftyp(hei[cxms]|hev[cxms]|mif1|msf1)/s, 'HEIC'],
  [/^.{4}ftypcrx /s, 'camera raw (CR3)'],
  [/^.{4}ftyp/s, 'video'],
  [/^(II\*\0.{4}CR|FUJIFILMCCD-RAW|II[RU]\0|IIRO|IIRS)/s, 'camera raw'],
  [/^(II\*\0|MM\0\*|II\+\0|MM\0\+)/, 'TIFF'],
  [/^(\0\0\0\x0cJXL |\xff\x0a)/, 'JPEG XL'],
  [/^(\0\0\0\x0cjP {2}|\xff\x4f\xff\x51)/, 'JPEG 2000'],
  [/^(II\xbc|WMPHOTO)/, 'JPEG XR'],
  [/^8BPS/, 'Photoshop'],
  [/^%PDF-/, 'PDF'],
  [/^(%!PS|\xc5\xd0\xd3\xc6)/, 'PostScript'],
  [/^\0\0[\x01\x02]\0/, 'icon'],
  [/^P[1-7][\s#]/, 'PNM'],
  [/^#\?(RADIANCE|RGBE)/, 'HDR'],
  [/^PK\x03\x04/, 'ZIP or Office'],
  [/^(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*(<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/s, 'SVG'],
  [/^(\xef\xbb\xbf)?\s*<(!doctype html|html)/i, 'web page'],
]

/** Judges a file by its first `startBytes` bytes, whatever it is called. */
export function fileKind(start: Uint8Array): FileKind {
  if (start.length === 0) return { kind: 'empty' }
  const format = pictureFormat(start)
  if (format !== undefined) return { kind: 'picture', format }
  const opening = Buffer.from(start.subarray(0, startBytes)).toString('latin1')
  const known = foreign.find(([pattern]) => pattern.test(opening))
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
