import type { Page } from 'playwright-core'
import { axe } from './open-console.ts'
import { makeBatch, openGalleryTest, untilSo, type GalleryTest } from './open-gallery.ts'

let test: GalleryTest
beforeAll(async () => {
  test = await openGalleryTest()
})
afterAll(() => test.stop())

/** A browser says every answer that is a refusal. */
const allow = /the server responded with a status of/
const allRows = () => makeBatch(30, { stateOf: () => '+' })
const cell = (page: Page, name: string) => page.getByRole('gridcell', { name, exact: true })
const openRow = async (page: Page, row: number): Promise<void> => {
  await page.locator(`[data-row="${row}"]`).click()
  await page.getByRole('region', { name: 'Viewer' }).waitFor()
}
const isDrawn = (row: number): string =>
  `(document.querySelector('[data-row="${row}"] img')?.naturalWidth ?? 0) > 0`

type Refused = { status: number; code: string; detail: string; retryAfter?: number }
const broken: Refused = { status: 500, code: 'internal', detail: 'It broke.' }
const busy: Refused = { status: 429, code: 'too-many-requests', detail: 'Too many requests.', retryAfter: 2 }

/** Refuses the first calls of each of these addresses so, and counts all of them. */
function refusing(paths: RegExp, how: Refused, times = Infinity) {
  const calls = new Map<string, number>()
  return {
    calls: (path: string) => calls.get(path) ?? 0,
    refusal: (path: string): Refused | undefined => {
      if (!paths.test(path)) return undefined
      calls.set(path, (calls.get(path) ?? 0) + 1)
      return (calls.get(path) ?? 0) <= times ? how : undefined
    },
  }
}

describe('a picture that cannot be had', () => {
  it('is tried once more, and is shown where it comes then', async () => {
    const { refusal, calls } = refusing(/edit-2\/images\/0\/320$/, broken, 1)
    const { page, close } = await test.open(allRows(), { allow, refusal })
    await untilSo(page, isDrawn(2))
    expect(await cell(page, 'LAMP-0002, after').count()).toBe(1)
    expect(calls('/v1/edits/edit-2/images/0/320')).toBeGreaterThan(1)
    await close()
  })

  it('is a mark and words after that, in the grid and in the viewer, and its row is there all the same', async () => {
    const { refusal, calls } = refusing(/edit-2\/images\/0\/(320|960)$/, broken)
    const { page, close } = await test.open(allRows(), { allow, refusal })
    const lost = cell(page, 'LAMP-0002, after, picture not readable')
    await lost.waitFor()
    expect(await lost.locator('[data-words]').getAttribute('data-words')).toBe('⚠ picture not readable')
    expect(calls('/v1/edits/edit-2/images/0/320')).toBe(2)
    await untilSo(page, isDrawn(3))
    expect(await axe(page)).toEqual([])
    await openRow(page, 2)
    await page.getByText('This picture cannot be shown. It broke.').waitFor()
    // it can be judged: a person may know the picture from elsewhere
    expect(await page.getByRole('button', { name: 'Approve' }).getAttribute('aria-disabled')).toBeNull()
    await close()
  })

  it('leaves the rows as they are where none of them comes', async () => {
    const { refusal } = refusing(/\/images\/0\//, broken)
    const batch = makeBatch(12, { stateOf: (row) => (row === 7 ? '-' : '+') })
    batch.say(1, { verdict: 'approved' })
    const { page, close } = await test.open(batch, { allow, refusal })
    await cell(page, 'LAMP-0001, after, picture not readable, approved by Ana').waitFor()
    await cell(page, 'LAMP-0007, failed, DataInspectionFailed').waitFor()
    await cell(page, 'LAMP-0012, after, picture not readable').waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)
    await close()
  })
})

describe('a source that is gone', () => {
  const gone: Refused = {
    status: 404,
    code: 'not-found',
    detail: 'Source 0 cannot be shown: its server answers 404.',
  }

  it('leaves the result alone, with the reason', async () => {
    const { refusal } = refusing(/edit-1\/sources\/0/, gone)
    const { page, close } = await test.open(allRows(), { allow, refusal })
    await openRow(page, 1)
    await page.getByText('After alone: Source 0 cannot be shown: its server answers 404.').waitFor()
    await page.getByRole('group', { name: 'after', exact: true }).locator('img').waitFor()
    expect(await page.getByRole('slider').count()).toBe(0)
    expect(await page.locator('.stage-facts').innerText()).toContain('before —')
    await page.keyboard.press('b')
    await page.getByText('The source is not readable any more: this is the result alone.').waitFor()
    expect(await axe(page)).toEqual([])
    await page.keyboard.press('s')
    await page.keyboard.press('ArrowRight')
    await page.getByRole('heading', { name: 'LAMP-0002' }).waitFor()
    await page.getByRole('slider').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Show before' }).click()
    await cell(page, 'LAMP-0001, before, the source is gone').waitFor()
    await close()
  })

  it('is not said of one that is there', async () => {
    const { page, close } = await test.open(allRows())
    await openRow(page, 1)
    const facts = page.locator('.stage-facts')
    await facts.getByText('before 1,280 × 960, 212 kB').waitFor()
    expect(await facts.innerText()).toContain('after 1,280 × 1,280, 412 kB')
    expect(await page.getByText('After alone').count()).toBe(0)
    await close()
  })
})

