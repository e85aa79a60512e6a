import { type Client, createClient } from '@restyle/client/client'
import { type Producer, startProducer } from '@restyle/producer/start'
import { mapByte } from '@restyle/shared/contract/edit-state'
import { noVerdict, verdictByte } from '@restyle/shared/contract/planes'
import { defaultPrefix, ledgerKeys } from '@restyle/shared/ledger/keys'
import { createLog } from '@restyle/shared/log'
import type { Page } from 'playwright-core'
import { openStory, type Story, until } from '../stories/story.ts'
import { type Browsing, openBrowser } from './open-console.ts'

const model = 'wan2.5-i2i-preview'
const quota = { submitPerSecond: 50, running: 20 }
const env = { RESTYLE_LANES: JSON.stringify([{ name: 'default', model, ...quota }]) }
const refused = 'what is refused'
const code = 'DataInspectionFailed'
const keys = ledgerKeys(defaultPrefix)

let story: Story
let browsing: Browsing
let client: Client
let key: { authorization: string; keyId: string }
let images: string[]

beforeAll(async () => {
  story = await openStory({ env, dashscope: { quotas: { [model]: quota } } })
  const { url, redis, apiKey, dashscope } = story.world
  client = createClient({ url, key: apiKey })
  key = { authorization: `Bearer ${apiKey}`, keyId: '' }
  browsing = await openBrowser(() => ({ url, redis, prefix: defaultPrefix }))
  images = [await story.picture()]
  dashscope.faults.add({
    at: 'task',
    times: Infinity,
    match: ({ prompt }) => prompt?.startsWith(refused) === true,
    do: { type: 'fail', code, message: 'It may be inappropriate.' },
  })
})
afterAll(async () => {
  await browsing.stop()
  await story.stop()
})

type PlaneTexts = Record<'state' | 'verdict' | 'code', string>

/** The bytes of a batch as the ledger has them, as text. */
async function planesOf(id: string): Promise<PlaneTexts> {
  const batch = await story.world.ledger.readBatch(id)
  if (batch === undefined) throw new Error(`there is no ${id}`)
  const { bytes } = await story.world.ledger.readPlanes(batch)
  return {
    state: bytes.state.toString('latin1'),
    verdict: bytes.verdict.toString('latin1'),
    code: bytes.code.toString('latin1'),
  }
}

/** Lets the worker do at least so many rows, and no more than it has begun. */
async function standStillAfter(id: string, rows: number): Promise<void> {
  await until(async () => ((await story.world.ledger.readBatch(id))?.succeeded ?? 0) >= rows)
  await client.lanes.pause(story.lane)
  await until(async () => !/[srdu]/.test((await planesOf(id)).state))
}

const rowOf = (row: number, name: string) => ({
  key: `${name} ${String(row).padStart(2, '0')}`,
  prompt: row % 10 === 7 ? `${refused} in row ${row}` : `row ${row} of ${name}`,
  size: '768*768',
  images,
})

/** The bytes of all rows, as far as a gallery shows them: the state of its cells, their verdicts, and the code where one failed. */
async function planesShown(page: Page): Promise<PlaneTexts> {
  const cells =
    (await page.evaluate(`[...document.querySelectorAll('[role=gridcell]')].map(({ dataset, firstElementChild }) =>
    ({ ...dataset, words: firstElementChild.dataset.words }))`)) as Record<string, string>[]
  const rows = cells.toSorted((a, b) => Number(a['row']) - Number(b['row']))
  const verdicts: Readonly<Record<string, string>> = { none: noVerdict, ...verdictByte }
  return {
    state: rows.map(({ state = '' }) => (mapByte as Record<string, string>)[state]).join(''),
    verdict: rows.map(({ verdict = '' }) => verdicts[verdict]).join(''),
    code: rows.map(({ words }) => (words === code ? '\u0001' : '\0')).join(''),
  }
}

/** Rows that the worker has still to do, before those that have ended already. */
const [ahead, all] = [600, 4_000]

/** A batch of which the worker does the first rows, and of which the others have ended: by hand, since that takes a day. */
async function makeLong(): Promise<{ id: string; succeeded: number }> {
  const edits = Array.from({ length: all }, (_, i) => rowOf(i + 1, 'vase'))
  const { id } = await client.batches.stream(edits, { name: 'vases' })
  const states = edits
    .slice(ahead)
    .map(({ prompt }) => (prompt.startsWith(refused) ? mapByte.failed : mapByte.succeeded))
  const { redis } = story.world
  await redis.setrange(keys.batchMap(id), ahead, states.join(''))
  const failed = states.filter((state) => state === mapByte.failed).length
  await redis.hincrby(keys.batch(id), 'failed', failed)
  await redis.hincrby(keys.batch(id), 'succeeded', states.length - failed)
  await redis.hincrby(keys.batch(id), 'resting', -states.length)
  return { id, succeeded: states.length - failed }
}

