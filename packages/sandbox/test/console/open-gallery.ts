import { makeBatch, type StandInBatch } from '@restyle/sandbox/bench/console-batch'
import { markerPicture } from '@restyle/sandbox/bench/marker-picture'
import {
  startConsoleStandIn,
  type ConsoleStandIn,
  type Refusal,
} from '@restyle/sandbox/bench/console-stand-in'
import { buildConsole, consoleDir } from '@restyle/sandbox/world/build-console'
import { chromium, type Browser, type BrowserContextOptions, type Locator, type Page } from 'playwright-core'
import { findChromium } from '@restyle/sandbox/browser/find-chromium'

export type GalleryTest = {
  browser: Browser
  /** Opens a gallery in a tab of its own; what the page complains about fails `close`. */
  open(
    batch: StandInBatch,
    options?: Opening,
  ): Promise<{ page: Page; site: ConsoleStandIn; close: () => Promise<void> }>
  stop(): Promise<void>
}

type Opening = {
  latencyMs?: (path: string) => number
  refusal?: (path: string, method: string) => Refusal | undefined
  context?: BrowserContextOptions
  search?: string
  /** Complaints that are expected: the browser says every answer that is a refusal. */
  allow?: RegExp
}

/** One browser for a file, and the console as it is now. `dense`: device pixels per pixel of the page. */
export async function openGalleryTest({ dense = 1 } = {}): Promise<GalleryTest> {
  const [executablePath] = await Promise.all([findChromium(), buildConsole()])
  // a scale that is only emulated does not cut tall boxes
  const scale = dense === 1 ? [] : [`--force-device-scale-factor=${dense}`, '--window-size=1280,900']
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', ...scale] })
  // a test that failed has not closed what it opened
  const opened = new Set<ConsoleStandIn>()
  return {
    browser,
    async open(batch, { latencyMs, refusal, context = {}, search = '', allow = /409/ } = {}) {
      const site = await startConsoleStandIn({
        pages: consoleDir,
        batch,
        picture: markerPicture,
        pictureType: 'image/bmp',
        ...(latencyMs === undefined ? {} : { latencyMs }),
        ...(refusal === undefined ? {} : { refusal }),
      })
      opened.add(site)
      const viewport = dense === 1 ? { width: 1280, height: 800 } : null
      const tab = await browser.newContext({ viewport, ...context })
      const page = await tab.newPage()
      const complaints: string[] = []
      page.on('console', (message) => {
        // a refusal is a complaint of the browser too
        if (message.type() === 'error' && !allow.test(message.text())) complaints.push(message.text())
      })
      page.on('pageerror', (error) => complaints.push(String(error)))
      await page.goto(`${site.gallery}${search}`)
      return {
        page,
        site,
        async close() {
          await tab.close()
          await site.stop()
          opened.delete(site)
          expect(complaints).toEqual([])
        },
      }
    },
    async stop() {
      await browser.close()
      for (const site of opened) await site.stop()
    },
  }
}

export { makeBatch }

/** Waits until an expression is so in the page, whose policy refuses what Playwright would have it evaluate for that. */
export async function untilSo(page: Page, expression: string, withinMs = 30_000): Promise<void> {
  const deadline = performance.now() + withinMs
  while ((await page.evaluate(expression)) !== true) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${expression}`)
    await page.waitForTimeout(20)
  }
}

/** Whether the pictures of the viewer are there, before and after. */
export const areDrawn = `(() => {
  const images = [...document.querySelectorAll('.viewer .pane img')]
  return images.length > 1 && images.every((image) => image.naturalWidth > 0)
})()`

/** A viewer whose pictures are there, on the second row where nothing else is said. */
export async function openViewer(
  test: GalleryTest,
  batch = makeBatch(60, { stateOf: () => '+' }),
  opening: Opening = {},
) {
  const opened = await test.open(batch, { search: '?row=2&view=open', ...opening })
  await opened.page.getByRole('slider', { name: 'How much is' }).waitFor()
  await untilSo(opened.page, areDrawn)
  return opened
}

type Active = { row: number; seen: boolean; focused: boolean; elements: number; scrolled: number }

/** The active cell, and whether it is on the screen. */
export const activeOf = async (page: Page): Promise<Active> =>
  (await page.evaluate(`(() => {
    const grid = document.querySelector('[role=grid]')
    const cell = document.getElementById(grid.getAttribute('aria-activedescendant') ?? '')
    const [box, around] = [cell?.getBoundingClientRect(), grid.getBoundingClientRect()]
    return {
      row: Number(cell?.dataset.row),
      seen: box !== undefined && box.top >= around.top - 1 && box.bottom <= around.bottom + 1,
      focused: document.activeElement === grid,
      elements: grid.querySelectorAll('*').length,
      scrolled: grid.scrollTop,
    }
  })()`)) as Active

/** The last row that is drawn on the screen. */
const lastSeen = async (page: Page): Promise<number> =>
  (await page.evaluate(`(() => {
    const around = document.querySelector('[role=grid]').getBoundingClientRect()
    return Math.max(0, ...[...document.querySelectorAll('[role=gridcell]')]
      .filter((cell) => cell.getBoundingClientRect().bottom <= around.bottom + 1 && cell.getBoundingClientRect().top >= around.top - 1)
      .map((cell) => Number(cell.dataset.row)))
  })()`)) as number

/** Goes to the last row and to the first one, by keys and by the scroll bar. */
export async function reachBothEnds(page: Page, rows: number): Promise<void> {
  await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).waitFor()
  await page.getByRole('grid').focus()
  await page.keyboard.press('Control+End')
  await page.getByRole('gridcell', { name: `LAMP-${rows}, after` }).waitFor()
  expect(await activeOf(page)).toMatchObject({ row: rows, seen: true, focused: true })
  await page.keyboard.press('Control+Home')
  expect(await activeOf(page)).toMatchObject({ row: 1, seen: true, scrolled: 0 })
  await page.evaluate(`document.querySelector('[role=grid]').scrollTop = 1e9`)
  await page.getByRole('gridcell', { name: `LAMP-${rows}, after` }).waitFor()
  expect(await lastSeen(page)).toBe(rows)
  // the active cell was scrolled away, and is where it was
  await page.keyboard.press('ArrowRight')
  expect(await activeOf(page)).toMatchObject({ row: 2, seen: true })
}

/** Opens the last row from the map of rows of a batch: pressed, and by keys alone. */
export async function openLastByMap(page: Page, site: ConsoleStandIn, rows: number): Promise<void> {
  for (const press of [
    async (map: Locator) => {
      const { width, height } = (await map.boundingBox()) ?? { width: 0, height: 0 }
      // behind the last row its line is empty
      await map.click({ position: { x: width - 1, y: height - 0.5 } })
    },
    async (map: Locator) => {
      await map.press('End')
      expect(await map.getAttribute('aria-valuenow')).toBe(String(rows))
      await map.press('Enter')
    },
  ]) {
    await page.goto(site.gallery.replace(/\/gallery$/, ''))
    const map = page.getByRole('slider', { name: 'Row of the batch' })
    await map.waitFor()
    await press(map)
    await page.getByRole('gridcell', { name: `LAMP-${rows}, after` }).waitFor()
    expect(await activeOf(page)).toMatchObject({ row: rows, seen: true })
    expect(await lastSeen(page)).toBe(rows)
  }
}
