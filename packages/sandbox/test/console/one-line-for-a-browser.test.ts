import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Page } from 'playwright-core'
import { type Browsing, openConsole, seedBatch, type World } from './open-console.ts'

let world: World
let browsing: Browsing
let key: { authorization: string; keyId: string }
/** Addresses of the lines that are open, as the producer sees them, and of all that were opened. */
let open: string[] = []
let opened: string[] = []

beforeAll(async () => {
  ;({ world, browsing } = await openConsole())
  const first = await browsing.open('/settings')
  key = first.key
  await first.close()
  world.producer.app.server.on('request', ({ url = '' }: IncomingMessage, response: ServerResponse) => {
    if (!url.startsWith('/v1/live')) return
    opened.push(url)
    open.push(url)
    response.on('close', () => open.splice(open.indexOf(url), 1))
  })
})
beforeEach(async () => {
  // what a test that failed has left open
  for (const context of browsing.browser.contexts()) await context.close()
  await world.until(async () => open.length === 0)
  ;[open, opened] = [[], []]
})
afterAll(() => browsing.stop())

const batch = (name: string) => seedBatch(world, key, { queued: 4 }, { name })
const liveOf = (page: Page) => page.getByRole('button', { name: 'live', exact: true })
const pausedOf = (page: Page) => page.getByText(/Paused by a person/)
const oneIsOpen = () => world.until(async () => open.length === 1)

async function order(id: string, what: 'pause' | 'resume'): Promise<void> {
  const url = `/v1/batches/${id}/${what}`
  const { statusCode } = await world.producer.app.inject({ method: 'POST', url, headers: key })
  expect(statusCode).toBe(200)
}

it('tells seven tabs what each of them looks at by one connection, which another tab takes over', async () => {
  const ids = await Promise.all(Array.from({ length: 6 }, (_, i) => batch(`batch ${i}`)))
  const { page: newest, close } = await browsing.open('/', { key, allow: /Failed to load resource/ })
  await liveOf(newest).waitFor()
  const tabs: Page[] = []
  for (const id of ids) {
    const tab = await newest.context().newPage()
    await tab.goto(`${world.producer.url}/console/batches/${id}`)
    tabs.push(tab)
  }
  for (const tab of [newest, ...tabs]) await liveOf(tab).waitFor()
  await oneIsOpen()
  for (const id of ids) expect(open[0]).toContain(id)
  expect(open[0]).toContain('newest=true')

  // nothing but the line tells from here on
  await newest.context().route(/\/v1\/batches(\?.*|\/[\w-]+)$/, (route) => route.abort())
  for (const [i, tab] of tabs.entries()) {
    await order(ids[i] ?? '', 'pause')
    await pausedOf(tab).waitFor()
    // connections are left for pictures
    expect(
      await tab.evaluate(
        `new Promise((done) => Object.assign(new Image(), { onload: () => done(true), onerror: () => done(false), src: '/console/icon.svg?${i}' }))`,
      ),
    ).toBe(true)
  }
  const paused = newest.getByRole('row').filter({ hasText: 'paused' })
  await world.until(async () => (await paused.count()) === ids.length)
  expect(open).toHaveLength(1)

  // the first tab has the line
  await newest.close()
  for (const [i, tab] of tabs.entries()) {
    await order(ids[i] ?? '', 'resume')
    await pausedOf(tab).waitFor({ state: 'detached' })
  }
  await oneIsOpen()
  expect(open[0]).not.toContain('newest')
  await close()
}, 180_000)

it('says to a second tab of a quiet batch at once that it is live, and opens nothing for it', async () => {
  const id = await batch('quiet')
  const { page, close } = await browsing.open(`/batches/${id}`, { key })
  await liveOf(page).waitFor()
  const before = [...opened]
  const tab = await page.context().newPage()
  await tab.goto(page.url())
  await tab.getByRole('heading', { name: 'quiet' }).waitFor()
  // the next word of the line would come in 15 s
  await liveOf(tab).waitFor({ timeout: 8_000 })
  expect(opened).toEqual(before)
  await close()
})

it('carries nothing for a tab that nobody sees, and tells it all when it is seen again', async () => {
  const [here, there] = [await batch('here'), await batch('there')]
  const { page, close } = await browsing.open(`/batches/${here}`, { key })
  await liveOf(page).waitFor()
  const tab = await page.context().newPage()
  await tab.clock.install()
  await tab.goto(`${world.producer.url}/console/batches/${there}`)
  await liveOf(tab).waitFor()
  await world.until(async () => open.length === 1 && open[0]?.includes(there) === true)
  const see = (isSeen: boolean) =>
    tab.evaluate(`Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${!isSeen} })
      document.dispatchEvent(new Event('visibilitychange'))`)
  await see(false)
  await tab.clock.fastForward(61_000)
  await world.until(async () => open.length === 1 && open[0]?.includes(there) === false, 30_000)
  await order(there, 'pause')
  await see(true)
  await pausedOf(tab).waitFor()
  await liveOf(tab).waitFor()
  await world.until(async () => open[0]?.includes(there) === true)
  await oneIsOpen()
  expect(open[0]).toContain(here)
  await close()
}, 90_000)

it('says of a batch that the line has no room for how often that is read', async () => {
  const [first, id] = [await batch('first'), await batch('one too many')]
  const { page, close } = await browsing.open(`/batches/${first}`, { key })
  await liveOf(page).waitFor()
  // as nineteen more tabs do
  const looks = Array.from({ length: 19 }, (_, i) => `a-${i}`)
  await page.evaluate(`for (const look of ${JSON.stringify(looks)})
    void navigator.locks.request('restyle-line:${key.keyId}:' + look, { mode: 'shared' }, () => new Promise(() => {}))`)
  const tab = await page.context().newPage()
  await tab.goto(`${world.producer.url}/console/batches/${id}`)
  await tab.getByRole('button', { name: /^read .* ago, every 15 s$/ }).waitFor()
  await oneIsOpen()
  expect(open[0]).not.toContain(id)
  await page.close()
  await liveOf(tab).waitFor()
  await close()
})

