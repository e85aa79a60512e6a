import { scopes } from '@restyle/producer/http/scopes'
import { type LedgerKeys, ledgerKeys } from '@restyle/shared/ledger/keys'
import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import type { Page } from 'playwright-core'
import { asked, lane } from '../ledger/ledger-world.ts'
import { until } from '../stories/story.ts'
import { type Browsing, openConsole, type World } from './open-console.ts'

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

/** Does it again and again; gives what ends that. */
function repeatedly(work: () => Promise<void>, everyMs: number): () => Promise<void> {
  let last = Promise.resolve()
  const timer = setInterval(() => {
    last = last.then(work)
  }, everyMs)
  return () => {
    clearInterval(timer)
    return last
  }
}

/** What is told by what a control is described by. */
const described = async (page: Page, name: string | RegExp): Promise<string> => {
  const button = page.getByRole('button', { name })
  await button.focus()
  const tip = page.getByRole('tooltip')
  await tip.waitFor()
  expect(await button.getAttribute('aria-describedby')).toBe(await tip.getAttribute('id'))
  return (await tip.textContent()) ?? ''
}

const card = {
  id: `${lane.model}-one`,
  name: 'cn',
  model: lane.model,
  region: 'beijing',
  running: 5,
  submitPerSecond: 5,
  account: 'a',
  price: { currency: 'CNY' as const, micros: 200_000 },
}
const figures = {
  forMs: 7_200_000,
  queries: 252,
  queryPerSecond: 20,
  throttled: { submits: 1, queries: 2, last: { code: 'Throttling.RateQuota', agoMs: 120_000 } },
  lags: Array.from({ length: 20 }, (_, i) => 100 * (i + 1)),
  copiesBehind: 100,
}

describe('the page of lanes', () => {
  let silence = async (): Promise<void> => {}
  afterEach(() => silence())

  it('says what a lane does, what its words mean, and why it does less than it may', async () => {
    await ledger.lanes.announce(card)
    const speak = () => ledger.lanes.serve(card.id, 'asks', { worker: 'one', figures })
    await speak()
    // as a worker does
    silence = repeatedly(speak, 2_000)
    const { page, close } = await browsing.open('/lanes', { scopes })
    const row = page.getByRole('row', { name: /^cn/ })
    await row.getByRole('button', { name: '4.2 of 20' }).waitFor()
    expect(await row.ariaSnapshot()).toMatch(/1\.0 s, 1\.9 s[^]*¥0\.20[^]*ready, nothing runs/)
    expect(await described(page, /^3 in the last hour, the last 2 min ago$/)).toContain(
      '1 submit, 2 questions. The last one: Throttling.RateQuota.',
    )
    expect(await described(page, '¥0.20')).toContain('table of models')
    await page.keyboard.press('Escape')
    await page.getByRole('tooltip').waitFor({ state: 'detached' })
    // a throttled submit, seen without a reload
    await ledger.lanes.delayTokens(`submit:${card.id}`, 60_000)
    await row.getByRole('button', { name: '0 of 5' }).waitFor()
    await row
      .getByText(
        /held: The vendor had enough for the moment \(Throttling\.RateQuota\).* Until \d\d:\d\d:\d\d/,
      )
      .waitFor()
    await close()
  })

  it('says of a lane without a worker what is known of it, also in a small window', async () => {
    await ledger.lanes.announce({ ...card, id: 'older', name: 'older' })
    const { page, close } = await browsing.open('/lanes', {
      scopes,
      context: { viewport: { width: 320, height: 640 } },
    })
    const row = page.getByRole('row', { name: /^older/ })
    await row.getByText('held: No worker runs for it.').waitFor()
    expect(await row.getByRole('button', { name: 'not known' }).count()).toBe(3)
    expect(await row.getByRole('button', { name: '¥0.20' }).isVisible()).toBe(true)
    await close()
  })
})

