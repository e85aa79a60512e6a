import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { revokeApiKey } from '@restyle/producer/http/api-keys'
import { axe, type Browsing, openConsole, seedBatch, type World } from './open-console.ts'
import { draw, sha256 } from '../stories/story.ts'
import type { Page } from 'playwright-core'

let world: World
let browsing: Browsing
let batch: string
let key: { authorization: string; keyId: string }

beforeAll(async () => {
  ;({ world, browsing } = await openConsole())
  const opened = await browsing.open('/', {})
  key = opened.key
  await opened.page.getByRole('heading', { name: 'No batch yet' }).waitFor()
  await opened.close()
  batch = await seedBatch(
    world,
    key,
    { succeeded: 61, rendered: 3, running: 6, uncertain: 1, failed: 9, canceled: 2, queued: 58 },
    { name: 'spring <b>catalog</b> كتالوج', budget: { currency: 'CNY', micros: 40_000_000 } },
  )
  await seedBatch(world, key, { queued: 12 }, { name: 'x'.repeat(200) })
})
afterAll(() => browsing.stop())

const open = (path: string, more: Parameters<Browsing['open']>[1] = {}) =>
  browsing.open(path, { key, ...more })
const refused = /status of (401|403|404|503)/

it('tells who hears it how far a batch is, in words', async () => {
  const { page, close } = await open('/')
  const bar = page.getByRole('progressbar', { name: /^Progress of spring/ })
  expect(await bar.getAttribute('aria-valuetext')).toBe(
    '51 % of 140 edits ended: 61 stored, 3 rendered, not stored yet, 6 running, 1 uncertain or held, 9 failed, 2 canceled, 58 queued',
  )
  expect(await page.locator('main').ariaSnapshot()).toMatch(/heading "Batches" \[level=1\]/)
  const row = page.getByRole('row', { name: /^spring/ })
  // 61 have pictures, and nobody has looked at one
  await row.getByRole('cell', { name: '61', exact: true }).waitFor()
  await row.getByRole('button', { name: 'not known' }).focus()
  await page.getByRole('tooltip').getByText(/lane/).waitFor()
  await close()
})

it('signs in with a key, comes back to the same address, and keeps the key nowhere', async () => {
  const { page, close } = await open(`/batches/${batch}`, { allow: refused })
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByText('keeps a session until it is closed').waitFor()
  await page.getByLabel('API key').fill('rk_none_0123456789abcdef')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page
    .getByRole('alert')
    .getByText(/Send a live key/)
    .waitFor()
  expect(await axe(page)).toEqual([])
  await page.getByLabel('API key').fill(key.authorization.replace('Bearer ', ''))
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: /^spring/ }).waitFor()
  const kept = await page.evaluate(
    'JSON.stringify([localStorage, sessionStorage, document.cookie, location.href])',
  )
  expect(kept).not.toContain(key.authorization.slice(-20))
  // as the page has said: -1 is a cookie that is forgotten with the browser
  const { cookies } = await page.context().storageState()
  expect(cookies.map(({ name, expires }) => [name, expires])).toEqual([['restyle_session', -1]])
  await close()
})

it('signs in by the address of a local start, once', async () => {
  const address = new URL(world.producer.offerConsole(key.keyId))
  const tab = await browsing.browser.newContext()
  const page = await tab.newPage()
  await page.goto(address.href)
  await page.getByRole('heading', { name: 'Batches' }).waitFor()
  expect(page.url()).not.toContain('token')
  // the same address again: it opens nothing more, and takes away nothing
  await page.goto('about:blank')
  await page.goto(address.href)
  await page.getByRole('heading', { name: 'Batches' }).waitFor()
  expect(page.url()).not.toContain('token')
  await tab.clearCookies()
  await page.goto('about:blank')
  await page.goto(address.href)
  await page.getByLabel('API key').waitFor()
  expect(page.url()).not.toContain('token')
  await tab.close()
})

it('signs in by an address that comes into a tab that is open at it', async () => {
  const tab = await browsing.browser.newContext()
  const page = await tab.newPage()
  await page.goto(`${world.producer.url}/console`)
  await page.getByLabel('API key').waitFor()
  await page.goto(world.producer.offerConsole(key.keyId))
  await page.getByRole('heading', { name: 'Batches' }).waitFor()
  expect(page.url()).not.toContain('token')
  await page.goBack()
  await page.getByRole('heading', { name: 'Batches' }).waitFor()
  expect(page.url()).not.toContain('token')
  await tab.close()
})

it('asks for a key again at once when that of the session is revoked', async () => {
  const own = await browsing.open('/', { producer: 'brief', allow: refused })
  await own.page.getByRole('heading', { name: 'No batch yet' }).waitFor()
  await revokeApiKey(world.redis, world.prefix, own.key.keyId)
  await world.until(async () => {
    await own.page
      .getByRole('button', { name: 'with failures' })
      .click({ timeout: 500 })
      .catch(() => undefined)
    await own.page
      .getByRole('button', { name: /^all/ })
      .click({ timeout: 500 })
      .catch(() => undefined)
    return own.page.getByLabel('API key').isVisible()
  })
  expect(await own.page.getByRole('heading').allTextContents()).toEqual(['Restyle'])
  await own.close()
})

