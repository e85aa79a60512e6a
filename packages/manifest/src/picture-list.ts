import { columnName, trimCell } from './clean-text.ts'
import type { RowItem } from './manifest.ts'
import { linesOfText } from './lines-of-text.ts'
import { namesPictures } from './split-cell.ts'

/** Whether a text begins with a picture instead of a header: no cell of its first line is the column `wanted`. */
export function isPictureList(start: string, wanted: string): boolean {
  const first = trimCell(start.split(/[\r\n]+/).find((line) => trimCell(line) !== '') ?? '')
  const names = first.split(/[,;\t|]/).map((name) => columnName(name).toLowerCase())
  return first !== '' && !names.includes(wanted.toLowerCase()) && namesPictures(first)
}

/** A picture, or several, in each line; the one column is called like that of the pictures. */
export async function* pictureList(
  text: AsyncIterable<string>,
  imageColumn: string,
): AsyncGenerator<RowItem> {
  let number = 0
  for await (const line of linesOfText(text)) {
    number += 1
    const address = trimCell(line)
    if (address === '') continue
    const cells = new Map([[imageColumn, address]])
    yield { kind: 'row', row: { number, cells, images: [{ field: imageColumn, address }], own: {} } }
  }
}
