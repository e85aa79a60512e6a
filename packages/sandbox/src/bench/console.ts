import { access } from 'node:fs/promises'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import sharp from 'sharp'
import { findChromium } from '../browser/find-chromium.ts'
import { makeBatch } from './console-batch.ts'
import { keyToPaint, paints, scroll, weight, type Scrolled } from './console-probe.ts'
import { startConsoleStandIn, type ConsoleStandIn } from './console-stand-in.ts'
import { median } from './figures.ts'
import { atMost, type Figure } from './report.ts'
import { quantile } from './slot-figures.ts'

export type ConsoleBenchOptions = {
  rows: readonly number[]
  /** Device pixels per CSS pixel. */
  ratios: readonly number[]
  runs: number
  /** The browser; absent: one is found. */
  chromium?: string
  /** The built console. */
  pages: string
  onStep?: (line: string) => void
}

/** One run of one batch. Times in ms. */
type Run = {
  first: number
  largest: number
  scrolled: Scrolled
  jump: number
  key: number
  verdict: number
  next: number
  elements: number
  heapMb: number
  bareFirst: number
  bare: Scrolled
  bareKey: number
}

const presses = 20

/** The gallery and the viewer on a stand-in of the API, beside a bare page that scrolls, in one browser. */
export async function benchConsole(options: ConsoleBenchOptions): Promise<Figure[]> {
  const { onStep = () => {} } = options
  await access(join(options.pages, 'index.html')).catch(() => {
    throw new Error(`no console is built at ${options.pages}: run pnpm console:build`)
  })
  const pictures = await drawPictures()
  const bare = await startBarePage()
  const browser = await chromium.launch({
    executablePath: options.chromium ?? (await findChromium()),
    args: ['--no-sandbox', '--enable-precise-memory-info'],
  })
  try {
    const figures: Figure[] = []
    for (const rows of options.rows)
      for (const ratio of options.ratios) {
        const runs: Run[] = []
        for (let run = 0; run < options.runs; run += 1) {
          runs.push(await measure(browser, { rows, ratio, pages: options.pages, pictures, bare: bare.url }))
          onStep(`${rows} rows at ${ratio}: run ${run + 1} of ${options.runs}`)
        }
        figures.push(...figuresOf(`${rows.toLocaleString('en')} rows at ${ratio}×`, runs))
      }
    return figures
  } finally {
    await browser.close()
    bare.stop()
  }
}

/** Some pictures as heavy as real ones. */
const drawPictures = (): Promise<Buffer[]> =>
  Promise.all(
    Array.from({ length: 24 }, (_, at) =>
      sharp({
        create: {
          width: 320,
          height: 320,
          channels: 3,
          background: { r: at * 10, g: 120, b: 90 },
          noise: { type: 'gaussian', mean: 128, sigma: 12 },
        },
      })
        .webp({ quality: 60 })
        .toBuffer(),
    ),
  )

/** A box that scrolls, and nothing else. */
async function startBarePage() {
  const html = `<!doctype html><title>bare</title><p>bare</p><div id="box" tabindex="0" style="height:600px;overflow:auto"><div style="height:2000000px"></div></div>`
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(html))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

type Setting = { rows: number; ratio: number; pages: string; pictures: readonly Buffer[]; bare: string }

async function measure(browser: Browser, { rows, ratio, pages, pictures, bare }: Setting): Promise<Run> {
  const site = await startConsoleStandIn({
    pages,
    batch: makeBatch(rows, { stateOf: () => '+' }),
    picture: (_, row) => pictures[row % pictures.length] ?? Buffer.alloc(0),
    pictureType: 'image/webp',
  })
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    deviceScaleFactor: ratio,
  })
  try {
    const page = await context.newPage()
    await page.goto(bare)
    const bareFirst = (await paints(page)).first
    const bareScrolled = await scroll(page, '#box')
    const bareKey = await many(async () => keyToPaint(page, 'ArrowDown', 'true'))
    return { ...(await measureGallery(page, site, rows)), bareFirst, bare: bareScrolled, bareKey }
  } finally {
    await context.close()
    await site.stop()
  }
}