describe('what is mine', () => {
  let picture: string
  const answerOf = (page: Page, path: string) =>
    page.evaluate<number>(`fetch('${path}').then(async (answer) => (await answer.blob(), answer.status))`)
  const shownBy = (page: Page, address: string) =>
    page.evaluate<boolean>(`new Promise((shown) => {
      const image = new Image()
      image.onload = () => shown(true)
      image.onerror = () => shown(false)
      image.src = '${address}'
    })`)
  beforeAll(async () => {
    const bytes = await draw(200)
    const { app } = world.producer
    const payload = { prompt: 'on oak', images: [`sha256:${sha256(bytes)}`] }
    const headers = { authorization: key.authorization }
    await app.inject({
      method: 'PUT',
      url: `/v1/sources/${sha256(bytes)}`,
      headers: { ...headers, 'content-type': 'image/png' },
      payload: bytes,
    })
    const edit = (await app.inject({ method: 'POST', url: '/v1/edits', headers, payload })).json()
    picture = `/v1/edits/${edit.id}/sources/0/full`
  })

  it('is shown to no other producer, whatever the browser has kept of it', async () => {
    const { page, close } = await open('/', { allow: refused })
    expect(await answerOf(page, picture)).toBe(200)
    expect(await answerOf(page, picture)).toBe(200)
    const sent = `performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('${picture}')).map(({ transferSize }) => transferSize)`
    // the second time it came out of what the browser keeps
    expect(await page.evaluate(sent)).toEqual([expect.any(Number), 0])
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('API key').waitFor()
    expect(await answerOf(page, picture)).toBe(401)
    const { authorization } = await world.keyOf('other')
    await page.getByLabel('API key').fill(authorization.replace('Bearer ', ''))
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'No batch yet' }).waitFor()
    for (const path of [picture, `/v1/batches/${batch}`, `/v1/batches/${batch}/map`])
      expect([path, await answerOf(page, path)]).toEqual([path, 404])
    const looked = await page.goto(`${world.producer.url}${picture}`)
    expect(looked?.status()).toBe(404)
    await page.goto(`${world.producer.url}/console/batches/${batch}`)
    await page.getByRole('heading', { name: 'Nothing here' }).waitFor()
    expect(await page.textContent('main')).not.toContain('spring')
    await close()
  })

  it('is neither shown nor changed by a page of another port, although the browser sends the cookie there', async () => {
    const { page, close } = await open('/', { allow: refused })
    const { url } = world.producer
    expect(await shownBy(page, `${url}${picture}`)).toBe(true)
    const elsewhere = createServer((_, answer) =>
      answer.setHeader('content-type', 'text/html').end('<title>x</title>'),
    )
    await once(elsewhere.listen(0, '127.0.0.1'), 'listening')
    const evil = await page.context().newPage()
    await evil.goto(`http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`)
    expect(await shownBy(evil, `${url}${picture}`)).toBe(false)
    await evil.evaluate(
      `fetch('${url}/v1/batches/${batch}/cancel', { method: 'POST', mode: 'no-cors', credentials: 'include' }).catch(() => undefined)`,
    )
    expect(await world.redis.hget(`${world.prefix}:batch:${batch}`, 'stops')).toBeNull()
    elsewhere.closeAllConnections()
    elsewhere.close()
    await close()
  })
})

it('says to a key that may only read why it may not change anything, and does nothing', async () => {
  const { page, close } = await browsing.open(`/batches/${batch}`, { scopes: ['edits:read'] })
  const button = page.getByRole('button', { name: 'Pause', exact: true })
  expect(await button.getAttribute('aria-disabled')).toBe('true')
  await button.focus()
  await page
    .getByRole('tooltip')
    .getByText(/does not have the scope edits:write/)
    .waitFor()
  await page.keyboard.press('Enter')
  await page.keyboard.press('p')
  await page
    .getByRole('status')
    .getByText(/does not have the scope/)
    .waitFor()
  expect(await world.redis.hget(`${world.prefix}:batch:${batch}`, 'stops')).toBeNull()
  await close()
})

it('shows names as text, whatever they are', async () => {
  const { page, close } = await open('/')
  await page.getByText('spring <b>catalog</b> كتالوج').waitFor()
  expect(await page.locator('main b').count()).toBe(0)
  await close()
})

it('is used by keys alone: choose a batch, open it, pause it and take that back', async () => {
  const { page, close } = await open('/')
  await page.getByRole('progressbar').first().waitFor()
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Money' }).waitFor()
  await page.keyboard.press('p')
  await page.getByText('Paused by a person.').waitFor()
  await page.getByRole('button', { name: 'Undo' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('Paused by a person.').waitFor({ state: 'detached' })
  await page.keyboard.press('c')
  const dialog = page.getByRole('dialog', { name: /^Cancel spring/ })
  await dialog.waitFor()
  expect(await dialog.textContent()).toMatch(/58 queued edits will end and cost nothing/)
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'hidden' })
  await page.keyboard.press('g')
  await page.keyboard.press('b')
  await page.getByRole('heading', { name: 'Batches' }).waitFor()
  await page.keyboard.press('l')
  await page.getByRole('button', { name: /^paused, data of/ }).waitFor()
  await close()
})

it('keeps what it has shown while the producer does not answer, and says so', async () => {
  const { page, close } = await open('/', { allow: /Failed to load resource/ })
  await page.getByRole('progressbar').first().waitFor()
  await page.route('**/v1/batches?*', (route) =>
    route.fulfill({
      status: 503,
      contentType: 'application/problem+json',
      headers: { 'x-request-id': 'order-4711' },
      body: JSON.stringify({
        type: '/problems#unavailable',
        code: 'unavailable',
        title: 'x',
        detail: 'The ledger does not answer now.',
      }),
    }),
  )
  await page.getByRole('button', { name: 'with failures' }).click()
  const alert = page.getByRole('alert')
  await alert.getByText('The ledger does not answer now.').waitFor()
  expect(await alert.textContent()).toContain('order-4711')
  await page.unroute('**/v1/batches?*')
  await page.getByRole('button', { name: 'Retry' }).click()
  await page
    .getByRole('heading', { name: 'Nothing matches' })
    .or(page.getByRole('progressbar').first())
    .waitFor()
  await close()
})
