import { readFile } from 'node:fs/promises'
import { type Client, createClient } from '@restyle/client/client'
import type { Page } from 'playwright-core'
import { type Judging, openJudging } from '../producer/judging.ts'
import { axe, type Browsing, lookAt, looks, openBrowser, overflow } from './open-console.ts'

let judging: Judging
let browsing: Browsing
let client: Client
let batch: string
const name = 'Spring catalog'

const failing = 'DataInspectionFailed'
const rows = [
  { key: 'LAMP-1', prompt: 'The brass lamp on an Oak table' },
  { key: 'LAMP-2', prompt: 'The blue vase' },
  { key: 'CHAIR-1', prompt: 'On oak' },
]

beforeAll(async () => {
  judging = await openJudging()
  const { world } = judging
  batch = await judging.batchOf('+--', { name, rows, code: failing })
  await judging.batchOf('-', { name: 'lamps', rows: [{ key: 'LAMP-9', prompt: 'x' }] })
  client = createClient({ url: world.producer.url, key: judging.ana.authorization.replace('Bearer ', '') })
  browsing = await openBrowser(() => ({ url: world.producer.url, redis: world.redis, prefix: world.prefix }))
})
afterAll(async () => {
  await browsing.stop()
  await judging.world.stop()
})

const open = (path: string, more: Parameters<Browsing['open']>[1] = {}) =>
  browsing.open(path, { key: { ...judging.ana, keyId: '' }, ...more })

/** In each look: what axe says, and whether one has to scroll sideways. */
async function faults(page: Page): Promise<string[]> {
  const all: string[] = []
  for (const [way, look] of Object.entries(looks)) {
    await lookAt(page, look)
    for (const fault of await axe(page)) all.push(`${way}: ${fault}`)
    if ((await overflow(page)) > 0) all.push(`${way}: wider than its window`)
  }
  await lookAt(page, {})
  return all
}

describe('the line of the search', () => {
  it('offers by keys what may be written next: qualifiers, and their values as they are known', async () => {
    const { page, close } = await open('/batches')
    const box = page.getByRole('combobox', { name: /^Search/ })
    await page.getByRole('row', { name: new RegExp(`^${name}`) }).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('sta')
    const chosen = () => page.getByRole('option', { selected: true })
    const choose = async (option: string) => {
      await page.getByRole('option', { name: option }).waitFor()
      expect(await box.getAttribute('aria-expanded')).toBe('true')
      await page.keyboard.press('ArrowDown')
      expect(await chosen().textContent()).toContain(option)
      expect(await box.getAttribute('aria-activedescendant')).toBe(await chosen().getAttribute('id'))
      await page.keyboard.press('Enter')
    }
    await choose('state:')
    await page.keyboard.type('fai')
    await choose('state:failed')
    expect(await box.inputValue()).toBe('state:failed ')
    expect(await box.getAttribute('aria-expanded')).toBe('false')
    await page.keyboard.type('code:')
    await page.getByRole('option', { name: 'code:Bad' }).waitFor()
    expect(await faults(page)).toEqual([])
    await choose(`code:${failing}`)
    await page.keyboard.type('batch:CAT')
    await choose(`batch:${name}`)
    expect(await box.inputValue()).toBe(`state:failed code:${failing} batch:"${name}" `)
    await page.keyboard.press('Enter')
    await page.getByText('2 edits found').waitFor()
    await close()
  })

  it('is closed by Escape, taken by a pointer, and searched by Enter where nothing is chosen', async () => {
    const { page, close } = await open('/batches')
    const box = page.getByRole('combobox', { name: /^Search/ })
    await box.fill('verdict:')
    await page.getByRole('option', { name: 'verdict:none' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('listbox').waitFor({ state: 'hidden' })
    expect(await box.inputValue()).toBe('verdict:')
    await page.keyboard.press('ArrowUp')
    await page.getByRole('option', { name: 'verdict:none' }).click()
    expect(await box.inputValue()).toBe('verdict:none ')
    await box.fill('st')
    await page.getByRole('option', { name: 'state:' }).waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL(/search\?q=st$/)
    await close()
  })
})

it('says of each result by what it was found, under the name of its batch', async () => {
  const { page, close } = await open(`/search?q=${encodeURIComponent('LAMP prompt:oak')}`)
  await page.getByRole('heading', { name }).getByRole('link', { name }).waitFor()
  await page.getByText(batch, { exact: true }).waitFor()
  const row = page.getByRole('row', { name: /LAMP-1/ })
  expect(await row.locator('mark').allTextContents()).toEqual(['LAMP', 'Oak'])
  await row.getByRole('cell', { name: 'key, prompt', exact: true }).waitFor()
  expect(await faults(page)).toEqual([])
  await page.goto(`${judging.world.producer.url}/console/search?q=code:${failing}`)
  await page
    .getByRole('row', { name: /LAMP-2/ })
    .getByRole('cell', { name: `code ${failing}`, exact: true })
    .waitFor()
  await close()
})

it('calls a batch by its name where its failures are, and where one of its edits is', async () => {
  const { page, close } = await open(`/failures?batch=${batch}`, {
    // the source of the edit is away
    allow: /status of 503/,
  })
  await page.getByRole('link', { name, exact: true }).waitFor()
  await page.getByText(batch, { exact: true }).waitFor()
  await page.goto(`${judging.world.producer.url}/console/edits/${batch}-1`)
  const link = page.getByRole('link', { name, exact: true })
  await link.waitFor()
  expect(await link.getAttribute('title')).toBe(batch)
  await close()
})

it('says on the page of a batch what each code means and what to do, counts what is to review, and exports what failed', async () => {
  const { page, close } = await open(`/batches/${batch}`)
  const row = page.getByRole('row', { name: new RegExp(`^${failing}`) })
  await row.getByText('The source or the result was refused for its content.').waitFor()
  expect(await row.ariaSnapshot()).toMatch(
    /"2"[^]*Change the edit\.[^]*Change the prompt or the source image[^]*See them[^]*button "Retry…"/,
  )
  expect(await faults(page)).toEqual([])
  const coming = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Export the failed rows as CSV' }).click()
  const file = await coming
  expect(file.suggestedFilename()).toBe(`${name}-failed.csv`)
  const text = await readFile(await file.path(), 'utf8')
  expect(text.split(/\r?\n/).map((line) => line.split(',')[0])).toEqual([
    '\uFEFFkey',
    'LAMP-2',
    'CHAIR-1',
    '',
  ])
  await row.getByRole('button', { name: 'Retry…' }).click()
  await page
    .getByRole('dialog', { name: `Retry what failed with ${failing}` })
    .getByText('2 rows', { exact: true })
    .waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'Review 1', exact: true }).click()
  await page.waitForURL(/gallery\?state=succeeded&verdict=none/)
  await close()
})

