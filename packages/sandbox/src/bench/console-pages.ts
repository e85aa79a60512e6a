import { chromium, type Page } from 'playwright-core'
import { findChromium } from '../browser/find-chromium.ts'
import { buildConsole, consoleDir } from '../world/build-console.ts'
import { jumpAround, type Jumps } from './console-jumps.ts'
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
import { atMost, type Figure, timesBare } from './report.ts'

export type ConsolePagesOptions = {
  rows: readonly number[]
  /** Device pixels per CSS pixel. */
  ratios: readonly number[]
  runs: number
  /** The browser; absent: one is found. */
  chromium?: string
  /** A built console; absent: this repository's is built, unless it is. */
  pages?: string
  /** How long the gallery is used without an end, to see whether its memory grows. */
  minutes: number
  onStep?: (line: string) => void
}

/** One run of one batch. Times in ms. */
type Run = {
  first: number
  largest: number
  scrolled: Scrolled
  jumps: Jumps
  key: number
  verdict: number
  opened: number
  next: number
  elements: number
  heapMb: number
  bareFirst: number
  bare: Scrolled
  bareKey: number
}

/** The gallery and the viewer on a stand-in of the API, beside a bare page that scrolls, in one browser. */
export async function benchConsolePages(options: ConsolePagesOptions): Promise<Figure[]> {
  const { onStep = () => {} } = options
  const { pages = consoleDir } = options
  if (options.pages === undefined) await buildConsole()
  const pictures = await drawPictures()
  const bare = await startBarePage()
  const browser = await chromium.launch({
    executablePath: options.chromium ?? (await findChromium()),
    args: ['--no-sandbox', '--enable-precise-memory-info'],
  })
  try {
    const stage = { browser, pages, pictures, bare: bare.url }
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

async function measureGallery(page: Page, site: ConsoleStandIn, rows: number) {
  await page.goto(site.gallery)
  await page.locator('[role=gridcell] img').first().waitFor()
  const painted = await paints(page)
  await page.getByRole('grid').focus()
  const key = await many(async (at) =>
    keyToPaint(page, 'ArrowRight', `document.querySelector('[data-active]')?.dataset.row === '${at + 2}'`),
  )
  const scrolled = await scroll(page, '[role=grid]', '[role=gridcell]')
  const jumps = await jumpAround(page, rows)
  const verdict = await many(async (at) =>
    keyToPaint(page, 'a', `document.querySelector('[data-row="${at + 1}"]')?.dataset.verdict === 'approved'`),
  )
  const { elements, heapMb } = await weight(page)
  const opened = await keyToPaint(page, 'Enter', pictureOf(presses + 1))
  const next: number[] = []
  for (let at = 0; at < presses; at += 1) {
    // what comes next is decoded by then
    await page.waitForTimeout(150)
    next.push(await keyToPaint(page, 'ArrowRight', pictureOf(presses + at + 2)))
  }
  return { ...painted, scrolled, jumps, key, verdict, opened, next: p95(next), elements, heapMb }
}

/**
 * What is asked of the middle of the runs. `most`: of the figure itself; `times`: of how many times it is what the bare page needs, which
 * means the same on every machine.
 */
type Wanted = {
  what: string
  unit: string
  of: (run: Run) => number
  most?: number
  beside?: (run: Run) => number
  times?: number
}

const bareFrame = ({ bare }: Run): number => p95(bare.frames)
const bareKey = (run: Run): number => run.bareKey

const wanted: readonly Wanted[] = [
  { what: 'first paint', unit: 'ms', of: (run) => run.first, most: 800, beside: (run) => run.bareFirst },
  { what: 'largest paint', unit: 'ms', of: (run) => run.largest, most: 1_200 },
  {
    what: 'frame while it scrolls, p95',
    unit: 'ms',
    of: (run) => p95(run.scrolled.frames),
    most: 34,
    beside: bareFrame,
    times: 2.1,
  },
  { what: 'frames without cells', unit: '', of: (run) => run.scrolled.blank, most: 0 },
  {
    what: 'tasks above 100 ms',
    unit: '',
    of: (run) => run.scrolled.longTasks,
    most: 0,
    beside: (run) => run.bare.longTasks,
  },
  { what: 'jump to either end, p95', unit: 'ms', of: (run) => run.jumps.end, most: 250 },
  { what: 'jump by the bar, p95', unit: 'ms', of: (run) => run.jumps.bar, most: 250 },
  // what is asked is that the rows are the right ones
  {
    what: 'jump by the bar until its pictures are there, p95',
    unit: 'ms',
    of: (run) => run.jumps.barPictures,
  },
  { what: 'frames without cells after a jump', unit: '', of: (run) => run.jumps.blank, most: 0 },
  { what: 'jump by the map, p95', unit: 'ms', of: (run) => run.jumps.map, most: 250 },
  {
    what: 'arrow key to paint, p95',
    unit: 'ms',
    of: (run) => run.key,
    most: 50,
    beside: bareKey,
    times: 1.7,
  },
  {
    what: 'verdict to its mark, p95',
    unit: 'ms',
    of: (run) => run.verdict,
    most: 50,
    beside: bareKey,
    times: 1.7,
  },
  // its script is loaded then; nothing is asked of that
  { what: 'viewer opened for the first time', unit: 'ms', of: (run) => run.opened },
  {
    what: 'next picture in the viewer, p95',
    unit: 'ms',
    of: (run) => run.next,
    most: 60,
    beside: bareKey,
    times: 2,
  },
  { what: 'elements of the grid', unit: '', of: (run) => run.elements, most: 600 },
  { what: 'heap', unit: 'MB', of: (run) => run.heapMb, most: 60 },
]

const figuresOf = (name: string, runs: readonly Run[]): Figure[] =>
  wanted.flatMap(({ what, unit, of, most, beside, times }) => {
    const middle = (measured: (run: Run) => number): number => median(runs.map(measured))
    const figure = {
      name: `${name}: ${what}`,
      unit,
      value: middle(of),
      ...(most === undefined ? {} : { asked: atMost(most) }),
      ...(beside === undefined ? {} : { beside: middle(beside) }),
    }
    return beside === undefined || times === undefined
      ? [figure]
      : [
          figure,
          timesBare(
            figure.name,
            middle((run) => of(run) / beside(run)),
            times,
          ),
        ]
  })
