import type { Page } from 'playwright-core'
import { walkThrough } from './focus-walk.ts'
import { apart, type Grey, greyOf, groundOf, isPlain, partOf } from './ink.ts'
import { lookAt, looks, tabTo } from './open-console.ts'
import { activeOf, makeBatch, openGalleryTest, untilSo, type GalleryTest } from './open-gallery.ts'
import { sentences, watchSentences } from './sentences.ts'

let test: GalleryTest
beforeAll(async () => {
  test = await openGalleryTest()
})
afterAll(() => test.stop())

type Box = { x: number; y: number; width: number; height: number }
type Marked = { name: string; mark: string; box: Box }

/** The inner part of the mark in the corner of a cell, without its edge; and the words in its middle. */
const markIn = ({ x, y, width }: Box): Box => ({ x: x + width - 8 - 21, y: y + 11, width: 18, height: 18 })
const wordsIn = ({ x, y, width, height }: Box): Box => ({
  x: x + 6,
  y: y + 36,
  width: width - 12,
  height: height - 70,
})
/** The same shape, drawn in another place, differs by less. */
const sameShape = 0.25
/** Device pixels for each of the page, so that shapes are more than a few of them. */
const scale = 2
const sharpened = { context: { deviceScaleFactor: scale } }
/** One row in each state, then those with verdicts. */
const states = '+-xuvrds.+++++'

it('tells every state and verdict by a shape or a word, for who sees no colours', async () => {
  const batch = makeBatch(states.length, { stateOf: (row) => states[row - 1] ?? '' })
  for (const [row, verdict, redo] of [
    [10, 'approved'],
    [11, 'rejected'],
    [12, 'redo'],
    [13, 'approved', 'redo-13-2'],
    [14, 'rejected', 'redo-14-2'],
  ] as const)
    batch.say(row, { verdict, ...(redo === undefined ? {} : { redo }) })
  const { page, close } = await test.open(batch, sharpened)
  await page.getByRole('gridcell', { name: 'LAMP-0014, after, rejected by Ana, a redo' }).waitFor()
  await untilSo(
    page,
    `[...document.querySelectorAll('[role=gridcell] img')].every((image) => image.complete)`,
  )
  const cells = (await page.evaluate(`[...document.querySelectorAll('[role=gridcell]')].map((cell) => {
    const { x, y, width, height } = cell.getBoundingClientRect()
    const { state, verdict, mark = '' } = cell.dataset
    return { name: state + ' ' + verdict + ' ' + mark, mark, box: { x, y, width, height } }
  })`)) as Marked[]
  const grey = await greyOf(await page.screenshot())
  const drawn = cells.map(({ name, mark, box }) => ({
    name,
    mark,
    shape: partOf(grey, markIn(box), scale),
    words: partOf(grey, wordsIn(box), scale),
  }))
  expect(new Set(drawn.map(({ name }) => name)).size).toBe(states.length)
  const alike: string[] = []
  for (const [at, one] of drawn.entries())
    for (const other of drawn.slice(at + 1)) {
      const pair = `${one.name} and ${other.name}`
      const isSame = apart(one.shape, other.shape) < sameShape
      // what is under way, and what is in doubt, has one mark: there the word says which
      if (isSame !== (one.mark === other.mark)) alike.push(`marks of ${pair}`)
      if (isSame && apart(one.words, other.words) < sameShape) alike.push(`words of ${pair}`)
    }
  expect(alike).toEqual([])
  await close()
})

/** So far apart (of 255) two plain greys are told from each other. */
const leastApart = 50
const differ = (one: Grey, other: Grey): boolean =>
  isPlain(one) && isPlain(other)
    ? Math.abs(groundOf(one) - groundOf(other)) > leastApart
    : apart(one, other) > sameShape

it('tells the parts of a progress bar by their patterns, for who sees no colours', async () => {
  const batch = makeBatch(states.length, { stateOf: (row) => states[row - 1] ?? '' })
  const { page, site, close } = await test.open(batch, sharpened)
  await page.goto(`${site.url}/console/batches/${batch.id}`)
  await page.getByRole('list', { name: 'States' }).waitFor()
  for (const [name, look] of Object.entries(looks)) {
    await lookAt(page, look)
    const shown = (await page.evaluate(swatches)) as { part: string; box: Box; isLikeBar: boolean }[]
    expect(shown.map(({ part, isLikeBar }) => [part, isLikeBar])).toEqual(parts.map((part) => [part, true]))
    const grey = await greyOf(await page.screenshot())
    // without its edge
    const drawn = shown.map(({ part, box: { x, y } }) => ({
      part,
      pattern: partOf(grey, { x: x + 2, y: y + 2, width: 10, height: 10 }, scale),
    }))
    const alike = drawn.flatMap((one, at) =>
      drawn
        .slice(at + 1)
        .flatMap((other) => (differ(one.pattern, other.pattern) ? [] : [`${one.part} and ${other.part}`])),
    )
    expect([name, alike]).toEqual([name, []])
  }
  await close()
})
const parts = ['stored', 'rendered', 'running', 'doubt', 'failed', 'canceled', 'queued']
/** The parts in the legend, and whether they are drawn in the bar as they are there. */
const swatches = `[...document.querySelectorAll('.legend .part')].map((each) => {
  const { x, y, width, height } = each.getBoundingClientRect()
  const part = /part-(\\w+)/.exec(each.className)[1]
  const look = (element) => ['backgroundColor', 'backgroundImage', 'backgroundSize'].map((name) => getComputedStyle(element)[name]).join()
  return { part, box: { x, y, width, height }, isLikeBar: look(each) === look(document.querySelector('.progress .part-' + part)) }
})`

