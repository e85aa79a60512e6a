import { makeBatch, openGalleryTest, untilSo, type GalleryTest } from './open-gallery.ts'

let test: GalleryTest
beforeAll(async () => {
  test = await openGalleryTest()
})
afterAll(() => test.stop())

/** In each frame: the row of the address beside the row whose colour is in the middle of the picture. */
const watchFrames = `(() => {
  globalThis.frames_ = []
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = 1
  const context = canvas.getContext('2d', { willReadFrequently: true })
  const look = () => {
    const name = document.querySelector('.viewer h2')?.textContent ?? ''
    for (const image of document.querySelectorAll('.viewer .pane img')) {
      // what is drawn counts, also while another one is on its way
      if (image.naturalWidth === 0) continue
      context.clearRect(0, 0, 1, 1)
      context.drawImage(image, 0, 0, 1, 1)
      const [red, green, , alpha] = context.getImageData(0, 0, 1, 1).data
      // one that has come and is not drawn yet shows nothing
      if (alpha === 0) continue
      globalThis.frames_.push([Number(name.replace('LAMP-', '')), red + 256 * green])
    }
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
})()`

it('shows the picture of the row that is named, whichever comes first', async () => {
  // later requests are answered sooner
  let calls = 0
  const latencyMs = () => [350, 20, 200, 5, 120][(calls += 1) % 5] ?? 0
  const { page, close } = await test.open(makeBatch(400, { stateOf: () => '+' }), {
    latencyMs,
    search: '?row=300&view=open',
  })
  await page.getByRole('heading', { name: 'LAMP-0300' }).waitFor()
  await page.evaluate(watchFrames)
  const seen = async () => Number(await page.evaluate('globalThis.frames_.length'))
  // a busy machine draws few frames
  for (let round = 0; round < 6 || (round < 60 && (await seen()) <= 10); round += 1)
    for (const key of ['ArrowRight', 'ArrowLeft', 'ArrowRight', 'ArrowRight', 'PageDown']) {
      await page.keyboard.press(key)
      await page.waitForTimeout(30)
    }
  const name = (await page.locator('.viewer h2').textContent()) ?? ''
  const row = Number(name.replace('LAMP-', ''))
  await untilSo(page, `globalThis.frames_.some(([named, drawn]) => named === ${row} && drawn === ${row})`)
  const frames = (await page.evaluate('globalThis.frames_')) as [number, number][]
  expect(frames.length).toBeGreaterThan(10)
  expect(frames.filter(([named, drawn]) => named !== drawn)).toEqual([])
  await close()
})
