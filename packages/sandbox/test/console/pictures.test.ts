import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { openProducer, seedBatch } from './open-console.ts'
import { pictureFile, picturedLooks, takePictures } from './picture-taker.ts'
import { picturedPages } from './pictured-pages.ts'

const docs = fileURLToPath(new URL('../../../../docs/', import.meta.url))
const files = Object.keys(picturedPages).flatMap((name) =>
  picturedLooks.map((look) => pictureFile(name, look)),
)

describe('the pictures of the console', () => {
  it('are those of every page in every look, and docs/console.md shows each of them', async () => {
    const there = (await readdir(join(docs, 'pictures'))).filter((file) => file.startsWith('console-'))
    expect(there.toSorted()).toEqual(files.toSorted())
    const shown = (await readFile(join(docs, 'console.md'), 'utf8')).matchAll(
      /pictures\/(console-[\w-]+\.webp)/g,
    )
    expect([...new Set([...shown].map(([, file = '']) => file))].toSorted()).toEqual(files.toSorted())
  })

  it('leave no page out', async () => {
    const routes = await readFile(join(docs, '../apps/console/src/routes.tsx'), 'utf8')
    const paths = [...routes.matchAll(/path: '([^']+)'/g)].map(([, path = '']) => path)
    expect(paths.length).toBeGreaterThan(10)
    const shown = { large: 'x', reviewed: 'x', edit: 'x', webhook: 'x' }
    // who comes to the start is sent to the batches
    const addresses = Object.values(picturedPages).map(({ path }) => path(shown).replace(/^\/$/, '/batches'))
    const isPictured = (path: string) => {
      const named = new RegExp(`^${path.replaceAll(/:\w+/g, '[^/?]+')}(\\?|$)`)
      return addresses.some((address) => named.test(address))
    }
    expect(paths.filter((path) => !isPictured(path))).toEqual([])
  })

  it('are small', async () => {
    const sizes = await Promise.all(
      files.map(async (file) => (await stat(join(docs, 'pictures', file))).size),
    )
    expect(Math.max(...sizes)).toBeLessThan(150_000)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(4_000_000)
  })
})

describe('a picture', () => {
  it('is taken of a page that nothing is wrong with, and has every row in the colour of its state', async () => {
    const into = await mkdtemp(join(tmpdir(), 'restyle-pictures-'))
    const world = await openProducer()
    try {
      const key = await world.keyOf('catalog')
      const large = await seedBatch(world, key, { succeeded: 900, failed: 30, queued: 900 })
      const faults = await takePictures(
        {
          url: world.producer.url,
          apiKey: key.authorization.replace('Bearer ', ''),
          shown: { large, reviewed: '', edit: '', webhook: '' },
        },
        { into, pages: ['batch'], looks: ['light'] },
      )
      expect(faults).toEqual([])
      const { data, info } = await sharp(join(into, pictureFile('batch', 'light')))
        .removeAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true })
      expect([info.width, info.height]).toEqual([1280, 800])
      // --queued; the bar above the map has less than a hundredth of the picture
      expect(shareOf(data, [0xc9, 0xc9, 0xd2])).toBeGreaterThan(0.04)
    } finally {
      await world.stop()
      await rm(into, { recursive: true })
    }
  })
})

/** The share of the pixels that have about this colour. */
function shareOf(pixels: Buffer, colour: readonly number[]): number {
  let same = 0
  for (let at = 0; at < pixels.length; at += 3)
    if (colour.every((part, i) => Math.abs((pixels[at + i] ?? 0) - part) < 8)) same += 1
  return same / (pixels.length / 3)
}
