import { fileURLToPath } from 'node:url'
import { axe, looks, openBrowser, openProducer, overflow, seedBatch } from './open-console.ts'

/* Takes the pictures of docs/console.md, light and dark: node packages/sandbox/test/console/take-pictures.ts [folder] */

const into = process.argv[2] ?? fileURLToPath(new URL('../../../../docs/pictures', import.meta.url))
const world = await openProducer()
const browsing = await openBrowser(() => ({
  url: world.producer.url,
  redis: world.redis,
  prefix: world.prefix,
}))
const opened = await browsing.open('/', { producer: 'catalog' })
const { key } = opened
await opened.page.context().close()
await seedBatch(world, key, { succeeded: 400 }, { name: 'nightly 21 Nov' })
await seedBatch(world, key, { queued: 90 }, { name: 'lamps, once more' })
const batch = await seedBatch(
  world,
  key,
  { succeeded: 1_204, rendered: 14, running: 30, failed: 21, uncertain: 1, canceled: 6, queued: 824 },
  { name: 'spring catalog', budget: { currency: 'CNY', micros: 500_000_000 } },
)
const pages = { batches: '/', batch: `/batches/${batch}` }
for (const [look, context] of Object.entries(looks))
  for (const [name, path] of Object.entries(pages)) {
    const { page } = await browsing.open(path, { key, context, producer: 'catalog' })
    await page.getByRole('progressbar').first().waitFor()
    // the map is drawn in the next frame
    await page.waitForTimeout(500)
    await page.screenshot({
      path: `${into}/console-${name}-${look.replaceAll(' ', '-')}.png`,
      fullPage: look !== 'light' && look !== 'dark',
    })
    const faults = [
      ...(await axe(page)),
      ...((await overflow(page)) > 0 ? ['it is wider than its window'] : []),
    ]
    if (faults.length > 0) throw new Error(`${name} in ${look}: ${faults.join('; ')}`)
    await page.context().close()
  }
await browsing.stop()
await world.stop()
