import { makeBatch, openGalleryTest, reachBothEnds, type GalleryTest } from './open-gallery.ts'

let test: GalleryTest
beforeAll(async () => {
  test = await openGalleryTest({ dense: 2 })
})
afterAll(() => test.stop())

it('reaches each end by key and by the bar, where the browser cuts a box of that height', async () => {
  const { page, close } = await test.open(makeBatch(1_000_000))
  expect(await page.evaluate('devicePixelRatio')).toBe(2)
  await reachBothEnds(page, 1_000_000)
  await close()
})
