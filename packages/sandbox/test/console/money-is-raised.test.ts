import { openLedger } from '@restyle/shared/ledger/ledger'
import { ledgerKeys } from '@restyle/shared/ledger/keys'
import { changeProducer } from '@restyle/shared/receipt/producer-settings'
import { scopes } from '@restyle/producer/http/scopes'
import type { Page } from 'playwright-core'
import { axe, type Browsing, openConsole, type World } from './open-console.ts'
import { fine } from '../producer/open-producer.ts'

let world: World
let browsing: Browsing
const ledger = () => openLedger(world.redis, world.prefix)
const keys = () => ledgerKeys(world.prefix)
const cny = (micros: number) => ({ currency: 'CNY' as const, micros })

beforeAll(async () => {
  ;({ world, browsing } = await openConsole())
  await ledger().lanes.announce({
    id: 'one',
    name: 'one',
    model: 'wan2.5-i2i-preview',
    region: 'beijing',
    running: 5,
    submitPerSecond: 5,
    price: cny(200_000),
  })
})
afterAll(() => browsing.stop())

/** A batch of four rows, which its budget has stopped. */
async function stopped(producer: string, name: string) {
  const key = await world.keyOf(producer, scopes)
  const payload = { name, edits: [fine, fine, fine, fine], budget: cny(400_000) }
  const { app } = world.producer
  const { id } = (await app.inject({ method: 'POST', url: '/v1/batches', headers: key, payload })).json()
  await world.redis.hset(keys().batch(id), { billed: 400_000 })
  await ledger().stopBatch(id, 'budget', { detail: 'The budget of the batch is CNY 0.40.' })
  const read = async () => (await app.inject({ url: `/v1/batches/${id}`, headers: key })).json()
  return { id, key: { ...key, keyId: '' }, read }
}
const fact = (page: Page, name: string) =>
  page.locator('dl.facts > div').filter({ has: page.getByText(name, { exact: true }) })

it('leads from a batch that its budget has stopped to where that is raised, and shows that it goes on', async () => {
  const { key, read } = await stopped('mine', 'lamps')
  const { page, close } = await browsing.open('/batches', { key })
  await page.getByText('stopped: The budget of the batch is CNY 0.40.').waitFor()
  await page.getByRole('link', { name: 'Raise its budget for lamps' }).click()
  const dialog = page.getByRole('dialog', { name: 'Raise the budget of lamps' })
  await page.getByText('Stopped for its budget').waitFor()
  await fact(page, 'Used up').getByText('the budget: now').waitFor()
  for (const [name, value] of [
    ['Now', '¥0.40'],
    ['Spent', '¥0.40'],
    ['Reserved', '¥0'],
    ['For the rest', '¥0.80, for 4 rows'],
    ['Left', '¥0'],
  ] as const)
    await dialog
      .locator('dl.facts > div')
      .filter({ has: page.getByText(name, { exact: true }) })
      .getByText(value, { exact: true })
      .waitFor()
  expect(await axe(page)).toEqual([])
  const amount = dialog.getByRole('textbox', { name: 'New amount in CNY' })
  for (const [text, why] of [
    ['0.40', 'It is ¥0.40 now: write more than that.'],
    ['a lot', 'Write an amount such as 40 or 40.50.'],
  ] as const) {
    await amount.fill(text)
    await dialog.getByRole('status').getByText(why).waitFor()
    await page.keyboard.press('Enter')
    expect((await read()).budget.micros).toBe(400_000)
  }
  await amount.fill('1.20')
  await dialog.getByText('Then ¥0.80 is left.').waitFor()
  await dialog.getByRole('button', { name: 'Raise to ¥1.20' }).click()
  await page.getByText('lamps may cost ¥1.20 now.').waitFor()
  await dialog.waitFor({ state: 'detached' })
  expect(page.url()).not.toContain('raise')
  await page.getByText('Stopped for its budget').waitFor({ state: 'detached' })
  await fact(page, 'Budget').getByText('¥1.20, of which ¥0.80 is left').waitFor()
  // the money lasts
  await fact(page, 'Used up').waitFor({ state: 'detached' })
  expect(await read()).toMatchObject({ budget: { micros: 1_200_000 } })
  expect((await read()).stops).toBeUndefined()
  // there is nothing to raise in the list any more
  await page.getByRole('link', { name: /^Batches/ }).click()
  await page.getByRole('row', { name: /^lamps/ }).waitFor()
  expect(await page.getByRole('link', { name: /^Raise/ }).count()).toBe(0)
  await close()
})

it('says to a key that may only read why it may not raise anything, and asks for nothing', async () => {
  const { id, read } = await stopped('reader', 'sofas')
  const { page, close } = await browsing.open(`/batches/${id}?raise=budget`, {
    producer: 'reader',
    scopes: ['edits:read'],
  })
  const button = page.getByRole('button', { name: 'Raise the budget…' })
  await button.focus()
  await page
    .getByRole('tooltip')
    .getByText(/does not have the scope edits:write/)
    .waitFor()
  await page.keyboard.press('Enter')
  expect(await page.getByRole('dialog').count()).toBe(0)
  expect((await read()).budget.micros).toBe(400_000)
  await close()
})

it('leads from a batch that the cap of its producer has stopped to the caps, where an admin raises it', async () => {
  const tools = { ledger: ledger(), store: world.store }
  const caps = [
    { per: 'total' as const, ...cny(5_000_000) },
    { per: 'day' as const, ...cny(1_000_000) },
  ]
  // a producer is one from its first key on
  const key = { ...(await world.keyOf('capped', scopes)), keyId: '' }
  await changeProducer('capped', { caps }, tools, Date.now())
  await world.producer.app.inject({
    method: 'POST',
    url: '/v1/batches',
    headers: { authorization: key.authorization },
    payload: { name: 'chairs', edits: [fine] },
  })
  await ledger().stopProducer('capped', 'day', { detail: 'The cap for a day is CNY 1.00.' })
  const { page, close } = await browsing.open('/batches', { key })
  await page.getByText('stopped: The cap for a day is CNY 1.00.').waitFor()
  await page.getByRole('link', { name: 'Look at the caps for chairs' }).click()
  await page.getByRole('button', { name: /^Raise the cap of a day…/ }).click()
  const dialog = page.getByRole('dialog', { name: 'Raise the cap of a day of capped' })
  await dialog.getByRole('textbox').fill('2.5')
  await dialog.getByRole('button', { name: 'Raise to ¥2.50' }).click()
  await page.getByText('capped: the cap of a day is ¥2.50 now.').waitFor()
  await page.getByText('of ¥2.50').waitFor()
  // the other one stays
  expect((await ledger().readProducer('capped'))?.caps).toEqual([caps[0], { per: 'day', ...cny(2_500_000) }])
  await close()
})

it('says when the first image expires that is not in the bucket yet', async () => {
  const { id, key } = await stopped('expiring', 'vases')
  await world.redis.hset(keys().batch(id), { rendered: 1 })
  await world.redis.zadd(keys().rendered, Date.now() + 21 * 3600_000, `${id}-0`)
  const { page, close } = await browsing.open(`/batches/${id}`, { key })
  await fact(page, 'First expiry')
    .getByText(/^in 21 h, .*, of an image that is not in the bucket yet$/)
    .waitFor()
  await world.redis.hset(keys().batch(id), { rendered: 0 })
  await fact(page, 'First expiry').waitFor({ state: 'detached' })
  expect(await page.textContent('main')).not.toContain('in the bucket')
  await close()
})
