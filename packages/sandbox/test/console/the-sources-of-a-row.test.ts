import type { Page } from 'playwright-core'
import { makeBatch, openGalleryTest, openViewer, untilSo, type GalleryTest } from './open-gallery.ts'

let test: GalleryTest
beforeAll(async () => {
  test = await openGalleryTest()
})
afterAll(() => test.stop())

const pane = (page: Page, name: string) => page.getByRole('group', { name, exact: true })

describe('the sources of a row', () => {
  const threeEach = () => makeBatch(60, { sources: 3 })
  const beforeIs = (path: string) =>
    `document.querySelector('.pane > .layer img').src.endsWith(${JSON.stringify(path)})`

  it('are chosen from where there are several, by a press and by a key, and stay so for other rows', async () => {
    const { page, close } = await openViewer(test, threeEach())
    await pane(page, 'source 1 of 3 and after').waitFor()
    await page.keyboard.press('Shift+b')
    await pane(page, 'source 2 of 3 and after').waitFor()
    expect(await page.evaluate(beforeIs('/v1/edits/edit-2/sources/1/960'))).toBe(true)
    await page.locator('.stage-facts').getByText('source 2 of 3 1,280 × 960, 212 kB').waitFor()
    await page.getByRole('group', { name: 'Source' }).getByRole('radio', { name: '3' }).check()
    await pane(page, 'source 3 of 3 and after').waitFor()
    await page.locator('.viewer').focus()
    await page.keyboard.press('ArrowRight')
    await page.getByRole('heading', { name: 'LAMP-0003' }).waitFor()
    await untilSo(page, beforeIs('/v1/edits/edit-3/sources/2/960'))
    await page.waitForURL(/source=3/)
    await page.reload()
    await pane(page, 'source 3 of 3 and after').waitFor()
    await page.keyboard.press('Shift+b')
    await pane(page, 'source 1 of 3 and after').waitFor()
    await close()
  })

  it('are no choice where there is one', async () => {
    const { page, close } = await openViewer(test)
    await pane(page, 'before and after').waitFor()
    expect(await page.getByRole('group', { name: 'Source' }).count()).toBe(0)
    await page.keyboard.press('Shift+b')
    await page.getByText('This row has one source.').waitFor()
    await close()
  })

  it('stand beside the words where there is no result', async () => {
    for (const [row, words] of [
      [7, 'failed'],
      [11, 'waiting'],
    ] as const) {
      const { page, close } = await test.open(threeEach(), { search: `?row=${row}&view=open` })
      await page.getByText(`This row is ${words}: there is no picture of it.`).waitFor()
      const sources = page.getByRole('list', { name: 'What it is made from' })
      for (const at of [1, 2, 3]) await sources.getByText(`source ${at} of 3`).waitFor()
      await untilSo(
        page,
        `[...document.querySelectorAll('.sources img')].filter(({ naturalWidth }) => naturalWidth > 0).length === 3`,
      )
      expect(await page.getByRole('slider').count()).toBe(0)
      await close()
    }
  })

  it('say so where one cannot be shown', async () => {
    const refusal = (path: string) =>
      /sources\/1/.test(path)
        ? { status: 404, code: 'not-found', detail: 'Source 1 cannot be shown: it is gone.' }
        : undefined
    const { page, close } = await test.open(threeEach(), {
      refusal,
      search: '?row=7&view=open',
      allow: /status of 404/,
    })
    await page.getByText('It cannot be shown. Source 1 cannot be shown: it is gone.').waitFor()
    expect(await page.locator('.sources img').count()).toBe(2)
    await close()
  })
})

describe('before, for a moment', () => {
  const sourceOf = (row: number, side: string): string => `/v1/edits/edit-${row}/sources/0/${side}`

  it('is warmed in the grid for the active row and the next one', async () => {
    const asked: string[] = []
    const latencyMs = (path: string): number => {
      asked.push(path)
      return 0
    }
    const { page, close } = await test.open(makeBatch(60, { stateOf: () => '+' }), { latencyMs })
    await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).waitFor()
    while (!asked.includes(sourceOf(2, '320'))) await page.waitForTimeout(20)
    expect(asked).toContain(sourceOf(1, '320'))
    await page.getByRole('grid').focus()
    await page.keyboard.press('ArrowRight')
    while (!asked.includes(sourceOf(3, '320'))) await page.waitForTimeout(20)
    expect(asked).not.toContain(sourceOf(4, '320'))
    await close()
  })

  it('says at once that it is being read, and is not given up when the key is let go', async () => {
    const latencyMs = (path: string): number => (path.includes('/sources/') ? 700 : 0)
    const { page, site, close } = await test.open(makeBatch(12), { latencyMs })
    const fifth = page.locator('[data-row="5"] .cell-box')
    await untilSo(page, `(document.querySelector('[data-row="5"] img')?.naturalWidth ?? 0) > 0`)
    await page.getByRole('grid').focus()
    await page.keyboard.down('Space')
    await page.getByRole('gridcell', { name: 'LAMP-0005, before' }).waitFor()
    expect(await fifth.getAttribute('data-words')).toBe('before…')
    await page.keyboard.up('Space')
    await page.getByRole('gridcell', { name: 'LAMP-0005, after' }).waitFor()
    await untilSo(page, `document.querySelectorAll('[data-row="5"] img')[1]?.naturalWidth > 0`)
    expect(site.traffic.givenUp).toBe(0)
    await page.keyboard.down('Space')
    await page.getByRole('gridcell', { name: 'LAMP-0005, before' }).waitFor()
    expect(await fifth.getAttribute('data-words')).toBeNull()
    // of a row that has failed, too
    await untilSo(page, `document.querySelector('[data-row="7"] img')?.naturalWidth > 0`)
    await page.keyboard.up('Space')
    expect(await page.locator('[data-row="7"] .cell-box').getAttribute('data-words')).toBe(
      'DataInspectionFailed',
    )
    await close()
  })

  it('says in the viewer that it is being read, and shows it when it is', async () => {
    const latencyMs = (path: string): number => (path === sourceOf(2, '960') ? 1_500 : 0)
    const { page, close } = await test.open(makeBatch(60, { stateOf: () => '+' }), {
      latencyMs,
      search: '?row=2&view=open&mode=after',
    })
    await pane(page, 'after').waitFor()
    await page.keyboard.down('Space')
    await pane(page, 'before').waitFor()
    const layer = page.locator('.pane > .layer')
    expect(await layer.getAttribute('data-waits')).toBe('The picture is being read…')
    await untilSo(page, `document.querySelector('.pane > .layer[data-waits]') === null`)
    await page.keyboard.up('Space')
    await close()
  })
})

it('asks for the small pictures that the worker makes on a dense screen, too', async () => {
  const asked: string[] = []
  const latencyMs = (path: string): number => {
    asked.push(path)
    return 0
  }
  const { page, close } = await test.open(makeBatch(60, { stateOf: () => '+' }), {
    latencyMs,
    context: { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 2 },
  })
  await page.getByRole('radio', { name: 'medium pictures' }).check()
  await untilSo(page, `document.querySelector('[data-row="1"]').getBoundingClientRect().width > 200`)
  await untilSo(page, `document.querySelector('[data-row="1"] img')?.naturalWidth > 0`)
  expect(asked).toContain('/v1/edits/edit-1/images/0/320')
  expect(asked.filter((path) => path.endsWith('/960'))).toEqual([])
  await close()
})
