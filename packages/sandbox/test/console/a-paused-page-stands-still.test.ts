import { type Browsing, openBrowser, openProducer, type World } from './open-console.ts'

let world: World
let browsing: Browsing

beforeAll(async () => {
  world = await openProducer()
  browsing = await openBrowser(() => ({ url: world.producer.url, redis: world.redis, prefix: world.prefix }))
})
afterAll(async () => {
  await browsing.stop()
  await world.stop()
})

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
    await page.getByText('Loading').waitFor({ state: 'detached' })
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