const live = (page: Page) => page.getByRole('button', { name: 'live', exact: true })
/** What is heard of the page in a minute; `step` happens twice a second, and `shown` is waited for after half a second. */
async function heardInMinute(
  page: Page,
  step: (half: number) => void,
  shown: (half: number) => Promise<unknown> = async () => {},
): Promise<string[]> {
  const now = Number(await page.evaluate('Date.now()'))
  await page.clock.pauseAt(now + 1_000)
  await watchSentences(page)
  for (let half = 0; half < 120; half += 1) {
    step(half)
    await page.clock.runFor(500)
    await shown(half)
  }
  const heard = await sentences(page)
  await page.clock.resume()
  return heard
}
const mostSentences = 12

it('says few sentences in a minute in which fifty rows change each second', async () => {
  const batch = makeBatch(6_100, { stateOf: (row) => (row > 6_000 ? '+' : 'r') })
  const { page, site, close } = await test.open(batch)
  await page.clock.install()
  const change = (from: number) => (half: number) => {
    site.change(
      Array.from({ length: 25 }, (_, i) => from + 25 * half + i),
      '+',
    )
    site.tellCounts()
  }
  await page.goto(`${site.gallery}?state=succeeded`)
  await page.getByRole('gridcell', { name: 'LAMP-6001, after' }).waitFor()
  await live(page).waitFor()
  expect((await heardInMinute(page, change(1))).length).toBeLessThanOrEqual(mostSentences)
  // all of it has come
  await page.getByRole('button', { name: '+3,000 new' }).waitFor()
  await page.getByRole('grid').focus()
  await page.keyboard.press('z')
  await untilSo(page, `globalThis.said.includes('There is nothing to undo.×')`)

  await page.getByRole('link', { name: 'The batch' }).click()
  await page.getByRole('progressbar').waitFor()
  await live(page).waitFor()
  // its clock runs faster than answers come
  const stored = (half: number) =>
    page.getByText(`${(3_125 + 25 * half).toLocaleString('en')} stored`).waitFor()
  const heard = await heardInMinute(page, change(3_001), stored)
  expect(heard.length).toBeLessThanOrEqual(mostSentences)
  expect(heard.length).toBeGreaterThan(mostSentences - 3)
  await page.getByText('6,100 stored').waitFor()
  await close()
})

it('says few sentences while the producer does not answer', async () => {
  const { page, site, close } = await test.open(makeBatch(100), { allow: /status of 503/ })
  await page.clock.install()
  await page.goto(`${site.url}/console/batches`)
  await page.getByRole('progressbar').waitFor()
  await page.route('**/v1/batches?*', (route) =>
    route.fulfill({
      status: 503,
      contentType: 'application/problem+json',
      body: JSON.stringify({ type: '#unavailable', code: 'unavailable', title: 'x', detail: 'Not now.' }),
    }),
  )
  const heard = await heardInMinute(page, () => {})
  expect(heard.join()).toContain('Not now.')
  expect(heard.length).toBeLessThanOrEqual(mostSentences)
  await close()
})

// a window in which little of the page is seen at once
it('has the active cell in sight in a small window, also when the viewer closes', async () => {
  const { page, close } = await test.open(makeBatch(1_000), {
    context: { viewport: { width: 320, height: 480 } },
  })
  await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).waitFor()
  await tabTo(page, page.getByRole('grid'))
  await page.keyboard.press('v')
  await page.getByRole('region', { name: 'Selection' }).waitFor()
  for (const back of [false, true]) expect(await walkThrough(page, back)).toEqual([])
  await tabTo(page, page.getByRole('grid'))
  for (const key of ['Control+End', 'Control+Home', 'PageDown', 'ArrowDown']) {
    await page.keyboard.press(key)
    expect([key, await page.evaluate(activeInSight)]).toEqual([key, true])
  }
  const { row } = await activeOf(page)
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: 'Viewer' }).waitFor()
  await tabTo(page, page.getByRole('button', { name: 'Next', exact: true }))
  await page.keyboard.press('Escape')
  await page.getByRole('region', { name: 'Viewer' }).waitFor({ state: 'detached' })
  expect(await activeOf(page)).toMatchObject({ row, focused: true })
  expect(await page.evaluate(activeInSight)).toBe(true)
  await close()
})

/** Whether the middle of the active cell is on the screen, and nothing lies over it. */
const activeInSight = `(() => {
  const cell = document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))
  const { left, top, width, height } = cell.getBoundingClientRect()
  return cell.contains(document.elementFromPoint(left + width / 2, top + height / 2))
})()`
