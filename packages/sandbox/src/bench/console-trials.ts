import type { Page } from 'playwright-core'
import { changesSeen, keyToPaint, paints, scroll, watchChanges, weight } from './console-probe.ts'
import { many, onStage, p95, pictureOf, type Stage } from './console-stage.ts'
import { weighConsole } from './console-weights.ts'
import { median } from './figures.ts'
import { atLeast, atMost, type Figure, timesBare } from './report.ts'

type Trials = { runs: number; minutes: number; onStep?: (line: string) => void }

const rows = 100_000
const firstPicture = (page: Page) => page.locator('[role=gridcell] img').first().waitFor()

/**
 * What the pages weigh, and how they do on a slow machine, on a thin line, with slow pictures, under load and for long: at 100,000
 * rows.
 */
export async function trials(stage: Stage, { runs, minutes, onStep = () => {} }: Trials): Promise<Figure[]> {
  const often = async <T>(what: string, trial: (stage: Stage) => Promise<T>): Promise<T[]> => {
    const taken: T[] = []
    for (let run = 0; run < runs; run += 1) taken.push(await trial(stage))
    onStep(`${what}: ${runs} runs`)
    return taken
  }
  return [
    ...(await weighConsole(stage)),
    ...slowFigures(await often('a quarter of the processor', onSlowMachine)),
    figure(
      '20 Mbit/s: picture that was not fetched ahead, p95',
      'ms',
      await often('20 Mbit/s', onThinLine),
      600,
    ),
    ...flungFigures(await often('15 screens', flingScreens)),
    ...liveFigures(await often('50 changes a second', changeRows)),
    ...(await useForLong(stage, minutes, onStep)),
  ]
}

/** The middle of the runs; `bound`: at most so much is asked. */
const figure = (
  name: string,
  unit: string,
  values: readonly number[],
  bound: number,
  beside?: readonly number[],
): Figure => ({
  name,
  unit,
  value: median(values),
  asked: atMost(bound),
  ...(beside === undefined ? {} : { beside: median(beside) }),
})

type Slow = Awaited<ReturnType<typeof onSlowMachine>>
const slowFigures = (runs: readonly Slow[]): Figure[] => {
  const all = (value: (run: Slow) => number) => runs.map(value)
  const [first, bareFirst] = [all((run) => run.first), all((run) => run.bareFirst)]
  const [frame, bareFrame] = [all((run) => run.frame), all((run) => run.bareFrame)]
  return [
    figure('CPU ÷4: first paint', 'ms', first, 1_600, bareFirst),
    figure(
      'CPU ÷4: largest paint',
      'ms',
      all((run) => run.largest),
      2_200,
    ),
    figure('CPU ÷4: frame while it scrolls, p95', 'ms', frame, 84, bareFrame),
    timesBare('CPU ÷4: frame while it scrolls, p95', median(all((run) => run.frame / run.bareFrame)), 5.1),
  ]
}

const flungFigures = (runs: readonly { ms: number; givenUp: number }[]): Figure[] => [
  figure(
    '15 flung screens, pictures 400 ms late: the last one whole after',
    'ms',
    runs.map(({ ms }) => ms),
    5_000,
  ),
  {
    name: '15 flung screens: share of passed pictures given up',
    unit: '',
    value: median(runs.map(({ givenUp }) => givenUp)),
    asked: atLeast(0.5),
  },
]

/** Each time it is told is one render, or more than that are needed: four times a second it is told. */
const liveFigures = (runs: readonly { lag: number; renders: number }[]): Figure[] => [
  figure(
    '50 changes a second: change to screen, p95',
    'ms',
    runs.map(({ lag }) => lag),
    1_000,
  ),
  figure(
    '50 changes a second: renders a second',
    '',
    runs.map(({ renders }) => renders),
    4,
  ),
]

const onSlowMachine = (stage: Stage) =>
  onStage(stage, { rows }, async (page, site) => {
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 })
    await page.goto(stage.bare)
    const bareFirst = (await paints(page)).first
    const bareFrame = p95((await scroll(page, '#box')).frames)
    await page.goto(site.gallery)
    await firstPicture(page)
    const painted = await paints(page)
    const frame = p95((await scroll(page, '[role=grid]', '[role=gridcell]')).frames)
    return { ...painted, frame, bareFirst, bareFrame }
  })

/** From a key to a picture that nobody has fetched ahead: ten rows on. */
const onThinLine = (stage: Stage) =>
  onStage(stage, { rows }, async (page, site) => {
    await page.goto(site.gallery)
    await firstPicture(page)
    await page.getByRole('grid').focus()
    await page.keyboard.press('Enter')
    await page.locator('.viewer .layer img').first().waitFor()
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 20,
      downloadThroughput: 20e6 / 8,
      uploadThroughput: 5e6 / 8,
    })
    return many(async (at) => keyToPaint(page, 'PageDown', pictureOf(1 + 10 * (at + 1))))
  })

