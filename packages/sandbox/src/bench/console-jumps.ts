import type { Page } from 'playwright-core'
import { keyToPaint } from './console-probe.ts'
import { p95 } from './console-stage.ts'

/** Slow ends of jumps (ms): until the rows are there, and until their pictures are too. `blank`: frames without cells after the first. */
export type Jumps = { end: number; bar: number; barPictures: number; blank: number; map: number }

const times = 5

const labelled = (row: number): string =>
  `document.getElementById('cell-${row}')?.getAttribute('aria-label')?.startsWith('LAMP') === true`

/** What is on the screen, as JavaScript of the page: the cells, whether they have their rows, and whether these have pictures. */
const onScreen = `(() => {
  const around = document.querySelector('[role=grid]')?.getBoundingClientRect() ?? { top: 0, bottom: 0 }
  const cells = [...document.querySelectorAll('[role=gridcell]')].filter((each) => {
    const { top, bottom } = each.getBoundingClientRect()
    return bottom > around.top && top < around.bottom
  })
  const images = cells.map((each) => each.querySelector('img'))
  return {
    cells: cells.length,
    rows: cells.length > 5 && cells.every((each) => each.getAttribute('aria-label')?.startsWith('LAMP')),
    pictures: images.every((each) => each?.complete === true && each.naturalWidth > 0),
  }
})()`

/** Goes to the ends and into the middle of a batch whose gallery is open, by keys, by the scroll bar and by the map of its rows. */
export async function jumpAround(page: Page, rows: number): Promise<Jumps> {
  const end: number[] = []
  for (let jump = 0; jump < times; jump += 1) {
    end.push(await keyToPaint(page, 'Control+End', labelled(rows)))
    end.push(await keyToPaint(page, 'Control+Home', labelled(1)))
  }
  const bars: Bar[] = []
  for (let jump = 0; jump < times; jump += 1)
    for (const share of [0.37 + jump / 100, 0.91 - jump / 100]) bars.push(await jumpByBar(page, share))
  const map: number[] = []
  for (let jump = 0; jump < times; jump += 1)
    for (const [key, row] of [
      ['End', rows],
      ['Home', 1],
    ] as const) {
      await page.getByRole('link', { name: 'The batch' }).click()
      const slider = page.getByRole('slider', { name: 'Row of the batch' })
      await slider.waitFor()
      await slider.press(key)
      map.push(await keyToPaint(page, 'Enter', `${labelled(row)} && ${onScreen}.rows`))
      await page.getByRole('grid').focus()
    }
  return {
    end: p95(end),
    bar: p95(bars.map(({ rowsMs }) => rowsMs)),
    barPictures: p95(bars.map(({ picturesMs }) => picturesMs)),
    blank: bars.reduce((sum, { blank }) => sum + blank, 0),
    map: p95(map),
  }
}

type Bar = { rowsMs: number; picturesMs: number; blank: number }

/** Has the grid scroll to a share of its height at once, as whoever drags its bar does. */
const jumpByBar = async (page: Page, share: number): Promise<Bar> =>
  (await page.evaluate(`new Promise((resolve) => {
    const box = document.querySelector('[role=grid]')
    const began = performance.now()
    let [frames, blank, rowsMs] = [0, 0, 0]
    box.scrollTop = box.scrollHeight * ${share}
    const look = () => {
      const { cells, rows, pictures } = ${onScreen}
      frames += 1
      if (frames > 1 && cells === 0) blank += 1
      if (!rows) return requestAnimationFrame(look)
      // the frame that shows it ends with the next one
      rowsMs ||= performance.now() - began
      if (!pictures) return requestAnimationFrame(look)
      requestAnimationFrame(() => resolve({ rowsMs, picturesMs: performance.now() - began, blank }))
    }
    requestAnimationFrame(look)
  })`)) as Bar