it('judges what it has shown, in one call of few bytes, while the worker adds rows, and takes that back', async () => {
  const { id, succeeded } = await makeLong()
  await standStillAfter(id, succeeded + 5)
  const shown = (await planesOf(id)).state
  const { page, close } = await browsing.open(`/batches/${id}/gallery?state=succeeded`, { key })
  await page
    .getByRole('gridcell', { name: /^vase \d+, after/ })
    .first()
    .waitFor()
  await client.lanes.resume(story.lane)
  await page.getByRole('button', { name: /^\+\d+ new$/ }).waitFor()
  await page.getByRole('grid').focus()
  await page.keyboard.press('Control+a')
  const matched = shown.replaceAll(/[^+]/g, '').length
  const said = (words: string) => page.getByText(words, { exact: true }).waitFor()
  await said(`All matching: ${matched.toLocaleString('en')} rows selected`)
  const ordered = page.waitForResponse(/\/verdicts$/)
  await page.keyboard.press('a')
  const order = await ordered
  expect(order.request().postDataJSON()).toMatchObject({ verdict: 'approved', where: { state: 'succeeded' } })
  expect(order.request().postData()?.length).toBeLessThan(2_000)
  expect(await order.json()).toMatchObject({ matched })
  await said(`${matched.toLocaleString('en')} verdicts stored.`)
  const approved = shown.replaceAll(/[^+]/g, '.').replaceAll('+', 'a')
  const stored = await planesOf(id)
  expect(stored.verdict).toBe(approved)
  // there was more to judge by then, and there is more to come
  expect(stored.state.replaceAll(/[^+]/g, '').length).toBeGreaterThan(matched)
  expect(stored.state).toMatch(/[.qsr]/)

  const row = all
  expect(approved[row - 1]).toBe('a')
  await client.verdicts.judge(id, { verdict: 'rejected', rows: String(row) })
  await until(async () => (await planesOf(id)).verdict[row - 1] === 'r')
  await page.getByRole('grid').focus()
  await page.keyboard.press('z')
  await said(`${(matched - 1).toLocaleString('en')} verdicts taken back; 1 row had changed and stayed.`)
  expect((await planesOf(id)).verdict).toBe(`${'.'.repeat(all - 1)}r`)
  await close()
  await client.batches.cancel(id)
})

/*
 * The last one: it ends the producer. The page's clock goes on by half a minute while the producer is away for a second or two. It sees what it would see in that time:
 * its line is gone, each try to open it anew fails, and what it shows gets older.
 */
it('shows how old it is for the half minute in which the producer is away, and every row as the ledger has it afterwards', async () => {
  const { ledger, producer, redis, store } = story.world
  const rows = 60
  const { id } = await client.batches.create({
    edits: Array.from({ length: rows }, (_, i) => rowOf(i + 1, 'lamp')),
    name: 'lamps',
  })
  await standStillAfter(id, 5)
  const { page, close } = await browsing.open(`/batches/${id}/gallery`, {
    key,
    context: { viewport: { width: 1280, height: 2400 } },
    allow: /Failed to load resource/,
  })
  await page.clock.install()
  await page.reload()
  const live = page.getByRole('button', { name: 'live', exact: true })
  const ended = page.getByRole('gridcell', { name: /^lamp \d\d, (after|failed)/ })
  await live.waitFor()
  const before = (await planesOf(id)).state.replaceAll(/[^+-]/g, '').length
  expect(before).toBeLessThan(rows)
  await until(async () => (await ended.count()) === before)
  await page.evaluate('globalThis.isSame = true')

  // as if it was killed: nobody is told, and what it held in memory is gone
  producer.app.server.closeAllConnections()
  await producer.stop()
  await page.getByRole('button', { name: /^reconnecting, data of/ }).waitFor()
  await page.clock.fastForward(30_000)
  await page.getByRole('button', { name: /^reconnecting, data of 3\d s ago/ }).waitFor()
  await ledger.lanes.restart(story.lane)
  await until(async () => /^[+-]{60}$/.test((await planesOf(id)).state))
  // what was shown stays
  expect(await page.getByRole('gridcell').count()).toBe(rows)
  expect(await ended.count()).toBe(before)

  const { port } = new URL(story.world.url)
  const config = { host: '127.0.0.1', port: Number(port), prefix: defaultPrefix }
  const again: Producer = await startProducer({ config, redis, store, log: createLog('silent') })
  try {
    // a reviewer is faster than the page, which waits before its next try
    await client.verdicts.judge(id, { verdict: 'approved', rows: '1-6,31' })
    await client.verdicts.judge(id, { verdict: 'rejected', rows: '60' })
    await until(async () => (await planesOf(id)).verdict.replaceAll('.', '') === 'aaaaaaar')
    await page.clock.fastForward(15_000)
    await live.waitFor()
    const kept = await planesOf(id)
    expect(kept.code).toContain('\u0001')
    await until(
      async () => Object.values(await planesShown(page)).join() === Object.values(kept).join(),
    ).catch(() => undefined)
    expect(await planesShown(page)).toEqual(kept)
    // by its line, and not because it was loaded again
    expect(await page.evaluate('globalThis.isSame')).toBe(true)
    await close()
  } finally {
    await again.stop()
  }
})
