import { text } from 'node:stream/consumers'
import { dayAfter, dayAt } from '@restyle/shared/days'
import { scopes } from '@restyle/producer/http/scopes'
import { type LedgerKeys, ledgerKeys } from '@restyle/shared/ledger/keys'
import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import type { Page } from 'playwright-core'
import { until } from '../stories/story.ts'
import { type Browsing, openConsole, seedBatch, type World } from './open-console.ts'

let world: World
let browsing: Browsing
let ledger: Ledger
let keys: LedgerKeys

beforeAll(async () => {
  ;({ world, browsing } = await openConsole())
  ledger = openLedger(world.redis, world.prefix)
  keys = ledgerKeys(world.prefix)
})
afterAll(() => browsing.stop())

const yuan = 1_000_000
/** What was billed of a batch, or of edits that came alone, on a day; both as lines and as the sum of the day. */
async function spent(producer: string, day: string, billed: number, batch = '-'): Promise<void> {
  const name = keys.usage(producer, day)
  await world.redis.hset(name, { [`billed one ${batch}`]: billed * yuan, [`images one ${batch}`]: 1 })
  await world.redis.hincrby(name, 'billed', billed * yuan)
}
const setUp = async (producer: string, settings: object) => {
  const { statusCode } = await world.producer.app.inject({
    method: 'PATCH',
    url: `/v1/producers/${producer}`,
    headers: await world.keyOf('office', ['admin']),
    payload: settings,
  })
  expect(statusCode).toBe(200)
}
const openSpend = async (producer: string, search = '') => {
  const key = { ...(await world.keyOf(producer, ['edits:read'])), keyId: '' }
  return browsing.open(`/spend${search}`, { key, scopes })
}
const today = async (zone = 'UTC') => dayAt(zone, await ledger.now())

it('shows as many days as are asked for, which end with the day that it is for the producer', async () => {
  // one of them has another date than UTC at any hour
  for (const zone of ['Pacific/Kiritimati', 'Etc/GMT+12']) {
    const producer = `of-${zone.length}`
    await world.keyOf(producer, ['edits:read'])
    await setUp(producer, { zone })
    const last = await today(zone)
    for (let before = 0; before < 9; before += 1) await spent(producer, dayAfter(last, -before), 1)
    const { page, close } = await openSpend(producer)
    await page.getByRole('heading', { name: `${dayAfter(last, -6)} to ${last}` }).waitFor()
    expect(await page.getByRole('table', { name: 'Billed by day' }).getByRole('rowheader').count()).toBe(7)
    await close()
  }
})

it('sums the days, and says what the ledger has counted, also where that is something else', async () => {
  const [now, name] = [await today(), 'adds-up']
  await spent(name, now, 7)
  await spent(name, dayAfter(now, -1), 5)
  await world.redis.hset(keys.usage(name, now), { 'released one -': 3 * yuan, reserved: 2 * yuan })
  const { page, close } = await openSpend(name)
  await page.getByText('The days sum to ¥12; the ledger says ¥12.').waitFor()
  await page.getByText('billed for 2 images; ¥2 reserved, ¥3 released').waitFor()
  await page.getByRole('row', { name: `${now} 1 ¥7 ¥2 ¥3` }).waitFor()
  await world.redis.hincrby(keys.usage(name, now), 'billed', yuan / 2)
  await page.reload()
  const warning = page.getByText('The days sum to ¥12; the ledger says ¥12.50. ¥0.50 differ:')
  await warning.waitFor()
  expect(await warning.getAttribute('class')).toBe('warn')
  await close()
})

it('tells money by the names of batches, and saves it as a file that no spreadsheet computes', async () => {
  const name = 'saves'
  const key = { ...(await world.keyOf(name, scopes)), keyId: '' }
  const now = await today()
  const called = ['=1+1', '+1', '-1', '@SUM(A1)', 'lamps, "spring"']
  const ids = new Map<string, string>()
  for (const each of called) ids.set(each, await seedBatch(world, key, { succeeded: 1 }, { name: each }))
  for (const [at, id] of [...ids.values()].entries()) await spent(name, now, at + 1, id)
  await spent(name, now, 9)
  await spent(name, now, 8, 'batch_gone')
  const { page, close } = await openSpend(name, '?by=batch')
  for (const [each, id] of ids) {
    const link = page.getByRole('link', { name: each, exact: true })
    await link.waitFor()
    expect(await link.getAttribute('href')).toBe(`/console/batches/${id}`)
  }
  await page.getByRole('rowheader', { name: 'edits that came alone' }).waitFor()
  await page.getByRole('link', { name: 'batch_gone' }).waitFor()
  await page.getByText('The batches sum to ¥32; the ledger says ¥32.').waitFor()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'CSV' }).click(),
  ])
  expect(download.suggestedFilename()).toBe(`spend-by-batch-${dayAfter(now, -6)}-${now}.csv`)
  const lines = (await text(await download.createReadStream())).split('\r\n')
  expect(lines[0]).toBe('batch,name,currency,billed,reserved,released,images')
  const rowOf = (id: string | undefined) => lines.find((line) => line.startsWith(`${id},`))
  for (const [at, cell] of ["'=1+1", "'+1", "'-1", "'@SUM(A1)", '"lamps, ""spring"""'].entries()) {
    const id = ids.get(called[at] ?? '')
    expect(rowOf(id)).toBe(`${id},${cell},CNY,${at + 1},0,0,1`)
  }
  expect(lines.filter((line) => /^[=+\-@]/.test(line))).toEqual([])
  expect(rowOf("'-")).toBe("'-,,CNY,9,0,0,1")
  await close()
})

/** How each line of the legend is drawn, without its words. */
const swatches = async (page: Page): Promise<string[]> => {
  const all = await page.locator('.chart-legend svg').all()
  return Promise.all(all.map(async (each) => (await each.screenshot()).toString('base64')))
}

it('draws the line of the rate unlike what was billed, whatever colours there are, and as its card says', async () => {
  const [now, name] = [await today(), 'goes-on']
  await world.keyOf(name, ['edits:read'])
  await setUp(name, { caps: [{ per: 'day', currency: 'CNY', micros: 1_000 * yuan }] })
  await spent(name, now, 6)
  for (let before = 1; before < 7; before += 1) await spent(name, dayAfter(now, -before), 360)
  const { page, close } = await openSpend(name)
  await page.clock.setFixedTime(Date.parse(`${now}T12:00:00Z`))
  await page.reload()
  await page.getByText('At this rate (¥0.50 an hour today) the day comes to ¥12 of ¥1,000.').waitFor()
  const legend = page.locator('.chart-legend li')
  await until(async () => (await legend.count()) === 4)
  expect(await legend.allInnerTexts()).toEqual([
    'Billed (CNY)',
    'Reserved (CNY)',
    'At the rate of today (CNY)',
    'Cap of a day (CNY)',
  ])
  for (const forcedColors of ['none', 'active'] as const) {
    await page.emulateMedia({ forcedColors })
    const drawn = await swatches(page)
    expect([forcedColors, new Set(drawn).size]).toEqual([forcedColors, 4])
  }
  const ink = await page.evaluate(
    `[...document.querySelectorAll('.chart-legend svg')].map((each) => getComputedStyle(each).color)`,
  )
  // by colour alone nobody could tell them apart then
  expect(new Set(ink as string[]).size).toBe(1)
  await close()
})
