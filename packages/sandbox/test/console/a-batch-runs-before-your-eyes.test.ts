import { readFile } from 'node:fs/promises'
import { type Client, createClient } from '@restyle/client/client'
import type { Locator, Page } from 'playwright-core'
import { openStory, type Story, until } from '../stories/story.ts'
import { type Browsing, openBrowser, tabTo } from './open-console.ts'

const model = 'wan2.5-i2i-preview'
const quota = { submitPerSecond: 50, running: 20 }
const env = { RESTYLE_LANES: JSON.stringify([{ name: 'default', model, ...quota }]) }

describe('a batch in the console', () => {
  let story: Story
  let browsing: Browsing
  let client: Client
  let key: { authorization: string; keyId: string }
  const open = (path: string, more: Parameters<Browsing['open']>[1] = {}) =>
    browsing.open(path, { key, ...more })

  beforeAll(async () => {
    story = await openStory({ env, dashscope: { quotas: { [model]: quota } } })
    const { url, redis, apiKey } = story.world
    client = createClient({ url, key: apiKey })
    key = { authorization: `Bearer ${apiKey}`, keyId: '' }
    browsing = await openBrowser(() => ({ url, redis, prefix: '{restyle}' }))
  })
  afterAll(async () => {
    await browsing.stop()
    await story.stop()
  })

  /** Rows named LAMP 01 and so on. Gives the id of the batch. */
  async function make(rows: number, name: string): Promise<string> {
    const images = [await story.picture()]
    const edits = Array.from({ length: rows }, (_, i) => ({
      key: nameOf(i + 1, name),
      prompt: `row ${i} of ${name}`,
      size: '768*768',
      images,
    }))
    return (await client.batches.create({ edits, name })).id
  }
  const nameOf = (row: number, name: string): string => `${name} ${String(row).padStart(2, '0')}`
  const verdictsOf = async (batch: string): Promise<string> =>
    String.fromCharCode(...(await client.batches.map(batch)).verdict)

  it('runs before your eyes, in two tabs by one line', async () => {
    const { page, close } = await open('/')
    await page.getByRole('heading', { name: 'No batch yet' }).waitFor()
    const lines: string[] = []
    page.context().on('request', (request) => {
      if (request.url().includes('/v1/live')) lines.push(request.url())
    })
    const id = await make(50, 'fifty')
    // nobody loads it again
    await page.getByRole('link', { name: 'fifty' }).click()
    const other = await page.context().newPage()
    await other.goto(page.url())
    for (const tab of [page, other]) {
      const bar = tab.getByRole('progressbar', { name: 'Progress of fifty' })
      await until(async () => (await bar.getAttribute('aria-valuenow')) === '50', 45_000)
      expect(await bar.getAttribute('aria-valuetext')).toBe('100 % of 50 edits ended: 50 stored')
      await tab.getByText(/^done /).waitFor()
    }
    expect(lines.filter((url) => url.includes(id))).toHaveLength(1)
    await close()
  })

  it('is reviewed by keys alone: fifty verdicts, which a second tab sees, and all of them taken back', async () => {
    const { page, close } = await open('/')
    await page.getByRole('link', { name: 'fifty' }).waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('r')
    await page.getByRole('gridcell', { name: 'fifty 01, after' }).waitFor()
    const other = await page.context().newPage()
    await other.goto(page.url())
    const batch = /batches\/([^/?]+)/.exec(page.url())?.[1] ?? ''
    await tabTo(page, page.getByRole('grid'))
    await page.keyboard.press('Enter')
    for (let row = 1; row <= 50; row += 1) {
      await ready(page, nameOf(row, 'fifty'))
      await page.keyboard.press(row % 5 === 0 ? 'x' : 'a')
    }
    await page.getByText('All 50 rows are reviewed: 40 approved, 10 rejected, 0 to redo.').waitFor()
    await until(async () => (await verdictsOf(batch)) === 'aaaar'.repeat(10))
    await other.getByRole('gridcell', { name: /^fifty 05, after, rejected/ }).waitFor()
    const reviewed = async () => (await story.told()).filter(({ type }) => type === 'restyle.edit.reviewed')
    await until(async () => (await reviewed()).length === 50)

    for (let row = 50; row >= 1; row -= 1) {
      await page.keyboard.press('z')
      await page.getByRole('heading', { name: nameOf(row, 'fifty') }).waitFor()
    }
    await until(async () => (await verdictsOf(batch)) === '.'.repeat(50))
    // the address follows in a moment
    await page.waitForURL(/[?&]row=1&/)
    await page.reload()
    await ready(page, nameOf(1, 'fifty'))
    await page.getByRole('status').filter({ hasText: 'not reviewed' }).waitFor()

    await page.keyboard.press('Escape')
    await tabTo(page, page.getByRole('grid'))
    await page.keyboard.press('Control+a')
    await page.getByText('All matching: 50 rows selected').waitFor()
    await page.keyboard.press('a')
    await page.getByText('50 verdicts stored.').waitFor()
    expect(await verdictsOf(batch)).toBe('a'.repeat(50))
    await tabTo(page, page.getByRole('grid'))
    await page.keyboard.press('z')
    await page.getByText('50 verdicts taken back.').waitFor()
    expect(await verdictsOf(batch)).toBe('.'.repeat(50))
    await close()
  }, 180_000)

  /** That row is in the viewer, with a picture to decide on. */
  const ready = async (page: Page, name: string): Promise<void> => {
    await page.getByRole('heading', { name }).waitFor()
    await page
      .getByRole('button', { name: 'Approve', exact: true })
      .and(page.locator(':not([aria-disabled])'))
      .waitFor()
  }

  it('says where a second reviewer was faster, and shows his verdict', async () => {
    const { page, close } = await open('/')
    await page.getByRole('link', { name: 'fifty' }).click()
    await page.getByRole('link', { name: 'Look at the pictures' }).click()
    const cell = page.getByRole('gridcell', { name: /^fifty 01, after/ })
    await cell.waitFor()
    // what the other one does is not told to this page
    await page.getByRole('button', { name: 'live', exact: true }).click()
    const batch = /batches\/([^/?]+)/.exec(page.url())?.[1] ?? ''
    const [first] = (await client.batches.editsOfRows(batch, '1')).edits
    await client.verdicts.set(first?.id ?? '', { verdict: 'rejected' })
    await page.getByRole('grid').focus()
    await page.keyboard.press('a')
    await page.getByText(/has decided otherwise: rejected/).waitFor()
    await until(async () => /rejected/.test((await cell.getAttribute('aria-label')) ?? ''))
    expect((await client.verdicts.read(first?.id ?? '')).verdict).toBe('rejected')
    await close()
  })

  it('calls who has judged a row as their key is called, and says why and when', async () => {
    const batch = await make(1, 'named')
    await until(async () => (await client.batches.read(batch)).counts.succeeded === 1)
    const made = await client.keys.create({ producer: 'local', name: 'Ana' })
    const ana = createClient({ url: story.world.url, key: made.key })
    const [row] = (await ana.batches.editsOfRows(batch, '1')).edits
    await ana.verdicts.set(row?.id ?? '', { verdict: 'rejected', note: 'the lamp leans' })
    const { page, close } = await open(`/batches/${batch}/gallery`)
    const cell = page.getByRole('gridcell', { name: 'named 01, after, rejected by Ana', exact: true })
    await cell.click()
    const bar = page.getByRole('group', { name: 'Verdict' })
    for (const text of ['rejected by Ana', 'the lamp leans', /ago$|^just now$|^now$/])
      await bar.getByText(text).waitFor()
    await page.getByRole('link', { name: 'What happened to it' }).click()
    const section = page.getByRole('region', { name: 'Verdict' })
    await section.waitFor()
    expect(await section.getByRole('definition').allTextContents()).toEqual([
      'rejected',
      'Ana',
      expect.stringMatching(/\d\d:\d\d/),
      'the lamp leans',
    ])
    await close()
  })

  it('gives what is approved as files, and nothing else', async () => {
    const batch = await make(3, 'trio')
    await until(async () => (await client.batches.read(batch)).counts.succeeded === 3)
    await client.verdicts.judge(batch, { verdict: 'approved', rows: '1,3' })
    await client.verdicts.judge(batch, { verdict: 'rejected', rows: '2' })
    const { page, close } = await open(`/batches/${batch}/gallery`)
    const exported = async (what: string): Promise<{ name: string; lines: string[] }> => {
      const coming = page.waitForEvent('download')
      await page.getByRole('link', { name: `Export what is approved as ${what}` }).click()
      const file = await coming
      const text = await readFile(await file.path(), 'utf8')
      return { name: file.suggestedFilename(), lines: text.split(/\r?\n/).slice(0, -1) }
    }
    const csv = await exported('CSV')
    expect(csv.name).toBe('trio-approved.csv')
    expect(csv.lines.map((line) => line.split(',')[0])).toEqual(['\uFEFFkey', 'trio 01', 'trio 03'])
    const json = await exported('JSON lines')
    expect(json.name).toBe('trio-approved.jsonl')
    expect(json.lines.map((line) => (JSON.parse(line) as { key: string }).key)).toEqual([
      'trio 01',
      'trio 03',
    ])
    await close()
  })

  const spent = async (): Promise<number> => {
    const { totals } = await client.usage()
    return totals.reduce((sum, { micros, reservedMicros }) => sum + micros + reservedMicros, 0)
  }

  it('redoes a picture by keys alone for the price that was said first, and not where a cap has no money for it', async () => {
    const price = 200_000
    const batch = await make(2, 'pair')
    await until(async () => (await client.batches.read(batch)).counts.succeeded === 2)
    const before = await spent()
    await client.producers.set('local', {
      caps: [{ per: 'total', currency: 'CNY', micros: before + price }],
    })
    const { page, close } = await open(`/batches/${batch}/gallery`, { allow: /status of 4\d\d/ })
    await page.getByRole('gridcell', { name: 'pair 01, after' }).waitFor()
    await tabTo(page, page.getByRole('grid'))
    await page.keyboard.press('e')
    await page.getByRole('textbox', { name: 'Prompt' }).waitFor()
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type('on a walnut table')
    await page.getByRole('group', { name: 'What is different in the prompt' }).waitFor()
    await page.getByText('It costs ¥0.20.').waitFor()
    await page.getByText(/^Left of the cap in all: ¥0.20 of /).waitFor()
    const redo = page.getByRole('button', { name: 'Redo for ¥0.20' })
    await tabTo(page, redo.and(page.locator(':not([aria-disabled])')))
    expect(await spent()).toBe(before)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: nameOf(2, 'pair') }).waitFor()
    await page.keyboard.press('ArrowLeft')
    await page.getByRole('button', { name: 'Take 2, succeeded' }).waitFor()
    expect(await spent()).toBe(before + price)

    await page.keyboard.press('d')
    await page.keyboard.press('Shift+t')
    for (const name of ['take 1', 'take 2']) await shows(page.getByRole('group', { name }))
    await page.keyboard.press('a')
    await page.getByRole('heading', { name: nameOf(2, 'pair') }).waitFor()
    const [own] = (await client.batches.editsOfRows(batch, '1')).edits
    const takes = await client.edits.takes(own?.id ?? '')
    expect(takes.map(({ prompt, redoOf }) => ({ prompt, redoOf }))).toEqual([
      { prompt: 'row 0 of pair' },
      { prompt: 'on a walnut table', redoOf: own?.id },
    ])
    await until(async () => (await client.verdicts.read(own?.id ?? '')).redo === takes[1]?.id)

    await page.keyboard.press('e')
    await page.getByText(/^Left of the cap in all: ¥0 of /).waitFor()
    await tabTo(page, redo.and(page.locator(':not([aria-disabled])')))
    await page.keyboard.press('Enter')
    await page.getByText(/It costs up to CNY 0.20, and of the cap CNY 0/).waitFor()
    expect(await spent()).toBe(before + price)
    await close()
  })

  /** A picture is there, and it is whole. */
  const shows = (part: Locator): Promise<unknown> =>
    until(() => part.locator('img').first().evaluate(isWhole))
  const isWhole = (image: { complete?: boolean; naturalWidth?: number }): boolean =>
    image.complete === true && (image.naturalWidth ?? 0) > 0
})
