import type { Page } from 'playwright-core'
import { until } from '../stories/story.ts'
import { makeBatch, openGalleryTest, type GalleryTest } from './open-gallery.ts'

let test: GalleryTest
beforeAll(async () => {
  test = await openGalleryTest()
})
afterAll(() => test.stop())

const verdictsOf = (planes: { verdict: Uint8Array }): string => String.fromCharCode(...planes.verdict)
/** The grid has the keys. */
async function enter(page: Page): Promise<void> {
  await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).waitFor()
  await page.getByRole('grid').focus()
}
const type = async (page: Page, ...keys: string[]): Promise<void> => {
  for (const key of keys) await page.keyboard.press(key)
}
/** An order is answered so much later than it is given. */
const slow = (path: string): number => (path.endsWith('/verdicts') ? 1_000 : 0)
const ordersOf = (site: { traffic: { bodies: { path: string; body: unknown }[] } }) =>
  site.traffic.bodies.filter(({ path }) => path.endsWith('/verdicts')).map(({ body }) => body)

it('does two verdicts that follow each other at once, one after another', async () => {
  const batch = makeBatch(20, { stateOf: () => '+' })
  const { page, site, close } = await test.open(batch, { latencyMs: slow })
  await enter(page)
  await type(page, 'v', 'a', 'ArrowRight', 'v', 'x')
  await page.getByText('0 of 1 verdicts stored').waitFor()
  await page.getByText('1 more order waits').waitFor()
  expect(ordersOf(site)).toHaveLength(1)
  await until(
    async () => verdictsOf(batch.planes).startsWith('ar'),
    20_000,
    () => verdictsOf(batch.planes),
  )
  await page.getByRole('progressbar').waitFor({ state: 'detached' })
  expect(verdictsOf(batch.planes)).toBe(`ar${'.'.repeat(18)}`)
  expect(site.traffic.bodies.filter(({ path }) => path.endsWith('/undo'))).toEqual([])
  await close()
})

it('orders all parts of a verdict before the next one, which it leaves alone', async () => {
  const batch = makeBatch(45_000, {
    stateOf: () => '+',
    promptOf: (row) => (row % 3 === 0 ? 'oak' : 'steel'),
  })
  const { page, site, close } = await test.open(batch, { search: '?q=prompt:oak', latencyMs: slow })
  await page.getByRole('gridcell', { name: 'LAMP-0003, after' }).waitFor()
  await page.getByRole('grid').focus()
  await type(page, 'Control+a')
  await page.getByText('All matching: 15,000 rows selected').waitFor()
  await type(page, 'a', 'v', 'x')
  // three parts, each answered late: on a busy machine that takes a while
  await page.getByText('15,000 verdicts stored.').waitFor({ timeout: 90_000 })
  await page.getByText('1 verdict stored.').waitFor()
  expect(ordersOf(site).length).toBeGreaterThan(2)
  expect(batch.planes.verdict.filter((byte) => byte === 'a'.charCodeAt(0))).toHaveLength(14_999)
  expect(verdictsOf({ verdict: batch.planes.verdict.subarray(0, 6) })).toBe('..r..a')
  await close()
}, 120_000)

it('says which rows could not be ordered', async () => {
  const batch = makeBatch(45_000, {
    stateOf: () => '+',
    promptOf: (row) => (row % 3 === 0 ? 'oak' : 'steel'),
  })
  let orders = 0
  const refusal = (path: string) => {
    if (!path.endsWith('/verdicts')) return undefined
    orders += 1
    return orders === 1
      ? undefined
      : { status: 409, code: 'too-many-operations', detail: 'Ten operations go on.' }
  }
  const { page, close } = await test.open(batch, { search: '?q=prompt:oak', refusal })
  await page.getByRole('gridcell', { name: 'LAMP-0003, after' }).waitFor()
  await page.getByRole('grid').focus()
  await type(page, 'Control+a')
  await page.getByText('All matching: 15,000 rows selected').waitFor()
  await type(page, 'a')
  await page.getByText('Ten operations go on.').waitFor()
  await page.getByText(/^[\d,]+ verdicts stored; [\d,]+ rows not judged\.$/).waitFor()
  const stored = batch.planes.verdict.filter((byte) => byte === 'a'.charCodeAt(0)).length
  const [left] = [15_000 - stored].map((rows) => rows.toLocaleString('en'))
  expect(await page.getByText(`; ${left} rows not judged.`).count()).toBe(1)
  await close()
})

