import axeCore from 'axe-core'
import { buildConsole } from '@restyle/sandbox/world/build-console'
import { createApiKey } from '@restyle/producer/http/api-keys'
import type { Scope } from '@restyle/producer/http/scopes'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core'
import { findChromium } from '@restyle/sandbox/browser/find-chromium'
import { fine, openProducer, type World } from '../producer/open-producer.ts'

const usualWindow = { width: 1280, height: 800 }

/** Where a console is served: a producer of its own, or that of a story's world. */
type Served = { url: string; redis: RedisClient; prefix: string }

type OpenedPage = {
  page: Page
  /** The key that it is signed in with. */
  key: { authorization: string; keyId: string }
  /** Fails where the page has complained of anything: an error, a refusal of its policy, a promise that nobody handled. */
  close: () => Promise<void>
}

type Opening = {
  producer?: string
  scopes?: readonly Scope[]
  key?: OpenedPage['key']
  context?: BrowserContextOptions
  /** Complaints that are expected: the browser says every answer that is a refusal. */
  allow?: RegExp
}

export type Browsing = {
  browser: Browser
  /** Opens an address below `/console` as a producer that is signed in. */
  open(path: string, options?: Opening): Promise<OpenedPage>
  stop(): Promise<void>
}

/** One Chromium for a file, and the console as it is now. */
export async function openBrowser(served: () => Served): Promise<Browsing> {
  const [executablePath] = await Promise.all([findChromium(), buildConsole()])
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  return {
    browser,
    open: (path, options = {}) => openPage(browser, served(), path, options),
    stop: () => browser.close(),
  }
}

/** A producer of its own and a browser that it serves; `browsing.stop` stops both. */
export async function openConsole(): Promise<{ world: World; browsing: Browsing }> {
  const world = await openProducer()
  const { url } = world.producer
  const browsing = await openBrowser(() => ({ url, redis: world.redis, prefix: world.prefix }))
  const stop = async () => {
    await browsing.stop()
    await world.stop()
  }
  return { world, browsing: { ...browsing, stop } }
}

async function openPage(
  browser: Browser,
  { url, redis, prefix }: Served,
  path: string,
  { producer = 'mine', scopes, allow, context = {}, ...options }: Opening,
): Promise<OpenedPage> {
  const made = options.key ?? (await newKey(redis, prefix, producer, scopes))
  const tab = await browser.newContext({
    viewport: usualWindow,
    timezoneId: 'UTC',
    ...context,
  })
  await tab.addInitScript(watchPolicy)
  const page = await tab.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    const { url: from } = message.location()
    const said = `${message.text()} ${from}`
    if (message.type() === 'error' && allow?.test(said) !== true) complaints.push(said)
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  // a session by the way that the page itself takes
  await tab.request.post(`${url}/v1/console/session`, { headers: { authorization: made.authorization } })
  await page.goto(`${url}/console${path}`)
  return {
    page,
    key: made,
    async close() {
      await tab.close()
      expect(complaints).toEqual([])
    },
  }
}

/** What a policy refuses becomes an error of the console, wherever the browser reports it otherwise. */
const watchPolicy = `document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
  console.error('the policy refused', violatedDirective, blockedURI))`

async function newKey(redis: RedisClient, prefix: string, producer: string, scopes?: readonly Scope[]) {
  const { key, keyId } = await createApiKey(redis, prefix, producer, scopes)
  return { authorization: `Bearer ${key}`, keyId }
}

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** What axe finds on the page as it is, each with its first place. Axe stays in the page until another one is loaded. */
export async function axe(page: Page): Promise<string[]> {
  if ((await page.evaluate('typeof globalThis.axe')) === 'undefined') await page.evaluate(axeCore.source)
  return page.evaluate<string[]>(`axe
    .run(document, { runOnly: ${JSON.stringify(rules)}, resultTypes: ['violations'] })
    .then(({ violations }) => violations.map(
      ({ id, nodes }) => id + ': ' + nodes[0]?.html.slice(0, 200) + ' ' + nodes[0]?.failureSummary,
    ))`)
}

/** Whether the page is wider than its window: it would have to be moved sideways. */
export const overflow = async (page: Page): Promise<number> =>
  Number(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'))

/** How a page may be looked at. */
export const looks: Readonly<Record<string, BrowserContextOptions>> = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  'forced colours': { forcedColors: 'active' },
  'a narrow window': { viewport: { width: 320, height: 640 } },
}

/** Looks at a page that is open in another way, as soon as it is drawn so. `text`: its size, where it is not the usual 0.875rem. */
export async function lookAt(page: Page, look: BrowserContextOptions, text = ''): Promise<void> {
  const { colorScheme = 'light', forcedColors = 'none', viewport } = look
  await page.emulateMedia({ colorScheme, forcedColors })
  await page.setViewportSize(viewport ?? usualWindow)
  await page.evaluate(`new Promise((drawn) => {
    document.documentElement.style.fontSize = '${text}'
    requestAnimationFrame(() => requestAnimationFrame(drawn))
  })`)
}

const hasFocus = (element: { ownerDocument: { activeElement: unknown } }): boolean =>
  element.ownerDocument.activeElement === element

/** Presses Tab until that has the focus, as who has no mouse does. */
export async function tabTo(page: Page, wanted: Locator): Promise<void> {
  // of two tabs only the one in front is walked through
  await page.bringToFront()
  await wanted.waitFor()
  for (let press = 0; press < 100; press += 1) {
    if (await wanted.evaluate(hasFocus)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not lead to ${String(wanted)}`)
}

/** The byte of each state in the map of a batch. */
const bytes = {
  queued: 'q',
  running: 'r',
  rendered: 'd',
  succeeded: '+',
  failed: '-',
  canceled: 'x',
  uncertain: 'u',
} as const
type Seed = Partial<Record<keyof typeof bytes, number>>

/** A batch with so many rows of each state, written as the ledger would have them. Gives its id. */
export async function seedBatch(
  world: World,
  key: { authorization: string },
  states: Seed,
  more: Record<string, unknown> = {},
): Promise<string> {
  const rows = Object.values(states).reduce((sum, each) => sum + each, 0)
  const answer = await world.producer.app.inject({
    method: 'POST',
    url: '/v1/batches',
    headers: key,
    payload: { edits: Array.from({ length: rows }, () => fine), ...more },
  })
  const { id } = answer.json()
  const counts = Object.fromEntries(
    Object.keys(bytes).map((state) => [state, states[state as keyof typeof bytes] ?? 0]),
  )
  const batch = `${world.prefix}:batch:${id}`
  await world.redis.hset(batch, { ...counts, resting: 0 })
  const map = Object.entries(states).map(([state, count]) => bytes[state as keyof typeof bytes].repeat(count))
  await world.redis.set(`${batch}:map`, map.join(''))
  return id
}

export { openProducer, type World }
