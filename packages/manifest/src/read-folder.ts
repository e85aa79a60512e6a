import { readdir } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import type { RowItem } from './manifest.ts'
import { Unfit } from './unfit.ts'

const PICTURE = /^[^.].*\.(jpe?g|png|webp|bmp)$/i

/**
 * Every picture directly in `folder`, sorted by name, without hidden files. Columns: `key` (the name without its
 * extension) and `file`. Throws `Unfit` where there is none.
 */
export async function* readFolder(folder: string): AsyncGenerator<RowItem> {
  const names = (await readdir(folder)).filter((name) => PICTURE.test(name)).toSorted()
  if (names.length === 0) throw new Unfit(basename(folder), 'holds no pictures (jpg, jpeg, png, webp, bmp)')
  for (const [index, name] of names.entries()) {
    const cells = new Map([
      ['key', basename(name, extname(name))],
      ['file', name],
    ])
    const images = [{ field: 'image', address: name }]
    yield { kind: 'row', row: { number: index + 1, cells, images, own: {} } }
  }
}
