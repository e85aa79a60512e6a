import type { Page } from 'playwright-core'
import { fine } from '../producer/open-producer.ts'
import { openConsole, type Browsing, type World } from './open-console.ts'
import { activeOf, makeBatch, openGalleryTest, type GalleryTest } from './open-gallery.ts'

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

const verdictsOf = (planes: { verdict: Uint8Array }): string => String.fromCharCode(...planes.verdict)
const nameOf = (row: number): string => `LAMP-${String(row).padStart(4, '0')}`
/** Rows 1 to 5 are approved. */
function decided(rows = 10) {
  const batch = makeBatch(rows, { stateOf: () => '+' })
  for (let row = 1; row <= 5; row += 1) batch.say(row, { verdict: 'approved' })
  return batch
}
const odd = 'Row 5 does not match the filter: it is shown because the address names it.'

it('opens the row that it names, which does not match the filter any more, and judges that one', async () => {
  const batch = decided()
  const { page, close } = await test.open(batch, { search: '?verdict=none&row=5&view=open' })
  await page.getByRole('heading', { name: nameOf(5) }).waitFor()
  await page.getByText(odd).waitFor()
  await page.getByText('approved by Ana').waitFor()
  await page.keyboard.press('Shift+x')
  await page.getByText('rejected by Ana').waitFor()
  expect(verdictsOf(batch.planes)).toBe('aaaar.....')
  // it stays among the others
  await page.keyboard.press('Escape')
  await page.getByRole('grid', { name: 'Pictures of spring-catalog: 6 rows' }).waitFor()
  expect(await activeOf(page)).toMatchObject({ row: 5 })
  await page.getByRole('grid').focus()
  await page.keyboard.press('.')
  await page.getByRole('grid', { name: 'Pictures of spring-catalog: 5 rows' }).waitFor()
  await page.waitForURL(/row=6$/)
  await close()
})

it('shows that row in the grid too, and no other one in its place where there is none', async () => {
  const grid = await test.open(decided(), { search: '?verdict=none&row=5' })
  await grid.page.getByText(odd).waitFor()
  expect(await activeOf(grid.page)).toMatchObject({ row: 5 })
  await grid.close()
  const none = await test.open(decided(5), { search: '?verdict=none&row=5' })
  await none.page.getByText('The filter is: not reviewed.').waitFor()
  expect(await none.page.getByText(odd).count()).toBe(0)
  await none.close()
  const missing = await test.open(decided(), { search: '?row=99&view=open' })
  await missing.page.getByText('The batch has no row 99.').waitFor()
  await missing.page.waitForURL(/\?row=10$/)
  expect(await missing.page.getByRole('region', { name: 'Viewer' }).count()).toBe(0)
  await missing.close()
})

it('opens a row that is found later, before all rows were looked at', async () => {
  const batch = makeBatch(1_000, { foundAtOnce: 300, keyOf: nameOf })
  const { page, close } = await test.open(batch, {
    search: '?q=key:LAMP*&row=701&view=open',
    refusal: (path) =>
      path.endsWith('/rows') ? { status: 500, code: 'internal', detail: 'The bucket is away.' } : undefined,
    allow: /status of 500/,
  })
  await page.getByRole('heading', { name: nameOf(701) }).waitFor()
  expect(new URL(page.url()).searchParams.get('row')).toBe('701')
  await close()
})

it('names the row that is shown when a filter leaves the one before out', async () => {
  const { page, close } = await test.open(decided(), { search: '?row=5' })
  await page.getByRole('gridcell', { name: `${nameOf(5)}, after, approved by Ana` }).waitFor()
  const box = page.getByRole('searchbox', { name: 'Find rows by key or prompt' })
  await box.fill('verdict:none')
  await box.press('Enter')
  await page.getByRole('grid', { name: 'Pictures of spring-catalog: 5 rows' }).waitFor()
  await page.waitForURL(/\?verdict=none&row=6$/)
  expect(await activeOf(page)).toMatchObject({ row: 6 })
  await close()
})