it('stands still where it is paused, although it has the line for another tab', async () => {
  const [mine, theirs] = [await batch('mine'), await batch('theirs')]
  const { page, close } = await browsing.open(`/batches/${mine}`, { key })
  await liveOf(page).waitFor()
  const tab = await page.context().newPage()
  await tab.goto(`${world.producer.url}/console/batches/${theirs}`)
  await liveOf(tab).waitFor()
  await page.bringToFront()
  await page.keyboard.press('l')
  const dot = page.getByRole('button', { name: /^paused, data of/ })
  await dot.waitFor()
  const words = await dot.textContent()
  for (const what of ['pause', 'resume', 'pause'] as const) {
    await order(theirs, what)
    await pausedOf(tab).waitFor({ state: what === 'pause' ? 'visible' : 'detached' })
  }
  expect(await dot.textContent()).toBe(words)
  await page.keyboard.press('l')
  await liveOf(page).waitFor({ timeout: 8_000 })
  await oneIsOpen()
  await close()
}, 60_000)

it('has a line for each tab where the browser has no locks: it came over plain http from another machine', async () => {
  const id = await batch('far away')
  const { page, close } = await browsing.open(`/batches/${id}`, { key })
  await liveOf(page).waitFor()
  await page.context().addInitScript(`Object.defineProperty(navigator, 'locks', { value: undefined })`)
  await page.reload()
  const tab = await page.context().newPage()
  await tab.goto(page.url())
  for (const each of [page, tab]) await liveOf(each).waitFor()
  await world.until(async () => open.length === 2)
  await order(id, 'pause')
  for (const each of [page, tab]) await pausedOf(each).waitFor()
  expect(open).toHaveLength(2)
  await close()
}, 60_000)

describe('while there is no line', () => {
  /** A batch whose line does not come: what of the map is read. `answer`: what becomes of a line that is asked for. */
  async function openWithout(answer: 'refused' | 'held back') {
    const id = await batch(`without a line, ${answer}`)
    const { page, close } = await browsing.open('/settings', { key, allow: /Failed to load resource/ })
    await page.clock.install()
    await page.route(/\/v1\/live/, (route) => (answer === 'refused' ? route.abort() : undefined))
    const maps: string[] = []
    const lines: string[] = []
    page.on('request', (request) => {
      const url = request.url()
      if (url.endsWith('redo')) maps.push(url)
      if (url.includes('/v1/live')) lines.push(url)
    })
    await page.goto(`${world.producer.url}/console/batches/${id}`)
    await page.getByRole('slider', { name: 'Row of the batch' }).waitFor()
    return { page, close, maps, lines }
  }
  const down = (page: Page) => page.getByRole('button', { name: /^reconnecting/ })
  const answered = async (page: Page) => {
    for (let answers = 0; answers < 3; answers += 1) await page.evaluate(`fetch('/console/icon.svg')`)
  }

  it('the map is read now and then, not while updates are paused, and not while nobody sees it', async () => {
    const { page, close, maps } = await openWithout('refused')
    await down(page).waitFor()
    maps.length = 0
    await page.clock.fastForward(16_000)
    await world.until(async () => maps.length > 0)
    await page.keyboard.press('l')
    await page.getByRole('button', { name: /^paused/ }).waitFor()
    await answered(page)
    maps.length = 0
    await page.clock.fastForward(60_000)
    await answered(page)
    expect(maps).toEqual([])
    await page.keyboard.press('l')
    await down(page).waitFor()
    await page.evaluate(`Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' })
      document.dispatchEvent(new Event('visibilitychange'))`)
    await answered(page)
    maps.length = 0
    await page.clock.fastForward(60_000)
    await answered(page)
    expect(maps).toEqual([])
    await close()
  })

  it('a list of one state lacks what came into it, and has that as soon as the line is back', async () => {
    const id = await batch('came meanwhile')
    const { page, close } = await browsing.open('/settings', { key, allow: /Failed to load resource/ })
    await page.clock.install()
    await page.route(/\/v1\/live/, (route) => route.abort())
    await page.goto(`${world.producer.url}/console/batches?state=paused`)
    await down(page).waitFor()
    await page.clock.pauseAt(Number(await page.evaluate('Date.now()')) + 500)
    const row = page.getByRole('row').filter({ hasText: 'came meanwhile' })
    await order(id, 'pause')
    await answered(page)
    expect(await row.count()).toBe(0)
    await page.unroute(/\/v1\/live/)
    // the next reading by itself would come in 15 s
    for (let tenths = 0; tenths < 80 && (await row.count()) === 0; tenths += 1) {
      await page.clock.runFor(100)
      await answered(page)
    }
    await liveOf(page).waitFor()
    expect(await row.count()).toBe(1)
    await close()
  })

  it('that is held back by a proxy the page does not connect for ever: it says so, and reads', async () => {
    const { page, close, maps, lines } = await openWithout('held back')
    await page.getByRole('button', { name: 'connecting…' }).waitFor()
    expect(lines).toHaveLength(1)
    maps.length = 0
    await page.clock.fastForward(15_500)
    await down(page).waitFor()
    await page.clock.fastForward(16_000)
    await world.until(async () => maps.length > 0 && lines.length > 1)
    await close()
  })
})
