import { scopes } from '@restyle/producer/http/scopes'
import { type Browsing, openConsole } from './open-console.ts'

let browsing: Browsing

beforeAll(async () => {
  ;({ browsing } = await openConsole())
})
afterAll(() => browsing.stop())

it('reads nothing by itself while live updates are paused, on any page that is read again and again', async () => {
  const { page, close } = await browsing.open('/batches', { scopes: ['edits:read', 'webhooks', 'admin'] })
  await page.clock.install()
  await page.reload()
  await page.getByRole('heading', { name: 'No batch yet' }).waitFor()
  const read: string[] = []
  page.on('request', (request) => read.push(new URL(request.url()).pathname))
  /** What is read by itself within two minutes; what comes of a tick is sent before an answer that is asked for after it. */
  const readAlone = async (path: string, heading: string): Promise<string[]> => {
    await page.evaluate(`history.pushState(null, '', '/console${path}')`)
    await page.getByRole('heading', { level: 1, name: heading }).waitFor()
    await page.getByText('Loading').first().waitFor({ state: 'detached' })
    read.length = 0
    await page.clock.fastForward(120_000)
    for (let answers = 0; answers < 3; answers += 1) await page.evaluate(`fetch('/console/icon.svg')`)
    return read.filter((each) => each !== '/console/icon.svg')
  }
  const pages = [
    ['/batches', 'Batches'],
    ['/lanes', 'Lanes'],
    ['/webhooks', 'Webhooks'],
    ['/schedules', 'Schedules'],
    ['/uncertain', 'Uncertain'],
    ['/failures?since=day', 'Failures'],
    ['/spend', 'Spend'],
  ] as const
  await page.keyboard.press('l')
  await page.getByRole('button', { name: /^paused/, pressed: true }).waitFor()
  for (const [path, heading] of pages) expect([path, await readAlone(path, heading)]).toEqual([path, []])
  await page.keyboard.press('l')
  await page.getByRole('button', { name: /^paused/, pressed: true }).waitFor({ state: 'detached' })
  for (const [path, heading] of pages)
    expect([path, await readAlone(path, heading)]).toEqual([
      path,
      expect.arrayContaining([expect.any(String)]),
    ])
  await close()
})

it('lets no age grow while live updates are paused, and says on a page without a line when it was read', async () => {
  const { page, close } = await browsing.open('/lanes', { scopes })
  await page.clock.install()
  await page.reload()
  await page.getByRole('heading', { name: 'No worker has announced a lane' }).waitFor()
  // what is read by itself is young again each time
  await page.getByRole('button', { name: /^read \d s ago, every 5 s$/ }).waitFor()
  await page.evaluate(`history.pushState(null, '', '/console/settings')`)
  const used = page.getByRole('table', { name: 'Sessions' }).locator('time').nth(1)
  await used.waitFor()
  await page.clock.fastForward(61_000)
  await page.getByRole('button', { name: /^read \d+ (s|min) ago$/ }).waitFor()
  const age = await used.textContent()
  expect(age).toMatch(/^\d min ago$/)
  await page.keyboard.press('l')
  const dot = page.getByRole('button', { name: /^paused, data of \d\d:\d\d:\d\d$/ })
  const words = await dot.textContent()
  await page.clock.fastForward(600_000)
  for (let answers = 0; answers < 3; answers += 1) await page.evaluate(`fetch('/console/icon.svg')`)
  expect([await used.textContent(), await dot.textContent()]).toEqual([age, words])
  await page.keyboard.press('l')
  await used.and(page.getByText(/^1\d min ago$/)).waitFor()
  await close()
})
