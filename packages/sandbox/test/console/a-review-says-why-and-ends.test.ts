import { limits } from '@restyle/shared/contract/limits'
import type { Page } from 'playwright-core'
import { axe, overflow } from './open-console.ts'
import { activeOf, makeBatch, openGalleryTest, untilSo, type GalleryTest } from './open-gallery.ts'

let test: GalleryTest
beforeAll(async () => {
  test = await openGalleryTest()
})
afterAll(() => test.stop())

const allRows = (rows: number) => makeBatch(rows, { stateOf: () => '+' })
const nameOf = (row: number): string => `LAMP-${String(row).padStart(4, '0')}`
const heading = (page: Page, row: number) => page.getByRole('heading', { name: nameOf(row) })
const field = (page: Page) => page.getByRole('textbox', { name: 'Why' })
const notice = (page: Page) => page.getByRole('region', { name: 'End of the review' })
const gridHasKeys = `document.activeElement?.getAttribute('role') === 'grid'`
const viewerHasKeys = `document.activeElement?.classList.contains('viewer') === true`

/** The viewer on that row, with the keys in it. */
async function openViewer(page: Page, row = 1): Promise<void> {
  await page.getByRole('gridcell', { name: `${nameOf(row)}, after` }).click()
  await heading(page, row).waitFor()
  await page
    .getByRole('button', { name: 'Reject', exact: true })
    .and(page.locator(':not([aria-disabled])'))
    .waitFor()
}

describe('why a row was decided so', () => {
  it('is typed by keys alone, which rejects the row and goes on, and is read with who said it and when', async () => {
    const batch = allRows(3)
    const { page, site, close } = await test.open(batch)
    const sent = () => site.traffic.bodies.map(({ body }) => body)
    await openViewer(page)
    await page.keyboard.press('c')
    await untilSo(page, `document.activeElement?.tagName === 'TEXTAREA'`)
    expect(Number(await field(page).getAttribute('maxlength'))).toBe(limits.note)
    // letters are letters here
    await page.keyboard.type('the lamp leans')
    await page.keyboard.press('Shift+Enter')
    await page.keyboard.type('xa')
    expect(await axe(page)).toEqual([])
    await page.keyboard.press('Enter')
    await heading(page, 2).waitFor()
    await untilSo(page, viewerHasKeys)
    expect(await field(page).count()).toBe(0)
    await page.keyboard.press('ArrowLeft')
    await page.getByText('rejected by Ana').waitFor()
    await page.locator('.decided time').waitFor()
    expect(await page.locator('.decision-note').textContent()).toBe('the lamp leans\nxa')
    expect(sent()).toEqual([{ verdict: 'rejected', note: 'the lamp leans\nxa' }])
    await close()
  })

  it('is kept when the same is said once more, goes with the verdict, and comes back with it', async () => {
    const batch = allRows(3)
    batch.say(1, { verdict: 'rejected', note: 'the lamp leans' })
    const { page, site, close } = await test.open(batch)
    const last = () => site.traffic.bodies.at(-1)?.body
    const note = (text: string) => page.locator('.decision-note', { hasText: text }).waitFor()
    await openViewer(page)
    await note('the lamp leans')
    // the same is nothing new
    await page.keyboard.press('Shift+x')
    await page.keyboard.press('c')
    await page.getByRole('button', { name: 'Store the note' }).waitFor()
    expect(await field(page).inputValue()).toBe('the lamp leans')
    await page.keyboard.press('Control+a')
    await page.keyboard.type('too dark')
    await page.keyboard.press('Enter')
    await note('too dark')
    expect(site.traffic.bodies).toHaveLength(1)
    expect(last()).toEqual({ verdict: 'rejected', note: 'too dark' })
    await page.keyboard.press('Shift+a')
    await page.getByText('approved by Ana').waitFor()
    expect(await page.locator('.decision-note').count()).toBe(0)
    await page.keyboard.press('z')
    await note('too dark')
    await page.keyboard.press('z')
    await note('the lamp leans')
    expect(last()).toEqual({ verdict: 'rejected', note: 'the lamp leans' })
    await close()
  })

  it('is not stored after Escape, which gives the keys back to the viewer', async () => {
    const { page, site, close } = await test.open(allRows(3))
    await openViewer(page)
    await page.keyboard.press('c')
    await field(page).fill('no')
    await page.keyboard.press('Escape')
    await untilSo(page, viewerHasKeys)
    expect(await field(page).count()).toBe(0)
    // nor where one goes to another row, and comes back
    await page.keyboard.press('c')
    await field(page).waitFor()
    await page.getByRole('button', { name: /^Row 2/ }).click()
    await heading(page, 2).waitFor()
    await page.keyboard.press('ArrowLeft')
    await heading(page, 1).waitFor()
    expect(await field(page).count()).toBe(0)
    await page.keyboard.press('a')
    await heading(page, 2).waitFor()
    await page.keyboard.press('ArrowLeft')
    await page.getByText('approved by Ana').waitFor()
    expect(site.traffic.bodies.map(({ body }) => body)).toEqual([{ verdict: 'approved' }])
    await close()
  })

  it('is as long as it may be without making a narrow window wider', async () => {
    const batch = allRows(2)
    batch.say(1, { verdict: 'rejected', note: `${'W'.repeat(500)} ${'الظل '.repeat(99)}` })
    const { page, close } = await test.open(batch, { context: { viewport: { width: 320, height: 640 } } })
    await openViewer(page)
    await page.locator('.decision-note summary').click()
    expect(await overflow(page)).toBe(0)
    expect(await axe(page)).toEqual([])
    await page.keyboard.press('c')
    await field(page).waitFor()
    expect(await overflow(page)).toBe(0)
    expect(await axe(page)).toEqual([])
    await close()
  })
})