describe('the page of failures', () => {
  it('says which lanes wait and have not failed, to a key that may read them', async () => {
    const throttling = { ...card, id: `${lane.model}-throttled`, name: 'sg-1' }
    await ledger.lanes.announce(throttling)
    const speak = () => ledger.lanes.serve(throttling.id, 'asks', { worker: 'two', figures })
    await speak()
    await ledger.lanes.delayTokens(`submit:${throttling.id}`, 60_000)
    const ends = repeatedly(speak, 2_000)
    const { page, close } = await browsing.open('/failures', { scopes })
    const row = page
      .getByRole('region', { name: 'Waits, and has not failed' })
      .getByRole('row', { name: 'sg-1' })
    await row.waitFor()
    expect(await row.ariaSnapshot()).toMatch(
      /Throttling\.RateQuota[^]*sg-1[^]*now[^]*Nothing goes now\. The vendor had enough[^]*Nothing: it goes on by itself/,
    )
    await close()
    await ends()
    const other = await browsing.open('/failures', { scopes: ['edits:read'] })
    await other.page.getByText(/Counted over/).waitFor()
    expect(await other.page.getByRole('region', { name: 'Waits, and has not failed' }).count()).toBe(0)
    await other.close()
  })

  const failed = async (id: string, agoMs: number): Promise<void> => {
    await ledger.accept([asked(id, { producer: 'mine' })])
    const made = await ledger.read(id)
    if (made === undefined) throw new Error('no edit')
    await ledger.move(made, {
      to: 'failed',
      set: { failure: { code: 'DataInspectionFailed', message: 'no' } },
    })
    await world.redis.hset(keys.edit(id), 'updatedAt', (await ledger.now()) - agoMs)
  }

  it('draws when edits failed, and says it in words', async () => {
    for (const [i, hours] of [0, 0, 5, 5, 5].entries()) await failed(`edit_spark${i}`, hours * 3600_000)
    const { page, close } = await browsing.open('/failures')
    const card = page.getByRole('article', { name: 'DataInspectionFailed' })
    const words = await card.getByText(/^5 in 24 hours: /).textContent()
    expect(words).toMatch(/: (2|none) in this hour, most 3 at \d\d:00$/)
    const svg = card.locator('svg')
    expect(await svg.getAttribute('aria-hidden')).toBe('true')
    const path = (await svg.locator('path').getAttribute('d')) ?? ''
    // two of 24 hours have a bar, one of them as high as the picture
    expect(path.match(/M/g)).toHaveLength(2)
    expect(path).toContain('v-8h')
    // it is drawn, in a colour of its own
    const { width = 0, height = 0 } = (await svg.boundingBox()) ?? {}
    expect([width > 100, height > 20]).toEqual([true, true])
    await close()
  })
})

describe('the page of money', () => {
  const admin = async () => world.keyOf('office', ['admin'])
  const spent = (producer: string, day: string, micros: number) =>
    world.redis.hset(keys.usage(producer, day), { 'billed one -': micros, 'images one -': 1 })
  const cny = (micros: number) => ({ currency: 'CNY', micros: micros * 1_000_000 })

  it('says when each cap is reached, and draws it', async () => {
    const today = new Date(await ledger.now()).toISOString().slice(0, 10)
    const noon = Date.parse(`${today}T12:00:00Z`)
    const before = new Date(noon - 86_400_000).toISOString().slice(0, 10)
    await spent('mine', today, 60_000_000)
    await spent('mine', before, 60_000_000)
    await world.redis.hset(keys.spend('mine'), 'billed', 120_000_000)
    const { page, key, close } = await browsing.open('/', { scopes })
    const set = await world.producer.app.inject({
      method: 'PATCH',
      url: '/v1/producers/mine',
      headers: await admin(),
      payload: {
        caps: [
          { per: 'day', ...cny(100) },
          { per: 'total', ...cny(240) },
        ],
      },
    })
    expect(set.statusCode).toBe(200)
    await page.clock.setFixedTime(noon)
    await page.goto(`${world.producer.url}/console/spend`)
    const daily = page.getByRole('article', { name: 'Cap of a day' })
    await daily.getByText('At this rate (¥5 an hour today) it is reached about 20:00 today.').waitFor()
    await page
      .getByRole('article', { name: 'Cap in all' })
      .getByText('At this rate (¥80 a day in the last 2 days) it is reached about', { exact: false })
      .waitFor()
    const legend = async () => (await page.locator('.chart-legend').textContent()) ?? ''
    await until(
      async () => /At the rate of today \(CNY\).*Cap of a day \(CNY\)/.test(await legend()),
      30_000,
      legend,
    )
    // money of others is in what this key is told: no line of this producer may stand beside it
    await world.keyOf('others')
    await spent('others', today, 5_000_000)
    await page.reload()
    await daily.getByText('it is reached about 20:00 today', { exact: false }).waitFor()
    await until(async () => /Billed \(CNY\)/.test(await legend()), 30_000, legend)
    expect(await legend()).not.toContain('At the rate')
    await close()
    // and a key that is told its own alone has the line
    const own = await browsing.open('/', { producer: 'mine', scopes: ['edits:read'] })
    expect(own.key.keyId).not.toBe(key.keyId)
    await own.page.clock.setFixedTime(noon)
    await own.page.goto(`${world.producer.url}/console/spend`)
    await until(
      async () =>
        ((await own.page.locator('.chart-legend').textContent()) ?? '').includes('At the rate of today'),
      30_000,
    )
    await own.close()
  })
})
