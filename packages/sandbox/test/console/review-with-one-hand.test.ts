import type { Page } from 'playwright-core'
import { activeOf, makeBatch, openGalleryTest, type GalleryTest } from './open-gallery.ts'

let test: GalleryTest
beforeAll(async () => {
  test = await openGalleryTest()
})
afterAll(() => test.stop())

const verdictsOf = (planes: { verdict: Uint8Array }): string => String.fromCharCode(...planes.verdict)
async function until(look: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!look()) {
    if (performance.now() > deadline) throw new Error('not within ten seconds')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** The viewer on the first row that waits for a verdict, with the keys in it. */
async function openViewer(page: Page): Promise<void> {
  await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).waitFor()
  await page.getByRole('grid').focus()
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: 'Viewer' }).waitFor()
}
const nameOf = (row: number): string => `LAMP-${String(row).padStart(4, '0')}`

it('decides what a filter shows, goes on to the next one, shows the same after a reload, and takes verdicts back', async () => {
  const batch = makeBatch(12, { stateOf: () => '+' })
  const { page, close } = await test.open(batch, { search: '?state=succeeded&verdict=none' })
  await openViewer(page)
  for (let row = 1; row <= 10; row += 1) {
    await page.getByRole('heading', { name: nameOf(row) }).waitFor()
    await page
      .getByRole('button', { name: 'Approve', exact: true })
      .and(page.locator(':not([aria-disabled])'))
      .waitFor()
    await page.keyboard.press(row % 5 === 0 ? 'x' : 'a')
  }
  await until(() => verdictsOf(batch.planes) === 'aaaaraaaar..')
  for (let row = 10; row > 5; row -= 1) {
    await page.keyboard.press('z')
    await page.getByRole('heading', { name: nameOf(row) }).waitFor()
  }
  await until(() => verdictsOf(batch.planes) === 'aaaar.......')
  await page.waitForURL(/row=6/)
  await page.reload()
  await page.getByRole('heading', { name: nameOf(6) }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Remove not reviewed from the filter' }).click()
  await page.keyboard.press('Control+Home')
  await page.getByRole('gridcell', { name: `${nameOf(5)}, after, rejected by Ana` }).waitFor()
  expect(await page.getByRole('gridcell', { name: `${nameOf(5)}, after, rejected by Ana` }).count()).toBe(1)
  await close()
})

it('ignores a held key: one press is one verdict', async () => {
  const batch = makeBatch(20, { stateOf: () => '+' })
  const { page, close } = await test.open(batch)
  await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).waitFor()
  await page.getByRole('grid').focus()
  for (let press = 0; press < 8; press += 1) await page.keyboard.down('a')
  await page.keyboard.up('a')
  await until(() => verdictsOf(batch.planes).startsWith('a'))
  expect(await activeOf(page)).toMatchObject({ row: 2 })
  expect(verdictsOf(batch.planes)).toBe(`a${'.'.repeat(19)}`)
  await close()
})

it('shows at once what is decided, and takes it away again where somebody was faster', async () => {
  const batch = makeBatch(20, { stateOf: () => '+' })
  batch.others.add(1)
  const { page, close } = await test.open(batch)
  await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).waitFor()
  await page.getByRole('grid').focus()
  await page.keyboard.press('a')
  await page.getByText('Ben has decided otherwise: rejected.').waitFor()
  await page.getByRole('gridcell', { name: 'LAMP-0001, after', exact: true }).waitFor()
  await page.keyboard.press('z')
  await page.getByText('There is nothing to undo.').waitFor()
  expect(await page.getByText('There is nothing to undo.').count()).toBe(1)
  await close()
})

it('approves all that are shown in one call of few bytes, nothing that came since, and takes that back', async () => {
  const stateOf = (row: number) => (row > 28_000 ? 'r' : row % 50 === 7 ? '-' : '+')
  const batch = makeBatch(30_000, { stateOf })
  const { page, site, close } = await test.open(batch, { search: '?state=succeeded' })
  await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).waitFor()
  await page.getByRole('grid').focus()
  site.change([28_001, 28_002], '+')
  await page.getByRole('button', { name: '+2 new' }).waitFor()
  await page.keyboard.press('Control+a')
  await page.getByText('All matching: 27,440 rows selected').waitFor()
  await page.keyboard.press('a')
  const bar = (did: string) => page.getByRole('progressbar', { name: `Verdicts ${did}` })
  await bar('stored').waitFor()
  expect(await bar('stored').getAttribute('aria-valuetext')).toMatch(/^[\d,]+ of 27,440 rows$/)
  await page.getByText('27,440 verdicts stored.').waitFor()
  const [call] = site.traffic.bodies.filter(({ path }) => path.endsWith('/verdicts'))
  expect(call?.body).toEqual({
    verdict: 'approved',
    rows: '1-30000',
    where: { state: 'succeeded' },
    except: '28001-30000',
  })
  expect(call?.bytes).toBeLessThan(2_000)
  await page.getByRole('gridcell', { name: 'LAMP-0001, after, approved by Ana' }).waitFor()
  await page.getByRole('grid').focus()
  await page.keyboard.press('z')
  await bar('taken back').waitFor()
  await page.getByText('27,440 verdicts taken back.').waitFor()
  await page.getByRole('gridcell', { name: 'LAMP-0001, after', exact: true }).waitFor()
  await close()
})