const flingScreens = (stage: Stage) =>
  onStage(stage, { rows, latencyMs: (path) => (path.includes('/images/') ? 400 : 0) }, async (page, site) => {
    await page.goto(site.gallery)
    await page.locator('[role=gridcell]').first().waitFor()
    for (let screen = 0; screen < 15; screen += 1) {
      await page.evaluate(`document.querySelector('[role=grid]').scrollTop += 3000`)
      await page.locator('[role=gridcell] img').nth(10).waitFor({ state: 'attached' })
    }
    const began = performance.now()
    const drawn = await wholeScreen(page)
    const ms = performance.now() - began
    const passed = (rowsOf: readonly number[]) => rowsOf.filter((row) => !drawn.includes(row)).length
    return { ms, givenUp: passed(site.traffic.rowsGivenUp) / Math.max(passed(site.traffic.rowsAsked), 1) }
  })

/** Waits until every picture on the screen is there; gives the rows of those that are drawn, on the screen or ahead. */
async function wholeScreen(page: Page): Promise<number[]> {
  const until = performance.now() + 30_000
  for (;;) {
    const drawn = (await page.evaluate(`(() => {
      const around = document.querySelector('[role=grid]').getBoundingClientRect()
      const all = [...document.querySelectorAll('[role=gridcell] img')]
      const seen = all.filter((each) => {
        const { top, bottom } = each.getBoundingClientRect()
        return bottom > around.top && top < around.bottom
      })
      return seen.length > 10 && seen.every(({ complete, naturalWidth }) => complete && naturalWidth > 0)
        ? all.map((each) => Number(each.closest('[data-row]').dataset.row))
        : []
    })()`)) as number[]
    if (drawn.length > 0) return drawn
    if (performance.now() > until) throw new Error('the pictures on the screen did not come')
    await page.waitForTimeout(20)
  }
}

const toldASecond = 4

/** 50 rows a second change, and are told as the producer tells them: what came together, four times a second. */
const changeRows = (stage: Stage) =>
  onStage(stage, { rows }, async (page, site) => {
    await page.goto(site.gallery)
    await firstPicture(page)
    // the page listens by then
    await page.waitForTimeout(1_000)
    await watchChanges(page)
    const told: { at: number; changed: number[] }[] = []
    let together: { row: number; at: number }[] = []
    for (let change = 1; change <= 240; change += 1) {
      // twenty rows are on the screen, and change to and fro
      together.push({ row: 1 + (change % 20), at: Date.now() })
      await page.waitForTimeout(20)
      if (change % 12 !== 0) continue
      site.change(
        together.map(({ row }) => row),
        told.length % 2 === 0 ? 'r' : '+',
      )
      told.push({ at: Date.now(), changed: together.map(({ at }) => at) })
      together = []
    }
    await page.waitForTimeout(500)
    const at = await changesSeen(page)
    const lags = told.flatMap((each) => {
      const seen = at.find((drawn) => drawn >= each.at) ?? Number.NaN
      return each.changed.map((changed) => seen - changed)
    })
    return { lag: p95(lags), renders: (toldASecond * at.length) / told.length }
  })

/** The heap (MB) while somebody scrolls, opens and closes, after rubbish was taken out: after three fifths of the time, and at its end. */
const useForLong = (stage: Stage, minutes: number, onStep: (line: string) => void): Promise<Figure[]> =>
  onStage(stage, { rows }, async (page, site) => {
    const heap = async () => (await weight(page)).heapMb
    await page.goto(site.gallery)
    await firstPicture(page)
    await page.getByRole('grid').focus()
    const began = performance.now()
    const gone = () => (performance.now() - began) / (minutes * 60_000)
    let middle: number | undefined
    while (gone() < 1) {
      for (const key of ['PageDown', 'PageDown', 'Enter', 'ArrowRight', 'a', 'z', 'Escape']) {
        await page.keyboard.press(key)
        await page.waitForTimeout(30)
      }
      if (gone() >= 0.6) middle ??= await heap()
    }
    const end = await heap()
    onStep(`${minutes} minutes of use`)
    return [
      { name: `heap after ${minutes} minutes of use`, unit: 'MB', value: end, asked: atMost(60) },
      {
        name: 'growth of it in the last two fifths',
        unit: 'MB',
        value: end - (middle ?? end),
        asked: atMost(2),
      },
    ]
  })
