import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import sharp from 'sharp'
import { drawCatalog } from './draw-catalog.ts'

const folders: string[] = []

async function draw(options?: { count?: number; seed?: number }) {
  const dir = await mkdtemp(join(tmpdir(), 'restyle-catalog-'))
  folders.push(dir)
  return { dir, ...(await drawCatalog(dir, options)) }
}

afterAll(() => Promise.all(folders.map((dir) => rm(dir, { recursive: true }))))

describe('drawCatalog', () => {
  it('writes a row for each picture, and each picture is whole and of 800 to 1600 px', async () => {
    const { dir, csv, pictures } = await draw({ count: 13 })
    const [header, ...rows] = (await readFile(csv, 'utf8')).trimEnd().split('\n')
    const cells = rows.map((row) => row.split(','))
    expect(header).toBe('sku,image,product,colour,style')
    expect(cells.map(([, image = '']) => join(dir, image))).toEqual([...pictures.values()])
    expect(new Set(cells.map(([sku]) => sku)).size).toBe(13)
    expect(new Set(cells.map(([, , product]) => product)).size).toBe(12)
    // the thirteenth is the first product again, in another colour
    expect(cells[12]?.[2]).toBe(cells[0]?.[2])
    expect(cells[12]?.[3]).not.toBe(cells[0]?.[3])
    for (const picture of pictures.values()) {
      const { width, height } = (await sharp(picture).toBuffer({ resolveWithObject: true })).info
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(800)
      expect(Math.max(width, height)).toBeLessThanOrEqual(1600)
    }
    expect(new Set([...pictures.values()].map((picture) => extname(picture)))).toEqual(
      new Set(['.jpg', '.png', '.webp']),
    )
  })

  it('draws the same catalog for the same seed and another for another', async () => {
    const content = async ({ csv, pictures }: { csv: string; pictures: Map<string, string> }) =>
      Promise.all([csv, ...pictures.values()].map((file) => readFile(file, 'base64')))
    const [one, same, other] = [
      await draw({ count: 2, seed: 7 }),
      await draw({ count: 2, seed: 7 }),
      await draw({ count: 2, seed: 8 }),
    ]
    expect(await content(same)).toEqual(await content(one))
    expect(await content(other)).not.toEqual(await content(one))
  })
})