it('takes back the newest verdict, also while it is on its way', async () => {
  const batch = makeBatch(20, { stateOf: () => '+' })
  const { page, site, close } = await test.open(batch, { latencyMs: slow })
  await enter(page)
  await type(page, 'Shift+a')
  await until(
    async () => verdictsOf(batch.planes).startsWith('a'),
    20_000,
    () => verdictsOf(batch.planes),
  )
  await type(page, 'Control+a', 'x', 'z')
  await page.getByText('The verdict on 20 rows is being taken back.').waitFor()
  await page.getByText(/verdicts? taken back\.$/).waitFor()
  expect(verdictsOf(batch.planes)).toBe(`a${'.'.repeat(19)}`)
  expect(site.traffic.bodies.filter(({ path }) => path.endsWith('/undo'))).toHaveLength(1)
  await page.getByRole('grid').focus()
  await type(page, 'z')
  await page.getByText('Row 1: verdict taken back.').waitFor()
  await until(
    async () => verdictsOf(batch.planes) === '.'.repeat(20),
    20_000,
    () => verdictsOf(batch.planes),
  )
  await close()
})

it('orders nothing of what was taken back while it waited', async () => {
  const batch = makeBatch(20, { stateOf: () => '+' })
  const { page, site, close } = await test.open(batch, { latencyMs: slow })
  await enter(page)
  await type(page, 'v', 'a', 'Control+a', 'x', 'z')
  await page.getByText('The verdict on 20 rows is taken back: it was not ordered yet.').waitFor()
  await page.getByText('1 verdict stored.').waitFor()
  expect([verdictsOf(batch.planes), ordersOf(site)]).toEqual([
    `a${'.'.repeat(19)}`,
    [{ verdict: 'approved', rows: '1' }],
  ])
  await close()
})

it('keeps what is judged alone while a verdict on many waits', async () => {
  const batch = makeBatch(5, { stateOf: () => '+' })
  const { page, close } = await test.open(batch, { latencyMs: slow })
  await enter(page)
  await type(page, 'v', 'x', 'Control+a', 'a', 'ArrowRight', 'Shift+x')
  await page.getByText('4 verdicts stored.').waitFor()
  expect(verdictsOf(batch.planes)).toBe('araaa')
  await close()
})

it('judges a row alone that gets a verdict with many others at the same time', async () => {
  const batch = makeBatch(5, { stateOf: () => '+' })
  const { page, close } = await test.open(batch, { latencyMs: slow })
  await enter(page)
  await type(page, 'Control+a', 'a', 'ArrowRight', 'Shift+x')
  await page.getByText('5 verdicts stored.').waitFor()
  await page.getByRole('gridcell', { name: 'LAMP-0002, after, rejected' }).waitFor()
  expect(verdictsOf(batch.planes)).toBe('araaa')
  await close()
})

it('judges single rows by itself as many are judged, where the batch takes no more single verdicts', async () => {
  const batch = makeBatch(5, { stateOf: () => '+' })
  const refusal = (path: string, method: string) =>
    method === 'PUT' && path.endsWith('/verdict')
      ? { status: 409, code: 'too-many-verdicts', detail: 'as many as it may have' }
      : undefined
  const { page, site, close } = await test.open(batch, { refusal })
  await enter(page)
  await type(page, 'a', 'x')
  await until(
    async () => verdictsOf(batch.planes) === 'ar...',
    20_000,
    () => verdictsOf(batch.planes),
  )
  await page.getByRole('gridcell', { name: 'LAMP-0002, after, rejected' }).waitFor()
  // each row goes its own way, and either may be first
  const orders = ordersOf(site)
  expect(orders).toHaveLength(2)
  expect(orders).toEqual(
    expect.arrayContaining([
      { verdict: 'approved', rows: '1', where: { verdict: 'none' } },
      { verdict: 'rejected', rows: '2', where: { verdict: 'none' } },
    ]),
  )
  await close()
})