describe('too many requests', () => {
  const says = /^The producer asks to wait: rows and pictures go on by themselves in about 2 s\.$/

  it('have pictures wait as long as the producer asks for, which is said', async () => {
    // the picture, and the question why it did not come
    const { refusal, calls } = refusing(/edit-\d+\/images\/0\/320$/, busy, 2)
    const { page, close } = await test.open(allRows(), { allow, refusal })
    await page.getByText(says).waitFor()
    for (const row of [1, 2, 12]) await untilSo(page, isDrawn(row))
    await page.getByText(says).waitFor({ state: 'detached' })
    expect(await page.getByText('picture not readable').count()).toBe(0)
    expect(calls('/v1/edits/edit-1/images/0/320')).toBeLessThan(6)
    await close()
  })

  it('have rows wait so too, without being asked, and are no failure', async () => {
    const { refusal } = refusing(/\/edits$/, { ...busy, retryAfter: 6 }, 1)
    const { page, close } = await test.open(allRows(), { allow, refusal })
    await page.getByText(/go on by themselves in about 6 s\.$/).waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)
    expect(await page.getByRole('gridcell', { name: 'row 1, after' }).count()).toBe(1)
    await cell(page, 'LAMP-0001, after').waitFor()
    await close()
  })
})

describe('a row without a picture yet', () => {
  it('says how it is, where it is in line and when it is done, and shows the picture when it is', async () => {
    const batch = makeBatch(20, { stateOf: (row) => (row > 3 ? '.' : '+') })
    const { page, site, close } = await test.open(batch)
    await openRow(page, 16)
    await page.getByText('This row is waiting: there is no picture of it.').waitFor()
    await page.getByText('Before it go 12 of your edits, 12 of this batch.').waitFor()
    await page.getByText(/^Done \d\d:\d\d to \d\d:\d\d\.$/).waitFor()
    await page.getByText('Reckoned from 100 tasks.').waitFor()
    expect(await axe(page)).toEqual([])
    site.change([16], 'r')
    await page.getByText('This row is running: there is no picture of it.').waitFor()
    await page.getByText('Before it go').waitFor({ state: 'detached' })
    site.change([16], '+')
    await page.getByRole('slider').waitFor()
    expect(await page.getByText('there is no picture of it').count()).toBe(0)
    await close()
  })
})

describe('a row that is redone', () => {
  it('says by its mark how far the other take is, without being opened, and is counted when it is there', async () => {
    const batch = allRows()
    batch.redos.push({ id: 'redo-2-2', row: 2, take: 2, state: 'running', prompt: 'walnut' })
    batch.say(2, { verdict: 'redo', redo: 'redo-2-2' })
    batch.say(3, { verdict: 'redo' })
    const { page, site, close } = await test.open(batch)
    await cell(page, 'LAMP-0002, after, to redo by Ana, redo ordered').waitFor()
    site.change([2], 'r', 'redo')
    const being = cell(page, 'LAMP-0002, after, to redo by Ana, another take is being made')
    await being.waitFor()
    expect(await being.getAttribute('data-mark')).toBe('↻…')
    expect(await page.getByRole('button', { name: '1 new take' }).count()).toBe(0)
    for (const redo of batch.redos) redo.state = 'succeeded'
    site.change([2], '+', 'redo')
    const there = cell(page, 'LAMP-0002, after, to redo by Ana, another take is there')
    await there.waitFor()
    expect(await there.getAttribute('data-mark')).toBe('↻+')
    await page.getByRole('button', { name: '1 new take' }).click()
    await cell(page, 'LAMP-0003, after, to redo by Ana').waitFor({ state: 'detached' })
    expect(await page.getByRole('gridcell').count()).toBe(1)
    expect(new URL(page.url()).search).toBe('?verdict=redo&redone=there')
    expect(await axe(page)).toEqual([])
    await openRow(page, 2)
    await page.getByRole('button', { name: 'Take 2, succeeded' }).waitFor()
    await page.getByText('to redo, another take is there').waitFor()
    await page.getByRole('button', { name: 'Row 2, to redo, another take is there' }).waitFor()
    await close()
  })

  it('shows the take that is made while it is open, as it goes on', async () => {
    const batch = allRows()
    batch.redos.push({ id: 'redo-1-2', row: 1, take: 2, state: 'running', prompt: 'walnut' })
    batch.say(1, { verdict: 'redo', redo: 'redo-1-2' })
    const { page, site, close } = await test.open(batch, { search: '?row=1&view=open' })
    await page.getByRole('button', { name: 'Take 2, running' }).waitFor()
    for (const redo of batch.redos) redo.state = 'failed'
    site.change([1], '-', 'redo')
    await page.getByRole('button', { name: 'Take 2, failed, DataInspectionFailed' }).waitFor()
    expect(await page.getByText('to redo, the redo has failed').count()).toBe(1)
    await close()
  })
})

describe('the address', () => {
  it('has the row that was moved to, however soon the page is read anew or left', async () => {
    const { page, close } = await test.open(allRows(), { search: '?row=3' })
    await cell(page, 'LAMP-0003, after').waitFor()
    await page.getByRole('grid').focus()
    await page.keyboard.press('ArrowRight')
    await page.reload()
    await cell(page, 'LAMP-0004, after').and(page.locator('[data-active]')).waitFor()
    await page.getByRole('grid').focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('g')
    await page.keyboard.press(',')
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor()
    await page.goBack()
    await cell(page, 'LAMP-0005, after').and(page.locator('[data-active]')).waitFor()
    expect(new URL(page.url()).search).toBe('?row=5')
    await close()
  })
})
