import { scopes } from '@restyle/producer/http/scopes'
import { type Browsing, openConsole } from './open-console.ts'

let browsing: Browsing

beforeAll(async () => {
  ;({ browsing } = await openConsole())
})
afterAll(() => browsing.stop())

it('shows who is signed in with any key of the producer to an admin, who ends one of them', async () => {
  const admin = await browsing.open('/settings', { producer: 'team', scopes })
  const { page } = admin
  const other = await browsing.open('/settings', { producer: 'team', allow: /status of 401/ })
  const stranger = await browsing.open('/settings', { producer: 'strangers', scopes })
  const rows = page.getByRole('table', { name: 'Sessions' }).locator('tbody tr')
  await page.reload()
  await rows.nth(1).waitFor()
  expect(await rows.count()).toBe(2)
  const own = page.getByRole('row', { name: new RegExp(admin.key.keyId) }).filter({ hasText: 'this browser' })
  await own.waitFor()
  expect(await own.getByRole('button').count()).toBe(0)
  // everybody sees what is of the own key alone
  const theirs = other.page.getByRole('table', { name: 'Sessions' }).locator('tbody tr')
  await theirs.first().waitFor()
  expect(await theirs.count()).toBe(1)

  await page.getByRole('button', { name: new RegExp(`^End the session ${other.key.keyId}-`) }).click()
  await page.getByText(`A session of key ${other.key.keyId} has ended.`).waitFor()
  await rows.nth(1).waitFor({ state: 'detached' })
  await other.page.reload()
  await other.page.getByLabel('API key').waitFor()
  await stranger.page.reload()
  await stranger.page.getByRole('table', { name: 'Sessions' }).waitFor()
  // nothing on the page opens a session
  const { cookies } = await page.context().storageState()
  const secret = cookies.find(({ name }) => name === 'restyle_session')?.value.split('.')[1] ?? 'none'
  expect(secret.length).toBeGreaterThan(40)
  expect(await page.content()).not.toContain(secret)
  for (const each of [admin, other, stranger]) await each.close()
})

it('has the keys of other programs, until a person sets one of them', async () => {
  const { page, close } = await browsing.open('/settings', { producer: 'keys' })
  const choice = page.getByRole('combobox', { name: 'Keys as in' })
  const keysOf = (does: string) =>
    page.locator('.key-list li').filter({ hasText: does }).first().locator('kbd').allTextContents()
  await choice.selectOption('argos')
  expect(await keysOf('approve, and go to the next')).toEqual(['y'])
  expect(await keysOf('copy the address of this view')).toEqual(['w'])
  // what it had for everybody is that of another action by now
  await page
    .getByRole('button', { name: 'Reset the key for: approve, and go to the next undecided one' })
    .click()
  await page.getByText('a is taken: after alone').waitFor()
  expect(await keysOf('approve, and go to the next')).toEqual(['y'])
  await page.getByRole('button', { name: 'Change the key for: search' }).click()
  await page.keyboard.press('q')
  expect(await choice.inputValue()).toBe('own')
  await page.reload()
  await choice.waitFor()
  expect([await choice.inputValue(), await keysOf('approve, and go to the next')]).toEqual(['own', ['y']])
  await choice.selectOption('lightroom')
  expect(await keysOf('approve, and go to the next')).toEqual(['p'])
  expect(await keysOf('copy the address of this view')).toEqual(['y'])
  await page.getByRole('button', { name: 'All as they were' }).click()
  expect(await choice.inputValue()).toBe('restyle')
  await close()
})
