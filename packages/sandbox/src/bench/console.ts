import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { findChromium } from '../browser/find-chromium.ts'
import { keyToPaint, paints, scroll, weight, type Scrolled } from './console-probe.ts'
import {
  drawPictures,
  many,
  onStage,
  p95,
  pictureOf,
  presses,
  type Stage,
  startBarePage,
} from './console-stage.ts'
import type { ConsoleStandIn } from './console-stand-in.ts'
import { trials } from './console-trials.ts'
import { median } from './figures.ts'
import { atMost, type Figure } from './report.ts'

export type ConsoleBenchOptions = {
  rows: readonly number[]
  /** Device pixels per CSS pixel. */
  ratios: readonly number[]
  runs: number
  /** The browser; absent: one is found. */
  chromium?: string
  /** The built console. */
  pages: string
  /** How long the gallery is used without an end, to see whether its memory grows. */
  minutes: number
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
    const stage = { browser, pages: options.pages, pictures, bare: bare.url }
    const figures: Figure[] = []
    for (const rows of options.rows)
      for (const ratio of options.ratios) {
        const runs: Run[] = []
        for (let run = 0; run < options.runs; run += 1) {
          runs.push(await measure(stage, rows, ratio))
          onStep(`${rows} rows at ${ratio}: run ${run + 1} of ${options.runs}`)
        }
        figures.push(...figuresOf(`${rows.toLocaleString('en')} rows at ${ratio}×`, runs))
      }
    return [...figures, ...(await trials(stage, options))]
  } finally {
    await browser.close()
    bare.stop()
  }
}

async function measure(stage: Stage, rows: number, ratio: number): Promise<Run> {
  return onStage(stage, { rows, deviceScaleFactor: ratio }, async (page, site) => {
    await page.goto(stage.bare)
    const bareFirst = (await paints(page)).first
    const bareScrolled = await scroll(page, '#box')
    const bareKey = await many(async () => keyToPaint(page, 'ArrowDown', 'true'))
    return { ...(await measureGallery(page, site, rows)), bareFirst, bare: bareScrolled, bareKey }
  })
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
