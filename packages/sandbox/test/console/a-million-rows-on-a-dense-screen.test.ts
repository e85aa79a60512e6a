import { makeBatch, openGalleryTest, openLastByMap, reachBothEnds, type GalleryTest } from './open-gallery.ts'

let test: GalleryTest
beforeAll(async () => {
  test = await openGalleryTest({ dense: 2 })
})
afterAll(() => test.stop())

it('reaches each end of 100,000 rows by key and by the bar', async () => {
  const { page, close } = await test.open(makeBatch(100_000))
  expect(await page.evaluate('devicePixelRatio')).toBe(2)
  await reachBothEnds(page, 100_000)
  await close()
})

it('reaches each end by key, by the bar and by the map, where the browser cuts a box of that height', async () => {
  const { page, site, close } = await test.open(makeBatch(1_000_000))
  expect(await page.evaluate('devicePixelRatio')).toBe(2)
  await reachBothEnds(page, 1_000_000)
  await openLastByMap(page, site, 1_000_000)
  await close()
})
