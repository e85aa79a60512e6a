import { readFile } from 'node:fs/promises'
import type { Locator, Page } from 'playwright-core'
import { until } from '../stories/story.ts'
import { axe, type Browsing, lookAt, looks, openBrowser, overflow } from './open-console.ts'
import { faultsOfWalk } from './focus-walk.ts'
import { hostile, longKey, openFullWorld } from './open-full-world.ts'

let world: Awaited<ReturnType<typeof openFullWorld>>
let browsing: Browsing
let tab: Awaited<ReturnType<Browsing['open']>>

beforeAll(async () => {
  world = await openFullWorld()
  const { url, redis, apiKey } = world.story.world
  browsing = await openBrowser(() => ({ url, redis, prefix: '{restyle}' }))
  tab = await browsing.open('/', {
    key: { authorization: `Bearer ${apiKey}`, keyId: '' },
    context: { reducedMotion: 'reduce' },
    allow: /status of 401/,
  })
})
afterAll(async () => {
  await browsing.stop()
  await world.stop()
})

type Shown = readonly [path: string, heading: string, heard: readonly RegExp[]]

/** Each page: its address, its heading, and what of it is heard once it is there. */
const pages: readonly Shown[] = [
  ['/batches', 'Batches', [/table "Batches, the newest first"/, /progressbar "Progress of spring catalog/]],
  ['/batches/:batch', hostile, [/heading "Money"/, /region "Progress"/, /heading "Rows"/]],
  ['/batches/:waiting', 'lamps, once more', [/progressbar "Progress of lamps, once more"/, /is left/]],
  [
    '/batches/:batch/gallery',
    hostile,
    [/grid "Pictures of spring catalog .*: 6 rows"/, /LAMP 1, after, approved by/],
  ],
  ['/batches/:batch/gallery?row=1&view=open', hostile, [/region "Viewer"/, /slider "How much is before"/]],
  ['/search?q=key:K', 'Search', [/table "Edits of/, /1 edit found/]],
  ['/search', 'Search', [/heading "Say what to look for"/]],
  ['/failures', 'Failures', [/region "Needs somebody"/, /article "DataInspectionFailed"/, /in 24 hours: /]],
  [
    '/edits/:edit',
    'LAMP 1',
    [/region "What happened"/, /region "Who has heard of it"/, /img "Source 1 of LAMP 1"[^]*img "Image 2/],
  ],
  ['/edits/:hostile', hostile, [/region "What happened"/]],
  ['/edits/:failed', 'مصباح', [/region "Why it failed"/]],
  ['/edits/:long', longKey, [/region "What was asked for"/]],
  [
    '/lanes',
    'Lanes',
    [
      /table "Lanes"/,
      /meter "Slots of default that are in use"/,
      /paused by a person/,
      /button "[\d.]+ of 20"/,
      /button "none in the last/,
    ],
  ],
  ['/spend', 'Spend', [/region "Billed"/, /table/, /article "Cap in all"/, /reached/]],
  ['/schedules', 'Schedules', [/table "Schedules"/, /link "nightly"/]],
  ['/schedules/nightly', 'nightly', [/region "How it is set"/, /table "History"/]],
  ['/webhooks', 'Webhooks', [/table "Webhooks"/]],
  ['/webhooks/:webhook', 'http', [/region "How it does"/, /table "Deliveries"/]],
  ['/uncertain', 'Uncertain', [/article "Held: lost lamp"/, /textbox "Another task"/]],
  ['/settings', 'Settings', [/table "API keys"/, /table "Sessions"/, /combobox "Keys as in"/]],
  ['/nothing', 'Nothing here', [/link "Back to the start"/]],
]

it('has all pages here that there are', async () => {
  const routes = await readFile(new URL('../../../../apps/console/src/routes.tsx', import.meta.url), 'utf8')
  const paths = [...routes.matchAll(/path: '([^']+)'/g)].map(([, path = '']) => path)
  expect(paths.length).toBeGreaterThan(10)
  const looked = (path: string) => {
    const named = new RegExp(`^${path.replaceAll(/:\w+/g, '[^/?]+')}(\\?|$)`)
    return pages.some(([address]) => named.test(address))
  }
  expect(paths.filter((path) => !looked(path))).toEqual([])
})

for (const shown of pages)
  it(`${shown[0]} is in order for who hears it, sees little, has a small window, or comes by its address`, async () => {
    const { page } = tab
    await go(page, shown)
    const seen = await outline(page, shown[2])
    expect(seen).toMatch(/banner/)
    expect(seen).toMatch(/navigation "Pages"/)
    expect(seen.match(/^ *- main/gm)).toHaveLength(1)
    expect(seen.match(/\[level=1\]/g)).toHaveLength(1)
    expect(await faults(page)).toEqual([])
    expect(await faultsOfWalk(page)).toEqual([])
    // its address says all that it shows
    await page.reload()
    await outline(page, shown[2], headingsOf(seen))
  })

const headingsOf = (outline: string): string[] => outline.match(/heading .*/g) ?? []

/** Goes to a page as its links do. */
async function go(
  page: Page,
  [path, heading]: readonly [path: string, heading: string, ...unknown[]],
): Promise<void> {
  const address = path.replaceAll(/:([a-z]+)/g, (as: string, name: string) => world.ids[name] ?? as)
  await page.evaluate(`history.pushState(null, '', ${JSON.stringify(`/console${address}`)})`)
  await page.getByRole('heading', { level: 1, name: heading }).waitFor()
}

/** What is heard of the whole page, as soon as it has all of this. */
async function outline(
  page: Page,
  heard: readonly RegExp[],
  headings: readonly string[] = [],
): Promise<string> {
  let seen = ''
  const missing = () => [
    ...heard.filter((each) => !each.test(seen)),
    ...headings.filter((each) => !seen.includes(each)),
  ]
  await until(
    async () => {
      seen = await page.locator('body').ariaSnapshot()
      return missing().length === 0
    },
    30_000,
    () => `${missing().join(' and ')} in ${seen}`,
  )
  return seen
}

const ways = [
  ...Object.entries(looks).map(([name, look]) => ({ name, look, text: '' })),
  { name: 'text of 200 %', look: {}, text: '1.75rem' },
]

/** In each look: what axe says, whether one has to scroll sideways, and whether a name became more than text. */
async function faults(page: Page, looked = ways): Promise<string[]> {
  const all: string[] = []
  for (const { name, look, text } of looked) {
    await lookAt(page, look, text)
    for (const fault of await axe(page)) all.push(`${name}: ${fault}`)
    const wider = await overflow(page)
    if (wider > 0) all.push(`${name}: wider than its window by ${wider}`)
  }
  await lookAt(page, {})
  const evil = await page.evaluate(`document.querySelectorAll('x-evil, img[src="x"]').length`)
  return evil === 0 ? all : [...all, 'a name is shown as what it says']
}

/** What a page opens in front of itself or beside: its page, what opens it, and what is there then. */
const opened: readonly [path: string, heading: string, button: RegExp, there: (page: Page) => Locator][] = [
  [
    '/batches/:waiting',
    'lamps, once more',
    /^Cancel…/,
    (page) => page.getByRole('dialog', { name: /^Cancel/ }),
  ],
  [
    '/batches/:waiting',
    'lamps, once more',
    /^Raise the budget…/,
    (page) => page.getByRole('dialog').getByText('¥0.40, for 2 rows'),
  ],
  [
    '/failures',
    'Failures',
    /^Retry…/,
    // what comes of one row is paid from what is left of its batch
    (page) => page.getByRole('dialog').getByText(/^Left of the budget: ¥8\d\.\d+ of ¥90/),
  ],
  [
    '/uncertain',
    'Uncertain',
    /^It never arrived/,
    (page) => page.getByRole('dialog').getByLabel(/^Type .* to confirm/),
  ],
  [
    '/batches/:batch/gallery?row=1&view=open',
    hostile,
    /^Redo…/,
    (page) => page.getByRole('form', { name: 'Redo this picture' }).getByText(/^It costs/),
  ],
]

for (const [path, heading, button, there] of opened)
  it(`what ${button.source.slice(1)} opens on ${path} is in order, too`, async () => {
    const { page } = tab
    await go(page, [path, heading])
    await page
      .getByRole('button', { name: button })
      .and(page.locator(':not([aria-disabled])'))
      .first()
      .click()
    await there(page).waitFor()
    expect(
      await faults(
        page,
        ways.filter(({ name }) => /light|forced|text/.test(name)),
      ),
    ).toEqual([])
    expect(await faultsOfWalk(page)).toEqual([])
    await page.keyboard.press('Escape')
    await there(page).waitFor({ state: 'detached' })
  })

it('the page of an edit says who has heard of it', async () => {
  const { page } = tab
  await go(page, ['/edits/:edit', 'LAMP 1'])
  const heard = page.getByRole('region', { name: 'Who has heard of it' })
  await heard.getByText(/^orders .*: sent$/).waitFor()
  await heard.getByRole('link', { name: /^orders/ }).click()
  await page.getByRole('region', { name: 'How it does' }).waitFor()
  expect(page.url()).toContain(world.ids['webhook'])
})

it('a new API key is in order, too', async () => {
  const { page } = tab
  await go(page, ['/settings', 'Settings'])
  await page.getByText('Make a key', { exact: true }).click()
  await page.getByLabel('Producer').fill('shop')
  await page.getByLabel('Name, if any').fill(hostile)
  await page.getByRole('button', { name: 'Make the key' }).click()
  await page.getByText('This is the one time').waitFor()
  expect(
    await faults(
      page,
      ways.filter(({ name }) => /light|forced|text/.test(name)),
    ),
  ).toEqual([])
})

it('the table of keys and the page to sign in are in order, too', async () => {
  const { page } = tab
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keys' }).waitFor()
  expect(await faults(page)).toEqual([])
  await page.keyboard.press('Escape')
  expect(await page.title()).toBe('Restyle')
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByLabel('API key').waitFor()
  expect(await faults(page)).toEqual([])
  await tab.close()
})

it('says to a producer who has nothing what to do', async () => {
  const { page, close } = await browsing.open('/', { producer: 'new', allow: /status of 403/ })
  for (const [path, says] of [
    ['/batches', 'No batch yet'],
    ['/failures', 'Nothing has failed'],
    ['/uncertain', 'No edit is in doubt'],
    ['/lanes', 'Your key does not open this'],
    ['/spend', 'Nothing matches'],
    ['/schedules', 'No schedule yet'],
    ['/webhooks', 'No webhook yet'],
  ] as const) {
    await page.evaluate(`history.pushState(null, '', '/console${path}')`)
    await page.getByRole('heading', { name: says }).waitFor()
    expect([path, await axe(page)]).toEqual([path, []])
  }
  await close()
})

it('says to a key that may only read why it may not change anything, and asks for no change', async () => {
  const { page, close } = await browsing.open('/', {
    producer: 'local',
    scopes: ['edits:read'],
    allow: /status of 403/,
  })
  const changes: string[] = []
  page.on('request', (request) => {
    if (request.method() !== 'GET') changes.push(`${request.method()} ${request.url()}`)
  })
  for (const [path, heading, buttons] of [
    ['/batches/:waiting', 'lamps, once more', ['Pause', 'Cancel…', 'Raise the budget…']],
    ['/batches/:batch/gallery?row=1&view=open', hostile, ['Approve', 'Reject', 'Redo…', 'Clear']],
    ['/uncertain', 'Uncertain', ['It is this task', 'It never arrived, submit again', 'Give it up']],
    ['/schedules', 'Schedules', ['Pause nightly', 'Run now nightly']],
    ['/schedules/nightly', 'nightly', ['Pause nightly', 'Run now nightly']],
  ] as const) {
    await go(page, [path, heading])
    for (const name of buttons) {
      const button = page.getByRole('button', { name, exact: true })
      await button.focus()
      await page
        .getByRole('tooltip')
        .getByText(/does not have the scope edits:write/)
        .waitFor()
      expect([name, await button.getAttribute('aria-disabled')]).toEqual([name, 'true'])
      await page.keyboard.press('Enter')
    }
  }
  for (const path of ['/lanes', '/webhooks', '/webhooks/:webhook'])
    await go(page, [path, 'Your key does not open this'])
  await go(page, ['/settings', 'Settings'])
  await page.getByText('does not have the scope admin').waitFor()
  expect(changes).toEqual([])
  await close()
})
