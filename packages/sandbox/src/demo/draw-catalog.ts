import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { paints } from './paint.ts'
import { products } from './products.ts'
import { photograph } from './studio.ts'

const papers = ['#e3d8c6', '#cfdcd2', '#ccd8e6', '#ecd3c8', '#dcd0e2', '#d9dde0']

const sizes = [
  [1000, 1000],
  [1200, 900],
  [900, 1200],
  [1600, 1200],
  [1280, 1600],
  [800, 800],
] as const

const formats = ['jpg', 'png', 'webp'] as const

const styles = [
  'on a sunlit marble kitchen counter',
  'on a mossy forest floor at dawn',
  'in a calm Scandinavian living room',
  'on a beach at golden hour',
  'on brushed concrete under neon light',
  'on a rustic oak table with dried flowers',
]

/**
 * Draws a small shop's catalog into `dir`: product pictures in mixed sizes and formats, and `catalog.csv` with the columns
 * sku, image (relative to `dir`), product, colour and style. Gives the picture of each sku. The same seed draws the same catalog.
 */
export async function drawCatalog(
  dir: string,
  { count = 12, seed = 1 }: { count?: number; seed?: number } = {},
): Promise<{ csv: string; pictures: Map<string, string> }> {
  await mkdir(join(dir, 'images'), { recursive: true })
  const from = picker(seed)
  const pictures = new Map<string, string>()
  const rows = ['sku,image,product,colour,style']
  // every product once before any comes twice, and each time in another colour
  const firstPaint = Math.floor(from.random() * paints.length)
  for (let i = 0; i < count; i++) {
    const product = at(products, i)
    const paint = at(paints, firstPaint + 5 * i + Math.floor(i / products.length))
    const [width, height] = from.one(sizes)
    const sku = `RS-${1001 + i}`
    const image = `images/${sku}-${product.name.replaceAll(' ', '-')}.${from.one(formats)}`
    const svg = photograph(product, paint, { width, height, paper: from.one(papers) })
    const picture = join(dir, image)
    // sharp takes the format from the file's ending
    await sharp(Buffer.from(svg)).flatten({ background: '#ffffff' }).toFile(picture)
    pictures.set(sku, picture)
    rows.push([sku, image, product.name, paint.name, from.one(styles)].join(','))
  }
  const csv = join(dir, 'catalog.csv')
  await writeFile(csv, `${rows.join('\n')}\n`)
  return { csv, pictures }
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index % list.length]
  if (item === undefined) throw new RangeError('an empty list')
  return item
}

/** mulberry32: small, and the same everywhere. */
function picker(seed: number) {
  let state = seed >>> 0
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  return { random, one: <T>(list: readonly T[]) => at(list, Math.floor(random() * list.length)) }
}
