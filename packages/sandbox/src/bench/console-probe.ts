import type { Page } from 'playwright-core'

/** Lengths of frames (ms) while something scrolls by 60 px in each, frames without a cell in the middle, and long tasks. */
export type Scrolled = { frames: number[]; blank: number; longTasks: number }

const scrollFrames = 240

/** `cells`: what must be in the middle of the box in each frame; absent for a page without cells. */
export const scroll = async (page: Page, box: string, cells?: string): Promise<Scrolled> =>
  (await page.evaluate(`new Promise((resolve) => {
    const box = document.querySelector(${JSON.stringify(box)})
    const { left, top, width, height } = box.getBoundingClientRect()
    const seen = { frames: [], blank: 0, longTasks: 0 }
    new PerformanceObserver((list) => { seen.longTasks += list.getEntries().filter(({ duration }) => duration > 100).length })
      .observe({ type: 'longtask' })
    let before = performance.now()
    const step = (now) => {
      seen.frames.push(now - before)
      before = now
      const middle = document.elementFromPoint(left + width / 2, top + height / 2)
      if (${cells === undefined ? 'false' : `middle?.closest(${JSON.stringify(cells)}) === null`}) seen.blank += 1
      box.scrollTop += 60
      if (seen.frames.length < ${scrollFrames}) requestAnimationFrame(step)
      else resolve({ ...seen, frames: seen.frames.slice(1) })
    }
    requestAnimationFrame(step)
  })`)) as Scrolled

/** First and largest paint (ms after the address was opened). */
export const paints = async (page: Page): Promise<{ first: number; largest: number }> =>
  (await page.evaluate(`new Promise((resolve) => {
    // it may be painted later than this is asked
    const painted = new Promise((done) => {
      new PerformanceObserver((list) => list.getEntriesByName('first-contentful-paint').forEach(done))
        .observe({ type: 'paint', buffered: true })
    })
    painted.then(({ startTime: first }) => {
      new PerformanceObserver((list) => resolve({ first, largest: list.getEntries().at(-1).startTime }))
        .observe({ type: 'largest-contentful-paint', buffered: true })
      setTimeout(() => resolve({ first, largest: first }), 2000)
    })
  })`)) as { first: number; largest: number }

/**
 * From a key that reaches the page to the frame after which `done` is so (ms). `done` is JavaScript; the clock runs in the page, so that
 * the way to the browser does not count.
 */
export async function keyToPaint(page: Page, key: string, done: string): Promise<number> {
  const waiting = page.evaluate(`new Promise((resolve) => {
    addEventListener('keydown', ({ timeStamp }) => {
      const look = () => {
        if (!(${done})) return requestAnimationFrame(look)
        // the frame that shows it ends here
        requestAnimationFrame(() => resolve(performance.now() - timeStamp))
      }
      requestAnimationFrame(look)
    }, { once: true, capture: true })
  })`)
  // the listener must be there first
  await page.evaluate('0')
  await page.keyboard.press(key)
  return (await waiting) as number
}

/** Elements of the grid, and the heap of the page (MB), after rubbish was taken out. */
export async function weight(page: Page): Promise<{ elements: number; heapMb: number }> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('HeapProfiler.collectGarbage')
  await devtools.detach()
  return (await page.evaluate(`({
    elements: document.querySelectorAll('[role=grid] *').length,
    heapMb: performance.memory.usedJSHeapSize / 1e6,
  })`)) as { elements: number; heapMb: number }
}

/** Notes when cells change their state: each frame in which some did counts as a render. */
export const watchChanges = (page: Page): Promise<unknown> =>
  page.evaluate(`(() => {
    const at = (globalThis.changedAt = [])
    new MutationObserver(() => requestAnimationFrame(() => at.push(Date.now()))).observe(
      document.querySelector('[role=grid]'), { subtree: true, attributes: true, attributeFilter: ['data-state'] })
  })()`)

/** When (epoch ms) changes were drawn since then; several changes may be of one frame. */
export const changesSeen = async (page: Page): Promise<number[]> => [
  ...new Set((await page.evaluate('globalThis.changedAt')) as number[]),
]
