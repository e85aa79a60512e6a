import type { Page } from 'playwright-core'
import { type Browsing, openConsole, seedBatch, type World } from './open-console.ts'

let world: World
let browsing: Browsing

beforeAll(async () => {
  ;({ world, browsing } = await openConsole())
})
afterAll(() => browsing.stop())

const set = (batch: string, fields: Record<string, string | number>) =>
  world.redis.hset(`${world.prefix}:batch:${batch}`, fields)
const keyFor = async (producer: string) => ({ ...(await world.keyOf(producer)), keyId: '' })
const buttons = (page: Page) =>
  page.getByRole('group', { name: 'Show batches' }).getByRole('button').allTextContents()

describe('the list of batches', () => {
  it('says how many batches each filter has, and shows those that are to be reviewed', async () => {
    const key = await keyFor('mine')
    await seedBatch(world, key, { succeeded: 3, failed: 1 }, { name: 'reviewed' }).then((id) =>
      set(id, { approved: 2, rejected: 1 }),
    )
    const lamps = await seedBatch(world, key, { succeeded: 3, queued: 2 }, { name: 'lamps' })
    await set(lamps, { approved: 1 })
    await seedBatch(world, key, { queued: 2 }, { name: 'waiting' })
    const { page, close } = await browsing.open('/batches', { key })
    await page.getByRole('row', { name: /^lamps/ }).waitFor()
    expect(await buttons(page)).toEqual([
      'all 3',
      'not ended 3',
      'paused 0',
      'to review 1',
      'with failures 1',
      'ended 0',
    ])
    await page.getByRole('button', { name: 'to review 1' }).click()
    await page.getByRole('row', { name: /^waiting/ }).waitFor({ state: 'detached' })
    expect(await page.locator('tbody tr').count()).toBe(1)
    await page.getByRole('row', { name: /^lamps/ }).waitFor()
    expect(new URL(page.url()).searchParams.get('state')).toBe('to-review')
    await page.reload()
    await page.getByRole('button', { name: 'to review 1', pressed: true }).waitFor()
    // nobody loads it again
    await set(lamps, { rejected: 2 })
    await page.getByRole('button', { name: 'to review 0' }).waitFor()
    await close()
  })

  it('says where older batches were not looked at', async () => {
    const key = await keyFor('many')
    const headers = { authorization: key.authorization }
    for (let i = 0; i < 101; i += 1)
      await world.producer.app.inject({
        method: 'POST',
        url: '/v1/batches',
        headers,
        payload: { open: true },
      })
    const { page, close } = await browsing.open('/batches?state=failed', { key })
    await page.getByRole('heading', { name: 'Nothing matches' }).waitFor()
    expect(await buttons(page)).toEqual([
      'all 100+',
      'not ended 100+',
      'paused 0+',
      'to review 0+',
      'with failures 0+',
      'ended 0+',
    ])
    await close()
  })

  it('calls the run of a schedule by its name and its tick, on the clock of who reads it', async () => {
    const key = await keyFor('schedules')
    const tick = '2026-03-02T22:00:00.000Z'
    const run = await seedBatch(world, key, { queued: 1 }, { name: `nightly ${tick}` })
    await set(run, { schedule: JSON.stringify({ name: 'nightly', tick }) })
    const own = await seedBatch(world, key, { queued: 1 }, { name: `by hand ${tick}` })
    const { page, close } = await browsing.open('/batches', { key, context: { timezoneId: 'Asia/Shanghai' } })
    await page.getByRole('link', { name: 'nightly, Tue 3 Mar 06:00' }).click()
    await page.getByRole('heading', { level: 1, name: 'nightly, Tue 3 Mar 06:00' }).waitFor()
    await page.getByRole('link', { name: 'Look at the pictures' }).click()
    await page.getByRole('heading', { level: 1, name: 'Pictures of nightly, Tue 3 Mar 06:00' }).waitFor()
    await page.evaluate(`history.pushState(null, '', '/console/batches/${own}')`)
    await page.getByRole('heading', { level: 1, name: `by hand ${tick}` }).waitFor()
    expect(await page.textContent('main')).not.toContain('nightly')
    await close()
  })
})

describe('who hears the page', () => {
  /** All that is said there from now on, and what was said last. */
  const gatherSaid = `{
    const place = document.querySelector('[role=status][aria-label="What goes on"]')
    globalThis.said = [place.textContent].filter(Boolean)
    new MutationObserver(() => said.push(place.textContent)).observe(place, { childList: true, subtree: true })
  }`
  const told = (page: Page) => page.getByRole('status', { name: 'What goes on' })

  it.each([
    ['the list of batches', ''],
    ['a batch', '/:batch'],
    ['the gallery', '/:batch/gallery'],
  ])('is told on %s how many more have finished or failed, and never how many had', async (_, path) => {
    const key = await keyFor(`hears${path.length}`)
    const batch = await seedBatch(world, key, { succeeded: 40, failed: 7, queued: 60 }, { name: 'lamps' })
    const { page, close } = await browsing.open(`/batches${path.replace(':batch', batch)}`, {
      key,
      // its rows are counts alone
      allow: /status of 404/,
    })
    await page.getByRole('button', { name: 'live', exact: true }).waitFor()
    await told(page).waitFor({ state: 'attached' })
    await page.evaluate(gatherSaid)
    await set(batch, { succeeded: 77, failed: 9, queued: 21 })
    await told(page).getByText('37 more finished, 2 more failed').waitFor({ state: 'attached' })
    await set(batch, { succeeded: 78, queued: 20 })
    await told(page)
      .getByText(/^1 more finished/)
      .waitFor({ state: 'attached' })
    expect(await page.evaluate('said')).toEqual(['37 more finished, 2 more failed', '1 more finished'])
    await close()
  })
})
