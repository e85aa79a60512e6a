import type { Page } from 'playwright-core'
import { fine } from '../producer/open-producer.ts'
import { axe, openConsole, type Browsing, type World } from './open-console.ts'
import { makeBatch, openGalleryTest, untilSo, type GalleryTest } from './open-gallery.ts'

let test: GalleryTest
let world: World
let browsing: Browsing
beforeAll(async () => {
  test = await openGalleryTest()
  ;({ world, browsing } = await openConsole())
})
afterAll(async () => {
  await test.stop()
  await browsing.stop()
})

const box = (page: Page) => page.getByRole('searchbox', { name: 'Find rows by key or prompt' })
async function find(page: Page, line: string): Promise<void> {
  await box(page).fill(line)
  await box(page).press('Enter')
}
/** Of ten rows each first one is a sofa, and each second a lamp on oak. */
const mixed = (rows: number, more: Parameters<typeof makeBatch>[1] = {}) =>
  makeBatch(rows, {
    stateOf: () => '+',
    keyOf: (row) => `${row % 10 === 1 ? 'SOFA' : 'LAMP'}-${String(row).padStart(4, '0')}`,
    promptOf: (row) => (row % 10 === 2 ? 'Oak table' : 'steel'),
    ...more,
  })
const grid = (page: Page, rows: number) =>
  page.getByRole('grid', { name: `Pictures of spring-catalog: ${rows.toLocaleString('en')} rows` })

it('shows rows with a key and a prompt, as chips and in the address, together with the rest of the filter', async () => {
  const batch = mixed(200)
  batch.say(1, { verdict: 'approved' })
  const { page, close } = await test.open(batch)
  await grid(page, 200).waitFor()
  await find(page, 'key:SOFA* verdict:none')
  await grid(page, 19).waitFor()
  await page.getByRole('button', { name: 'Remove not reviewed from the filter' }).waitFor()
  expect(new URL(page.url()).searchParams.get('q')).toBe('key:SOFA*')
  expect(await box(page).inputValue()).toBe('key:SOFA*')
  expect(await axe(page)).toEqual([])
  await page.reload()
  await grid(page, 19).waitFor()
  await find(page, 'prompt:"oak table"')
  await grid(page, 20).waitFor()
  await page.getByRole('gridcell', { name: 'LAMP-0012, after' }).waitFor()
  await page.getByRole('button', { name: 'Remove prompt:"oak table" from the filter' }).click()
  await grid(page, 199).waitFor()
  expect(new URL(page.url()).search).toBe('?verdict=none')
  await close()
})

it('says what is wrong with a line, and asks nothing', async () => {
  const { page, close } = await test.open(mixed(20))
  await grid(page, 20).waitFor()
  await find(page, 'prompt:"oak')
  await page.getByRole('alert').getByText('A quote is not closed.').waitFor()
  expect(await box(page).getAttribute('aria-invalid')).toBe('true')
  expect(new URL(page.url()).search).toBe('')
  await find(page, 'batch:spring')
  await page.getByText('batch: is not known here').waitFor()
  await find(page, 'key:NOTHING')
  await page.getByText('The filter is: key:NOTHING.').waitFor()
  await page.getByRole('button', { name: 'Show all' }).click()
  await grid(page, 20).waitFor()
  expect(await box(page).inputValue()).toBe('')
  await close()
})

it('shows what was found so far, says how far that is, and goes on until all was looked at', async () => {
  let isOpen = false
  let asked = 0
  const refusal = (path: string) => {
    if (!path.endsWith('/rows')) return undefined
    asked += 1
    return asked > 2 && !isOpen ? { status: 500, code: 'internal', detail: 'The bucket is away.' } : undefined
  }
  const { page, close } = await test.open(mixed(1_000, { foundAtOnce: 300 }), {
    search: '?q=key:SOFA*',
    refusal,
    allow: /status of 500/,
  })
  await page.getByText('Only the first 600 of 1,000 rows were looked at.').waitFor()
  await page.getByText('The bucket is away.').waitFor()
  await grid(page, 60).waitFor()
  isOpen = true
  await page.getByRole('button', { name: 'Retry' }).click()
  await grid(page, 100).waitFor()
  await page.getByText('Only the first').waitFor({ state: 'detached' })
  expect(asked).toBeGreaterThan(4)
  await close()
})

