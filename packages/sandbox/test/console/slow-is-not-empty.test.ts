import type { Page, Route } from 'playwright-core'
import { type Browsing, openConsole } from './open-console.ts'
import { makeBatch, openGalleryTest } from './open-gallery.ts'

let browsing: Browsing
beforeAll(async () => {
  ;({ browsing } = await openConsole())
})
afterAll(() => browsing.stop())

/**
 * Notes what stands on the page from now on: sections that say that there is nothing, or something is wrong; and how long (ms) each
 * place of what is coming was there before it was drawn.
 */
const watch = `(() => {
  globalThis.seen = { said: [], after: [] }
  // what was there before is not known for how long
  globalThis.since = new Map([...document.querySelectorAll('.loading')].map((each) => [each, Infinity]))
  const look = () => {
    for (const each of document.querySelectorAll('.loading[data-late]')) {
      const after = performance.now() - (since.get(each) ?? performance.now())
      if (after > 0) seen.after.push(after)
      since.set(each, Infinity)
    }
    for (const each of document.querySelectorAll('main .state h1, main .state h2')) seen.said.push(each.textContent)
  }
  if (globalThis.watching !== undefined) return
  // an observer hears of it only when the script that puts it there is over, which on a busy machine is later
  for (const method of ['appendChild', 'insertBefore']) {
    const put = Node.prototype[method]
    Node.prototype[method] = function (node, ...more) {
      const all = node instanceof Element ? [node, ...node.querySelectorAll('.loading')] : []
      for (const each of all)
        if (each.classList.contains('loading') && !since.has(each)) since.set(each, performance.now())
      return put.call(this, node, ...more)
    }
  }
  globalThis.watching = new MutationObserver(look)
  watching.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-late'] })
})()`
type Seen = { said: string[]; after: number[] }
const seenBy = async (page: Page): Promise<Seen> => (await page.evaluate('globalThis.seen')) as Seen

/** Holds what is read from now on back; gives what lets it go. */
async function hold(page: Page): Promise<() => Promise<void>> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const held = async (route: Route): Promise<void> => {
    await promise
    // the page may have given it up meanwhile
    await route.continue().catch(() => undefined)
  }
  const reads = /\/v1\/(?!live|console)/
  await page.route(reads, held)
  return async () => {
    resolve()
    await page.unroute(reads, held)
  }
}

it('shows the place of what is slow to come, not before 150 ms, and never that there is nothing', async () => {
  const { page, close } = await browsing.open('/settings', {
    producer: 'new',
    scopes: ['edits:read', 'edits:write', 'webhooks', 'admin'],
  })
  const go = (path: string) => page.evaluate(`history.pushState(null, '', '/console${path}')`)
  for (const [path, says] of [
    ['/batches', 'No batch yet'],
    // before the failures, which read lanes too
    ['/lanes', 'No worker has announced a lane'],
    ['/failures', 'Nothing has failed'],
    ['/uncertain', 'No edit is in doubt'],
    ['/spend', 'Nothing matches'],
    ['/schedules', 'No schedule yet'],
    ['/webhooks', 'No webhook yet'],
  ] as const) {
    // a page stays until the script of the next one is there: one that says nothing of the kind
    await go('/settings')
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor()
    await page.locator('.loading').first().waitFor({ state: 'detached' })
    const letGo = await hold(page)
    await page.evaluate(watch)
    await go(path)
    await page.locator('.loading[data-late] .ghost').first().waitFor()
    await page
      .getByRole('status')
      .filter({ hasText: /^Loading / })
      .first()
      .waitFor({ state: 'attached' })
    const { said, after } = await seenBy(page)
    expect([path, said]).toEqual([path, []])
    // the clock of a timer is a little coarser than that of the page
    expect([path, Math.min(...after) >= 145]).toEqual([path, true])
    await letGo()
    await page.getByRole('heading', { name: says }).waitFor()
    await page.locator('.loading').first().waitFor({ state: 'detached' })
    expect([path, new Set((await seenBy(page)).said)]).toEqual([path, new Set([says])])
  }
  await close()
})

it('says of a gallery that is slow to come neither that it has no rows nor that nothing matches', async () => {
  const test = await openGalleryTest()
  const { page, close } = await test.open(makeBatch(20, { stateOf: () => '+' }))
  await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).waitFor()
  await page.goto('about:blank')
  const letGo = await hold(page)
  await page.goBack({ waitUntil: 'commit' })
  await page.locator('main').waitFor()
  await page.evaluate(watch)
  await page.locator('.loading[data-late] .ghost').first().waitFor()
  expect((await seenBy(page)).said).toEqual([])
  await letGo()
  await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).waitFor()
  expect((await seenBy(page)).said).toEqual([])
  await close()
  await test.stop()
})