it('keeps what is selected while rows are found or come, and adds none of them', async () => {
  let isOpen = false
  let asked = 0
  const refusal = (path: string) => {
    if (!path.endsWith('/rows')) return undefined
    asked += 1
    return asked > 2 && !isOpen ? { status: 500, code: 'internal', detail: 'The bucket is away.' } : undefined
  }
  const batch = makeBatch(1_000, {
    stateOf: () => '+',
    foundAtOnce: 300,
    keyOf: (row) => (row % 10 === 1 ? 'SOFA' : 'LAMP'),
  })
  const { page, close } = await test.open(batch, {
    search: '?q=key:SOFA*',
    refusal,
    allow: /status of 500/,
  })
  await page.getByRole('grid', { name: 'Pictures of spring-catalog: 60 rows' }).focus()
  await page.getByText('The bucket is away.').waitFor()
  await page.keyboard.press('Control+a')
  await page.getByText('All matching: 60 rows selected').waitFor()
  isOpen = true
  await page.getByRole('button', { name: 'Retry' }).click()
  await page.getByRole('grid', { name: 'Pictures of spring-catalog: 100 rows' }).focus()
  expect(await page.getByText('All matching: 60 rows selected').count()).toBe(1)
  await page.keyboard.press('a')
  await page.getByText('60 verdicts stored.').waitFor()
  const judged = [...batch.planes.verdict.keys()].filter((at) => batch.planes.verdict[at] !== 46)
  expect([judged.length, judged.at(-1)]).toEqual([60, 590])
  await close()
})

it('keeps what is selected while rows are sent to the batch', async () => {
  const batch = makeBatch(20, { stateOf: () => '+' })
  const { page, site, close } = await test.open(batch)
  await page.getByRole('grid', { name: 'Pictures of spring-catalog: 20 rows' }).focus()
  await page.keyboard.press('Control+a')
  await page.getByText('All matching: 20 rows selected').waitFor()
  Object.assign(batch.planes, { ...makeBatch(25, { stateOf: () => '+' }).planes, version: 2 })
  site.change([21, 22, 23, 24, 25], '+')
  await page.getByRole('grid', { name: 'Pictures of spring-catalog: 25 rows' }).waitFor()
  await page.keyboard.press('a')
  await page.getByText('20 verdicts stored.').waitFor()
  expect(verdictsOf(batch.planes)).toBe(`${'a'.repeat(20)}.....`)
  await close()
})

const copied = (page: Page): Promise<string> => page.evaluate(`navigator.clipboard.readText()`)
const permissions = ['clipboard-read', 'clipboard-write']

it('is copied as it stands, right after a move', async () => {
  const { page, close } = await test.open(decided(), { context: { permissions } })
  await page.getByRole('gridcell', { name: `${nameOf(1)}, after` }).waitFor()
  await page.getByRole('grid').focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('y')
  await page.getByText('The address of this view is copied.').waitFor()
  expect(new URL(await copied(page)).search).toBe('?row=3')
  expect(await copied(page)).toBe(page.url())
  await close()
})

it('is copied where the browser has no clipboard for pages, as over plain http', async () => {
  const { page, site, close } = await test.open(decided(), { context: { permissions } })
  await page.addInitScript(`Object.defineProperty(navigator, 'clipboard', { value: undefined })`)
  await page.goto(`${site.gallery}?row=4`)
  await page.getByRole('gridcell', { name: `${nameOf(4)}, after` }).waitFor()
  await page.getByRole('grid').focus()
  await page.keyboard.press('y')
  await page.getByText('The address of this view is copied.').waitFor()
  // the keys are where they were
  expect(await activeOf(page)).toMatchObject({ row: 4, focused: true })
  const box = page.getByRole('searchbox', { name: 'Find rows by key or prompt' })
  await box.focus()
  await page.keyboard.press('Control+v')
  expect(await box.inputValue()).toBe(page.url())
  await close()
})

it('has buttons that copy what stands beside them', async () => {
  const { page, key, close } = await browsing.open('/batches', {
    producer: 'copier',
    // its source is away
    allow: /status of 503/,
  })
  await page.context().grantPermissions(permissions)
  const sent = await world.producer.app.inject({
    method: 'POST',
    url: '/v1/edits',
    headers: { authorization: key.authorization },
    payload: fine,
  })
  const { id } = sent.json<{ id: string }>()
  await page.goto(`${world.producer.url}/console/edits/${id}`)
  const button = page.getByRole('button', { name: /^Copy/ }).first()
  await button.click()
  await button.getByText('Copied').waitFor()
  expect(await copied(page)).toContain(id)
  await close()
})