it('keeps its list while rows change, and counts those that match since then', async () => {
  const batch = mixed(100, { stateOf: (row) => (row < 50 ? '+' : 'r') })
  const { page, site, close } = await test.open(batch, { search: '?state=succeeded&q=key:SOFA*' })
  await grid(page, 5).waitFor()
  // the second is no sofa
  site.change([51, 52, 61], '+')
  await page.getByRole('button', { name: '+2 new' }).click()
  await grid(page, 7).waitFor()
  expect(await page.getByRole('button', { name: /new$/ }).count()).toBe(0)
  await close()
})

it('decides all that are shown and none else, in parts where they are many, and takes them back as one', async () => {
  const batch = mixed(45_000, { promptOf: (row) => (row % 3 === 0 ? 'oak' : 'steel') })
  const { page, site, close } = await test.open(batch, { search: '?verdict=none&q=prompt:oak' })
  await grid(page, 15_000).waitFor()
  await grid(page, 15_000).focus()
  await page.keyboard.press('Control+a')
  await page.getByText('All matching: 15,000 rows selected').waitFor()
  await page.keyboard.press('a')
  await page.getByText('15,000 verdicts stored.').waitFor()
  const orders = site.traffic.bodies.filter(({ path }) => path.endsWith('/verdicts'))
  expect(orders.length).toBeGreaterThan(1)
  expect(orders.every(({ bytes }) => bytes < 50_000)).toBe(true)
  expect(orders[0]?.body).toMatchObject({ verdict: 'approved', where: { verdict: 'none' } })
  const approved = batch.planes.verdict.reduce((sum, each) => sum + (each === 'a'.charCodeAt(0) ? 1 : 0), 0)
  const oak = batch.planes.verdict.every((each, at) => (each === 'a'.charCodeAt(0)) === ((at + 1) % 3 === 0))
  expect([approved, oak]).toEqual([15_000, true])
  await page.keyboard.press('z')
  await page.getByText('15,000 verdicts taken back.').waitFor()
  expect(batch.planes.verdict.every((each) => each === '.'.charCodeAt(0))).toBe(true)
  await close()
})

it('is asked of the producer itself, which looks into the rows that it was sent', async () => {
  // nobody serves the pictures that these rows are made from
  const allow = /status of 503.*\/sources\/0\/960$/
  const { page, key, close } = await browsing.open('/batches', { producer: 'finder', allow })
  const edits = ['LAMP-1', 'LAMP-2', 'SOFA-1'].map((name, at) => ({
    ...fine,
    key: name,
    prompt: at === 1 ? 'on an OAK table' : 'steel',
  }))
  const sent = await world.producer.app.inject({
    method: 'POST',
    url: '/v1/batches',
    headers: { authorization: key.authorization },
    payload: { edits },
  })
  const { id } = sent.json<{ id: string }>()
  await page.goto(`${world.producer.url}/console/batches/${id}/gallery`)
  await page.getByRole('gridcell', { name: 'SOFA-1, waiting' }).waitFor()
  await find(page, 'key:LAMP* prompt:oak')
  await page.getByRole('gridcell', { name: 'SOFA-1, waiting' }).waitFor({ state: 'detached' })
  await page.getByRole('gridcell', { name: 'LAMP-2, waiting' }).waitFor()
  expect(await page.getByRole('gridcell').count()).toBe(1)
  await page.getByRole('gridcell', { name: 'LAMP-2, waiting' }).click()
  await page.getByText('Before it goes one of your edits, 1 of this batch.').waitFor()
  await untilSo(page, `document.querySelector('.waiting').textContent.includes('No worker has a lane')`)
  await close()
})
