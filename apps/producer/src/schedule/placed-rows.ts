import type { Row } from '@restyle/manifest/manifest'
import { pictureOf } from '@restyle/manifest/picture-address'
import { splitCell } from '@restyle/manifest/split-cell'

/**
 * Rows whose relative pictures are addresses beside their manifest; `folder` is its address up to the last slash. A path that
 * leads out of there stays as it is, and is refused later.
 */
export async function* placedRows(
  rows: AsyncIterable<Row>,
  folder: string,
  now: number,
): AsyncGenerator<Row> {
  for await (const row of rows) {
    const images = row.images.map(({ field, address: cell }) => ({
      field,
      address: splitCell(cell)
        .map((part) => placed(part, folder, now))
        .join('\n'),
    }))
    yield { ...row, images }
  }
}

function placed(cell: string, folder: string, now: number): string {
  const named = pictureOf(cell, now)
  if (named.kind !== 'path' || named.missing !== undefined) return cell
  const path = named.path.replaceAll('\\', '/').replace(/^(\.\/)+/, '')
  if (path === '' || path.startsWith('/') || path.split('/').includes('..')) return cell
  return folder.startsWith('s3://') ? `${folder}${path}` : `${folder}${encodeURI(path)}`
}