const labelled = (row: number): string =>
  `document.getElementById('cell-${row}')?.getAttribute('aria-label')?.startsWith('LAMP') === true`

async function measureGallery(page: Page, site: ConsoleStandIn, rows: number) {
  await page.goto(site.gallery)
  await page.locator('[role=gridcell] img').first().waitFor()
  const painted = await paints(page)
  await page.getByRole('grid').focus()
  const key = await many(async (at) =>
    keyToPaint(page, 'ArrowRight', `document.querySelector('[data-active]')?.dataset.row === '${at + 2}'`),
  )
  const scrolled = await scroll(page, '[role=grid]', '[role=gridcell]')
  const jumps: number[] = []
  for (let jump = 0; jump < 5; jump += 1) {
    jumps.push(await keyToPaint(page, 'Control+End', labelled(rows)))
    jumps.push(await keyToPaint(page, 'Control+Home', labelled(1)))
  }
  const verdict = await many(async (at) =>
    keyToPaint(page, 'a', `document.querySelector('[data-row="${at + 1}"]')?.dataset.verdict === 'approved'`),
  )
  const { elements, heapMb } = await weight(page)
  await page.keyboard.press('Enter')
  await page.locator('.viewer .layer img').first().waitFor()
  const next: number[] = []
  for (let at = 0; at < presses; at += 1) {
    // what comes next is decoded by then
    await page.waitForTimeout(150)
    next.push(await keyToPaint(page, 'ArrowRight', pictureOf(presses + at + 2)))
  }
  return { ...painted, scrolled, jump: p95(jumps), key, verdict, next: p95(next), elements, heapMb }
}

const pictureOf = (row: number): string =>
  `[...document.querySelectorAll('.viewer .pane img')].some((image) => image.src.includes('/edit-${row}/images/') && image.complete && image.naturalWidth > 0)`

const p95 = (values: readonly number[]): number =>
  quantile(
    values.toSorted((a, b) => a - b),
    0.95,
  )

async function many(work: (at: number) => Promise<number>): Promise<number> {
  const taken: number[] = []
  for (let at = 0; at < presses; at += 1) taken.push(await work(at))
  return p95(taken)
}

/** The middle of what the runs measured, as it is asked for. */
const figureMaker =
  (name: string, runs: readonly Run[]) =>
  (
    what: string,
    unit: string,
    value: (run: Run) => number,
    bound: number,
    beside?: (run: Run) => number,
  ): Figure => {
    const of = (measured: (run: Run) => number): number => median(runs.map(measured))
    return {
      name: `${name}: ${what}`,
      unit,
      value: of(value),
      asked: atMost(bound),
      ...(beside === undefined ? {} : { beside: of(beside) }),
    }
  }

function figuresOf(name: string, runs: readonly Run[]): Figure[] {
  const figure = figureMaker(name, runs)
  return [
    figure(
      'first paint',
      'ms',
      ({ first }) => first,
      800,
      ({ bareFirst }) => bareFirst,
    ),
    figure('largest paint', 'ms', ({ largest }) => largest, 1_200),
    figure(
      'frame while it scrolls, p95',
      'ms',
      ({ scrolled }) => p95(scrolled.frames),
      34,
      ({ bare }) => p95(bare.frames),
    ),
    figure('frames without cells', '', ({ scrolled }) => scrolled.blank, 0),
    figure(
      'tasks above 100 ms',
      '',
      ({ scrolled }) => scrolled.longTasks,
      0,
      ({ bare }) => bare.longTasks,
    ),
    figure('jump to either end, p95', 'ms', ({ jump }) => jump, 250),
    figure(
      'arrow key to paint, p95',
      'ms',
      ({ key }) => key,
      50,
      ({ bareKey }) => bareKey,
    ),
    figure(
      'verdict to its mark, p95',
      'ms',
      ({ verdict }) => verdict,
      50,
      ({ bareKey }) => bareKey,
    ),
    figure(
      'next picture in the viewer, p95',
      'ms',
      ({ next }) => next,
      60,
      ({ bareKey }) => bareKey,
    ),
    figure('elements of the grid', '', ({ elements }) => elements, 600),
    figure('heap', 'MB', ({ heapMb }) => heapMb, 60),
  ]
}
