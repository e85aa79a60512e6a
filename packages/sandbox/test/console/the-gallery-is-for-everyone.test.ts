import type { BrowserContextOptions, Page } from 'playwright-core'
import { axe } from './open-console.ts'
import { makeBatch, openGalleryTest, type GalleryTest } from './open-gallery.ts'

let test: GalleryTest
beforeAll(async () => {
  test = await openGalleryTest()
})
afterAll(() => test.stop())

const width = (page: Page): Promise<unknown> => page.evaluate('document.documentElement.scrollWidth')

// the panel of a redo and the takes of a row; every page is looked at in every-page-is-for-everyone.test.ts
for (const [name, context] of Object.entries<BrowserContextOptions>({
  dark: { colorScheme: 'dark' },
  'a narrow window': { viewport: { width: 320, height: 640 } },
}))
  it(`has nothing for axe to say of a redo in ${name}`, async () => {
    const batch = makeBatch(60)
    batch.redos.push({ id: 'redo-1-2', row: 1, take: 2, state: 'succeeded', prompt: 'walnut table' })
    batch.say(1, { verdict: 'approved', redo: 'redo-1-2' })
    const { page, close } = await test.open(batch, { context })
    await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).waitFor()
    await page.getByRole('grid').focus()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Take 2, approved' }).waitFor()
    await page.keyboard.press('e')
    await page.getByRole('button', { name: 'Redo for ¥0.20' }).waitFor()
    expect(await axe(page)).toEqual([])
    expect(Number(await width(page))).toBeLessThanOrEqual(context.viewport?.width ?? 1280)
    await close()
  })

it('tells who hears it what the grid has, and how much of a picture is before', async () => {
  const { page, close } = await test.open(makeBatch(1_000))
  const grid = page.getByRole('grid', { name: 'Pictures of spring-catalog: 1,000 rows' })
  await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).waitFor()
  const columns = Number(await grid.getAttribute('aria-colcount'))
  expect(Number(await grid.getAttribute('aria-rowcount'))).toBe(Math.ceil(1_000 / columns))
  await page.getByRole('gridcell', { name: 'LAMP-0007, failed, DataInspectionFailed' }).waitFor()
  await grid.focus()
  await page.keyboard.press('v')
  expect(await page.getByRole('gridcell', { selected: true }).getAttribute('aria-label')).toBe(
    'LAMP-0001, after',
  )
  await page.keyboard.press('Escape')
  await page.keyboard.press('Enter')
  const slider = page.getByRole('slider', { name: 'How much is before' })
  await slider.focus()
  await page.keyboard.press('ArrowRight')
  expect(await slider.getAttribute('aria-valuetext')).toBe('51 % before')
  await close()
})

it('shows names and prompts of every kind as the text that they are', async () => {
  const names = [
    '<img src=x onerror="document.title=1">',
    '\u202eمصباح خشب',
    '台灯🛋️',
    'K'.repeat(10_000),
    '=cmd()',
  ]
  const batch = makeBatch(5, {
    stateOf: () => '+',
    keyOf: (row) => names[row - 1] ?? '',
    promptOf: (row) => `${names[row - 1]} <script>document.title=1</script>`,
  })
  const { page, close } = await test.open(batch)
  await page.getByRole('gridcell', { name: '<img src=x' }).waitFor()
  await page.getByRole('grid').focus()
  await page.keyboard.press('Enter')
  for (const name of names) {
    await page.getByRole('heading', { name: name.slice(0, 60) }).waitFor()
    expect(await page.locator('.viewer h2').textContent()).toBe(name)
    await page.keyboard.press('ArrowRight')
  }
  expect(Number(await width(page))).toBeLessThanOrEqual(1280)
  expect(await page.title()).toBe('Restyle')
  await close()
})

it('closes the viewer with Back, at the row that was looked at, and says what a filter hides', async () => {
  const { page, close } = await test.open(makeBatch(1_000))
  await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).click()
  await page.getByRole('region', { name: 'Viewer' }).waitFor()
  await page.keyboard.press('ArrowRight')
  await page.waitForURL(/row=2/)
  await page.goBack()
  await page.getByRole('region', { name: 'Viewer' }).waitFor({ state: 'detached' })
  await page.goto(`${page.url().split('?')[0]}?state=canceled`)
  await page.getByText('Nothing matches').waitFor()
  await page.getByRole('button', { name: 'Show all' }).click()
  await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).waitFor()
  expect(await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).count()).toBe(1)
  await close()
})

it('keeps its list while rows end, says how many came, and shows them when it is asked to', async () => {
  const batch = makeBatch(200, { stateOf: (row) => (row % 2 === 0 ? '+' : 'r') })
  const { page, site, close } = await test.open(batch, { search: '?state=succeeded' })
  await page.getByRole('gridcell', { name: 'LAMP-0002, after' }).waitFor()
  expect(await page.getByRole('gridcell', { name: /LAMP-0001/ }).count()).toBe(0)
  site.change([1, 3, 5], '+')
  await page.getByRole('button', { name: '+3 new' }).waitFor()
  expect(await page.getByRole('gridcell', { name: /LAMP-0001/ }).count()).toBe(0)
  await page.getByRole('grid').focus()
  await page.keyboard.press('.')
  await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).waitFor()
  // changes are told: the map was read once
  expect(site.traffic.maps).toBe(1)
  await close()
})

it('shows what ended after its map was read and before its line was open', async () => {
  const batch = makeBatch(200, { stateOf: (row) => (row % 2 === 0 ? '+' : 'r') })
  const latencyMs = (path: string) => (path === '/v1/live' ? 1_000 : 0)
  const { page, site, close } = await test.open(batch, { search: '?state=succeeded', latencyMs })
  await page.getByRole('gridcell', { name: 'LAMP-0002, after' }).waitFor()
  site.change([1, 3, 5], '+')
  await page.getByRole('button', { name: '+3 new' }).waitFor()
  expect(await page.getByRole('gridcell', { name: /LAMP-0001/ }).count()).toBe(0)
  await close()
})

it('shows what was told while its map was on the way', async () => {
  const batch = makeBatch(20, { stateOf: () => 'r' })
  const latencyMs = (path: string) => (path.endsWith('/map') ? 1_500 : 0)
  const { page, site, close } = await test.open(batch, { latencyMs })
  while (site.traffic.lines === 0 || site.traffic.maps === 0) await page.waitForTimeout(20)
  site.change([3], '+')
  await page.getByRole('gridcell', { name: 'LAMP-0003, after' }).waitFor()
  expect(await page.getByRole('gridcell', { name: 'LAMP-0004, running' }).count()).toBe(1)
  await close()
})