it('goes where one wants right after a move, also where that page is slow to come', async () => {
  const { page, close } = await test.open(makeBatch(20, { stateOf: () => '+' }))
  await openViewer(page)
  await page.route('**/assets/settings-page*.js', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    await route.continue()
  })
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('g')
  await page.keyboard.press(',')
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor()
  expect(new URL(page.url()).pathname).toBe('/console/settings')
  await close()
})

const isReady = (page: Page, name: RegExp | string) =>
  page.getByRole('button', { name }).and(page.locator(':not([aria-disabled])'))

it('redoes a picture by keys alone: the price first, then both takes side by side, then one of them', async () => {
  const batch = makeBatch(20, { stateOf: () => '+' })
  const { page, site, close } = await test.open(batch)
  const sent = (path: string) => site.traffic.bodies.filter((each) => each.path.endsWith(path))
  await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).waitFor()
  await page.getByRole('grid').focus()
  await page.keyboard.press('e')
  await page.getByRole('textbox', { name: 'Prompt' }).waitFor()
  await page.keyboard.press('Control+a')
  await page.keyboard.type('walnut table, warm light')
  await page.getByText('Left of the cap in all: ¥4.80 of ¥5.').waitFor()
  await isReady(page, 'Redo for ¥0.20').waitFor()
  expect(sent('/redo')).toEqual([])
  await page.getByRole('button', { name: 'Redo for ¥0.20' }).press('Enter')
  await page.getByRole('heading', { name: 'LAMP-0002' }).waitFor()
  expect(sent('/redo').map(({ body }) => body)).toEqual([{ prompt: 'walnut table, warm light', seed: null }])

  await page.keyboard.press('ArrowLeft')
  await page.getByRole('button', { name: 'Take 2, running' }).waitFor()
  for (const redo of batch.redos) redo.state = 'succeeded'
  site.change([1], '+', 'redo')
  await page.getByRole('button', { name: 'Take 2, succeeded' }).waitFor()
  await page.keyboard.press('d')
  await page.keyboard.press('Shift+t')
  await page.getByRole('group', { name: 'take 1' }).waitFor()
  await page.getByRole('group', { name: 'take 2' }).waitFor()
  await page.keyboard.press('a')
  await page.getByRole('heading', { name: 'LAMP-0002' }).waitFor()
  await until(() => sent('/verdict').length > 0)
  expect(sent('/verdict').at(-1)?.body).toEqual({ verdict: 'approved', redo: 'redo-1-2' })
  await page.keyboard.press('Escape')
  const cell = page.getByRole('gridcell', { name: 'LAMP-0001, after, approved by Ana, a redo' })
  await cell.locator('img[src="/v1/edits/redo-1-2/images/0/320"]').waitFor()
  expect(await cell.getAttribute('data-mark')).toBe('✓↻')
  // the way of comparing is kept for the next one
  await page.getByRole('grid').focus()
  await page.keyboard.press('Enter')
  expect(await page.getByRole('radio', { name: 'Side by side' }).isChecked()).toBe(true)
  await page.keyboard.press('Escape')
  // in the grid, too, what stands there is judged
  await page.getByRole('grid').focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('Shift+x')
  await until(() => verdictsOf(batch.planes).startsWith('r'))
  expect(sent('/verdict').at(-1)?.body).toEqual({ verdict: 'rejected', redo: 'redo-1-2' })
  await close()
})

