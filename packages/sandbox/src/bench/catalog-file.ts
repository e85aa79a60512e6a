import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { benchSize } from './bench-settings.ts'

const keyOf = (i: number): string => `SKU-${String(i).padStart(7, '0')}`
const imageOf = (i: number): string => `https://cdn.example.com/catalog/2026/spring/${keyOf(i)}-front.jpg`
const titleOf = (i: number): string => `product number ${i}`

/** How `catalogFile` is to be run. */
export const catalogPrompt = 'put the {{title}} on a light oak table, soft light from the left'

/** The edit that row `i` of the catalog becomes, counted from 0. */
export const rowOf = (i: number) => ({
  model: 'wan2.5-i2i-preview',
  n: 1,
  size: benchSize,
  prompt: catalogPrompt.replace('{{title}}', titleOf(i)),
  images: [imageOf(i)],
  key: keyOf(i),
})

/** Writes a catalog of so many rows. */
export async function writeCatalog(path: string, rows: number): Promise<void> {
  const lines = function* () {
    yield 'sku,image,title\n'
    for (let from = 0; from < rows; from += 1_000) {
      let block = ''
      for (let i = from; i < Math.min(from + 1_000, rows); i += 1)
        block += `${keyOf(i)},${imageOf(i)},${titleOf(i)}\n`
      yield block
    }
  }
  const file = createWriteStream(path)
  await pipeline(Readable.from(lines()), file)
  if (!file.closed) await once(file, 'close')
}