describe('a list', () => {
  beforeAll(async () => {
    const edit = await client.edits.create({
      prompt: 'held',
      images: ['https://a.example/a.png'],
      key: 'held lamp',
    })
    const next = await judging.ledger.admit(judging.room)
    if (next.kind !== 'admitted' || next.edit.id !== edit.id) throw new Error('another one was admitted')
    await judging.ledger.move(next.edit, { to: 'review', set: { uncertainBecause: 'nobody knows' } })
    await client.webhooks.add({ url: 'https://shop.example/hook', description: 'the shop' })
    await client.schedules.set('nightly', {
      cron: '0 22 * * *',
      timeZone: 'UTC',
      manifest: 'https://cdn.example.com/a.csv',
      prompt: 'x',
    })
  })

  it.each([
    ['/batches', 'lamps, row 1 of 2', /\/batches\/batch_\w+$/],
    ['/search?q=LAMP', 'lamps, row 1 of', /\/batches\/batch_\w+$/],
    ['/search?q=key:CHAIR', 'CHAIR-1, row 1 of 1', /\/edits\/batch_\w+-2$/],
    ['/failures', `${failing}, 2 edits, row 1 of 2`, /\/search\?q=code%3ADataInspectionFailed$/],
    ['/schedules', 'nightly, row 1 of 1', /\/schedules\/nightly$/],
    ['/webhooks', 'the shop, row 1 of 1', /\/webhooks\/webhook_\w+$/],
    ['/uncertain', 'held lamp, row 1 of 1', /\/edits\/edit_\w+$/],
  ])('of %s has a row chosen by j and k, and opened by Enter', async (path, said, opens) => {
    const { page, close } = await open(path)
    await page.locator('main [data-key]').first().waitFor()
    await page.keyboard.press('j')
    await page.getByRole('status').filter({ hasText: said }).waitFor()
    expect(await page.locator('main [data-key][aria-current=true]').count()).toBe(1)
    expect(await axe(page)).toEqual([])
    await page.keyboard.press('Enter')
    await page.waitForURL(opens)
    await close()
  })
})