it('says in words why a picture is not redone, and only marks it then', async () => {
  const batch = makeBatch(20, { stateOf: () => '+', freeMicros: 100_000 })
  const { page, site, close } = await test.open(batch)
  await openViewer(page)
  await isReady(page, 'Redo…').waitFor()
  await page.keyboard.press('e')
  await page.getByText('The cap of the producer is reached.').waitFor()
  await isReady(page, 'Redo for ¥0.20').press('Enter')
  await page.getByText('it costs more than the 100000 micros that are left').waitFor()
  await page.getByRole('button', { name: 'Only mark it' }).press('Enter')
  await page.getByRole('heading', { name: 'LAMP-0002' }).waitFor()
  await until(() => verdictsOf(batch.planes).startsWith('d'))
  expect(site.traffic.bodies.at(-1)?.body).toEqual({ verdict: 'redo' })
  expect(batch.redos).toEqual([])
  await close()
})

it('tries what failed with a code once more, after it has said how many rows these are and what that costs', async () => {
  const batch = makeBatch(20, { stateOf: (row) => (row % 4 === 1 ? '-' : '+') })
  const { page, site, close } = await test.open(batch)
  await page.getByRole('gridcell', { name: 'LAMP-0002, after' }).waitFor()
  await page.keyboard.press('g')
  await page.keyboard.press('f')
  await page.getByRole('button', { name: 'Retry…' }).press('Enter')
  await page
    .getByRole('combobox', { name: 'Batch' })
    .getByText('spring-catalog')
    .waitFor({ state: 'attached' })
  await page.getByRole('textbox').fill('a plain background')
  await page.getByText('It costs ¥1 for 5 images.').waitFor()
  await page.getByText('Left of the cap in all: ¥4.80 of ¥5.').waitFor()
  await isReady(page, 'Retry 5 rows').press('Enter')
  await page.getByText('Tried once more: 5 rows.').waitFor()
  expect(site.traffic.bodies).toMatchObject([
    {
      path: '/v1/forecasts',
      body: { rows: [{ rows: 5, images: 5 }] },
    },
    {
      path: '/v1/batches/batch_1/retry',
      body: { codes: ['DataInspectionFailed'], prompt: 'a plain background' },
    },
  ])
  await close()
})

it('takes back what the list does not show any more, and stays at the row where one is', async () => {
  const batch = makeBatch(6, { stateOf: () => '+' })
  const { page, close } = await test.open(batch, { search: '?state=succeeded&verdict=none' })
  const first = page.getByRole('gridcell', { name: /^LAMP-0001/ })
  await first.waitFor()
  await page.getByRole('grid').focus()
  await page.keyboard.press('a')
  await until(() => verdictsOf(batch.planes) === 'a.....')
  await page.keyboard.press('.')
  await first.waitFor({ state: 'detached' })
  for (let row = 2; row < 5; row += 1) await page.keyboard.press('ArrowRight')
  await page.keyboard.press('z')
  await until(() => verdictsOf(batch.planes) === '......')
  await page.keyboard.press('Shift+x')
  await until(() => verdictsOf(batch.planes).includes('r'))
  expect(verdictsOf(batch.planes)).toBe('....r.')
  await close()
})

it('is reviewed with the letters of Argos by who has chosen them, and what stood on them is elsewhere', async () => {
  const batch = makeBatch(3, { stateOf: () => '+' })
  const { page, close } = await test.open(batch)
  await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).waitFor()
  await page.keyboard.press('g')
  await page.keyboard.press(',')
  await page.getByRole('combobox', { name: 'Keys as in' }).selectOption({ label: argos })
  await page.goBack()
  await openViewer(page)
  await isReady(page, /^Approve$/).waitFor()
  await page.keyboard.press('y')
  await page.getByRole('heading', { name: nameOf(2) }).waitFor()
  await isReady(page, /^Approve$/).waitFor()
  await page.keyboard.press('n')
  await until(() => verdictsOf(batch.planes) === 'ar.')
  await page.getByRole('heading', { name: nameOf(3) }).waitFor()
  await page.keyboard.press('a')
  await page.waitForURL(/mode=after/)
  await page.keyboard.press('w')
  await page.getByText(/address of this view is copied|did not allow/).waitFor()
  expect(verdictsOf(batch.planes)).toBe('ar.')
  await close()
})
const argos = 'Argos: Y approves, N rejects (then W copies the address, A shows after)'

it('says at the end how many rows had pictures to review', async () => {
  const batch = makeBatch(3, { stateOf: (row) => (row === 2 ? '-' : '+') })
  const { page, close } = await test.open(batch)
  await openViewer(page)
  for (const row of [1, 3]) {
    await page.getByRole('heading', { name: nameOf(row) }).waitFor()
    await isReady(page, /^Approve$/).waitFor()
    await page.keyboard.press('a')
  }
  await page.getByText(/^All .* are reviewed: /).waitFor()
  expect(await page.getByText('All 2 rows are reviewed: 2 approved, 0 rejected, 0 to redo.').count()).toBe(1)
  await close()
})
