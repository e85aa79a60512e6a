import {
  activeOf,
  makeBatch,
  openGalleryTest,
  reachBothEnds,
  untilSo,
  type GalleryTest,
} from './open-gallery.ts'

let test: GalleryTest
beforeAll(async () => {
  test = await openGalleryTest()
})
afterAll(() => test.stop())

it('reaches each end of 100,000 rows by key and by the bar', async () => {
  const { page, close } = await test.open(makeBatch(100_000))
  await reachBothEnds(page, 100_000)
  expect(await activeOf(page)).toMatchObject({ row: 2, focused: true })
  await close()
})

it('loses no key however fast they come, and draws few elements', async () => {
  const { page, close } = await test.open(makeBatch(100_000))
  await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).waitFor()
  await page.getByRole('grid').focus()
  for (let press = 0; press < 60; press += 1) await page.keyboard.press('ArrowDown')
  const columns = Number(await page.getByRole('grid').getAttribute('aria-colcount'))
  const { row, seen, elements } = await activeOf(page)
  expect([row, seen]).toEqual([60 * columns + 1, true])
  expect(elements).toBeLessThan(600)
  await close()
})

it('gives up pictures that are scrolled past, so that those on the screen come', async () => {
  const { page, site, close } = await test.open(makeBatch(100_000), { latencyMs: () => 400 })
  await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).waitFor()
  for (let screen = 1; screen <= 15; screen += 1) {
    await page.evaluate(`document.querySelector('[role=grid]').scrollTop += 3000`)
    await untilSo(page, `document.querySelectorAll('[role=gridcell] img').length > 10`)
  }
  const before = performance.now()
  await untilSo(
    page,
    `(() => {
    const around = document.querySelector('[role=grid]').getBoundingClientRect()
    const seen = [...document.querySelectorAll('[role=gridcell] img')].filter((each) => {
      const { top, bottom } = each.getBoundingClientRect()
      return bottom > around.top && top < around.bottom
    })
    return seen.length > 10 && seen.every((each) => each.complete && each.naturalWidth > 0)
  })()`,
  )
  expect(performance.now() - before).toBeLessThan(15_000)
  expect(site.traffic.givenUp).toBeGreaterThan(site.traffic.pictures / 10)
  await close()
})

it('shows what was there before while Space is held', async () => {
  const { page, close } = await test.open(makeBatch(100))
  await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).waitFor()
  await page.getByRole('grid').focus()
  await page.keyboard.down('Space')
  await page.getByRole('gridcell', { name: 'LAMP-0001, before' }).waitFor()
  await page.keyboard.up('Space')
  await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).waitFor()
  expect(await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).count()).toBe(1)
  // let go while another key is held, which makes it another one by name
  await page.keyboard.down('Space')
  await page.getByRole('gridcell', { name: 'LAMP-0001, before' }).waitFor()
  await page.keyboard.down('Shift')
  await page.keyboard.up('Space')
  await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).waitFor()
  await page.keyboard.up('Shift')
  // let go in another window, which nobody hears
  await page.keyboard.down('Space')
  await page.getByRole('gridcell', { name: 'LAMP-0001, before' }).waitFor()
  await page.evaluate(`window.dispatchEvent(new Event('blur'))`)
  await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).waitFor()
  await close()
})
