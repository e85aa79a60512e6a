import type { Catalog } from './catalog.ts'
import { linesOfText } from './lines-of-text.ts'
import { shown, type RowItem } from './manifest.ts'
import { bucketAddress, type ListedObject } from './object-reader.ts'
import { calledPicture, rowOfPicture } from './picture-names.ts'
import { readText } from './read-text.ts'
import { Unfit } from './unfit.ts'

/**
 * The pictures of a listing, in its order, by their names alone: to look into each would be a request each. Columns as those of
 * a folder. Throws `Unfit` where there is none.
 */
export async function* readListing({ path, folder = '' }: Catalog): AsyncGenerator<RowItem> {
  const { bucket, key: within } = bucketAddress(folder) ?? { bucket: '', key: '' }
  let number = 0
  for await (const line of linesOfText(readText(path))) {
    const { key, bytes } = JSON.parse(line) as ListedObject
    // a folder that somebody made in a browser
    if (key.endsWith('/')) continue
    const name = key.slice(within.length)
    const leftOut = reasonToLeaveOut(name, bytes)
    if (leftOut !== undefined) {
      yield { kind: 'note', note: { where: shown(name), detail: leftOut } }
      continue
    }
    number += 1
    yield { kind: 'row', row: rowOfPicture(number, name, `s3://${bucket}/${key}`) }
  }
  if (number === 0)
    throw new Unfit(shown(folder), 'holds no objects that are called like a picture (JPEG, PNG, WebP, BMP)')
}

function reasonToLeaveOut(name: string, bytes: number): string | undefined {
  if (name.split('/').some((part) => part.startsWith('.'))) return 'is hidden'
  if (!calledPicture.test(name)) return 'is not called like a picture'
  if (bytes === 0) return 'is empty'
  return /\p{Cc}/u.test(name) ? 'has a control character in its name' : undefined
}
