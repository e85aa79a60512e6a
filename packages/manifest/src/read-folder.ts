import { readdir } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { Stop } from '../stop.ts'
import type { Manifest } from './manifest.ts'

const PICTURE = /^[^.].*\.(jpe?g|png|webp|bmp)$/i

/** Every picture that lies in `folder` itself, by name; hidden files are left out. Columns: `key` (the name without its ending) and `file`. */
export async function readFolder(folder: string): Promise<Manifest> {
  const names = (await readdir(folder)).filter((name) => PICTURE.test(name)).toSorted()
  if (names.length === 0)
    throw new Stop('input', [`${basename(folder)} holds no pictures (jpg, jpeg, png, webp, bmp)`])
  const rows = names.map((name, index) => ({
    number: index + 1,
    cells: new Map([
      ['key', basename(name, extname(name))],
      ['file', name],
    ]),
    images: [{ field: 'image', address: name }],
    own: {},
  }))
  return { unit: 'file', folder, columns: ['key', 'file'], rows }
}