describe('the keys of the grid', () => {
  it('are there after a part of the filter was removed, and after new rows were shown', async () => {
    const batch = makeBatch(20, { stateOf: (row) => (row < 11 ? '+' : 'r') })
    const { page, site, close } = await test.open(batch, { search: '?state=succeeded&verdict=none' })
    await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).waitFor()
    site.change([12], '+')
    await page.getByRole('button', { name: '+1 new' }).click()
    await untilSo(page, gridHasKeys)
    await page.keyboard.press('a')
    await page.getByRole('gridcell', { name: 'LAMP-0001, after, approved by Ana' }).waitFor()
    // by a key, too, the part goes with the focus
    await page.getByRole('button', { name: 'Remove not reviewed from the filter' }).press('Enter')
    await untilSo(page, gridHasKeys)
    await page.getByRole('button', { name: 'Remove succeeded from the filter' }).click()
    await page.keyboard.press('ArrowRight')
    expect(await activeOf(page)).toMatchObject({ focused: true, row: 3 })
    await close()
  })

  it('are there after a press in the bar, and stay where keys have pressed', async () => {
    const { page, close } = await test.open(allRows(20))
    await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).waitFor()
    await page.getByRole('button', { name: 'Show before' }).click()
    await untilSo(page, gridHasKeys)
    await page.getByRole('gridcell', { name: 'LAMP-0001, before' }).waitFor()
    await page.getByRole('radio', { name: 'large pictures' }).click()
    await untilSo(page, gridHasKeys)
    expect(await page.getByRole('radio', { name: 'large pictures' }).isChecked()).toBe(true)
    await page.getByRole('button', { name: 'Show before' }).press('Space')
    await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).waitFor()
    await page.keyboard.press('Space')
    await page.getByRole('gridcell', { name: 'LAMP-0001, before' }).waitFor()
    await page.getByRole('radio', { name: 'large pictures' }).press('ArrowLeft')
    expect(await page.evaluate(`document.activeElement?.getAttribute('type')`)).toBe('radio')
    await close()
  })

  it('are there after the filter was chosen, all that match were selected, and nothing matched', async () => {
    const { page, close } = await test.open(allRows(20))
    await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).click({ modifiers: ['Control'] })
    await page.getByRole('button', { name: 'Select all 20 matching' }).click()
    await untilSo(page, gridHasKeys)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Filter', exact: true }).click()
    await page.getByRole('checkbox', { name: 'failed', exact: true }).check()
    await page.getByRole('button', { name: 'Show 0 rows' }).click()
    await untilSo(page, `document.activeElement?.textContent === 'Show all'`)
    await page.keyboard.press('Enter')
    await untilSo(page, gridHasKeys)
    expect(await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).count()).toBe(1)
    await close()
  })
})

describe('the end of a review', () => {
  it('is said in the grid without taking the focus, and leads to the export and to the batch', async () => {
    const batch = makeBatch(4, { stateOf: (row) => (row === 2 ? '-' : '+') })
    const { page, close } = await test.open(batch)
    await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).waitFor()
    await page.getByRole('grid').focus()
    for (const key of ['a', 'x', 'a']) {
      expect(await notice(page).count()).toBe(0)
      await page.keyboard.press(key)
    }
    await notice(page).getByText('All 3 rows are reviewed: 2 approved, 1 rejected, 0 to redo.').waitFor()
    expect(await page.evaluate(gridHasKeys)).toBe(true)
    expect(await axe(page)).toEqual([])
    const csv = notice(page).getByRole('link', { name: 'Export all that is approved as CSV' })
    expect(await csv.getAttribute('href')).toBe('/v1/batches/batch_1/results?verdict=approved&format=csv')
    // it ends no more
    await page.keyboard.press('z')
    await notice(page).waitFor({ state: 'detached' })
    await page.keyboard.press('a')
    await notice(page).waitFor()
    await notice(page).getByRole('button', { name: 'Close' }).click()
    await untilSo(page, gridHasKeys)
    expect(await notice(page).count()).toBe(0)
    await close()
  })

  it('is said in the viewer, also where many were decided at once or by somebody else', async () => {
    const batch = allRows(3)
    const { page, site, close } = await test.open(batch)
    await openViewer(page)
    await page.keyboard.press('a')
    await heading(page, 2).waitFor()
    site.change([2, 3], 'r', 'verdict')
    await notice(page).getByText('All 3 rows are reviewed: 1 approved, 2 rejected, 0 to redo.').waitFor()
    expect(await page.evaluate(viewerHasKeys)).toBe(true)
    expect(await axe(page)).toEqual([])
    await notice(page).getByRole('link', { name: 'Go to the batch' }).press('Enter')
    await page.getByRole('heading', { level: 1, name: 'spring-catalog' }).waitFor()
    // who comes to what is reviewed already is told nothing
    await page.goBack()
    await page.getByRole('button', { name: 'Back to the grid' }).click()
    await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).waitFor()
    expect(await notice(page).count()).toBe(0)
    await close()
  })
})
