import { type Client, createClient } from '@restyle/client/client'
import { openStory, type Story, strangerSubmits, until } from '../stories/story.ts'
import { type Browsing, openBrowser, tabTo } from './open-console.ts'

const env = {
  // an edit of which nobody knows is held soon
  RESTYLE_RECEIPT_DEADLINE_MS: '1000',
  RESTYLE_POST_DEADLINE_MS: '2000',
  RESTYLE_SETTLE_MS: '200',
}
const doubtful = 'of which nobody knows'

describe('an edit in doubt', () => {
  let story: Story
  let browsing: Browsing
  let client: Client
  let inDoubt: string

  beforeAll(async () => {
    story = await openStory({ env })
    const { url, redis, apiKey, dashscope } = story.world
    client = createClient({ url, key: apiKey })
    const key = { authorization: `Bearer ${apiKey}`, keyId: '' }
    const opened = await openBrowser(() => ({ url, redis, prefix: '{restyle}' }))
    browsing = { ...opened, open: (path, more) => opened.open(path, { key, ...more }) }
    await strangerSubmits(story, doubtful)
    dashscope.faults.add({ at: 'submit', match: ({ prompt }) => prompt === doubtful, do: { type: 'reset' } })
    inDoubt = await story.enqueue({ prompt: doubtful, key: 'lost lamp' })
    await until(async () => (await client.edits.read(inDoubt)).state === 'review')
  })
  afterAll(async () => {
    await browsing.stop()
    await story.stop()
  })

  it('is shown with what is known of its submit beside each task that it may have made, and none is chosen', async () => {
    const { page, close } = await browsing.open('/', {})
    const histories: string[] = []
    page.on('request', (request) => {
      if (request.url().endsWith('/history')) histories.push(request.url())
    })
    await page.getByRole('link', { name: /^Uncertain/ }).click()
    const held = page.getByRole('article', { name: 'Held: lost lamp' })
    await held.getByText('sent; the connection was reset before an answer came').waitFor()
    const [read] = (await client.reviews.page()).reviews
    expect(read?.tasks).toHaveLength(2)
    await held.getByText(read?.submit.bodyHash ?? 'no hash', { exact: true }).waitFor()
    expect(
      await held
        .getByText(/^\d\d:\d\d:\d\d, .*; after \d\d:\d\d:\d\d it could not be sent any more$/)
        .count(),
    ).toBe(1)
    for (const taskId of read?.candidates ?? []) {
      const row = held.getByRole('row', { name: taskId })
      expect(await row.ariaSnapshot()).toMatch(
        /submit began[^]*succeeded[^]*1 image of 1[^]*the same as the edit’s[^]*It is this task/,
      )
    }
    expect(await held.getByRole('textbox', { name: 'Another task' }).inputValue()).toBe('')
    // what the bucket has is read when somebody asks for it
    expect(histories).toEqual([])
    await held.getByText('Evidence: receipts').click()
    await held
      .getByRole('region', { name: 'Attempt 1' })
      .getByText(read?.submit.bodyHash ?? 'no hash')
      .waitFor()
    expect(histories).toHaveLength(1)
    await close()
  })

  it('is decided by keys alone', async () => {
    const ours = story.world.dashscope.describe().filter(({ prompt }) => prompt === doubtful)[1]?.taskId ?? ''
    const { page, close } = await browsing.open('/', {})
    await page.getByRole('heading', { name: 'Batches' }).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('u')
    await page.getByRole('article', { name: 'Held: lost lamp' }).waitFor()
    await tabTo(page, page.getByRole('button', { name: `It is this task ${ours}` }))
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'It is this task' })
    await dialog.waitFor()
    await tabTo(page, dialog.getByRole('textbox'))
    await page.keyboard.press('Enter')
    // nothing is decided before it is typed
    expect((await client.edits.read(inDoubt)).state).toBe('review')
    await page.keyboard.type(ours.slice(-6))
    await page.keyboard.press('Enter')
    await page.getByText('lost lamp: its task is asked about now.').waitFor()
    await page.getByRole('heading', { name: 'No edit is in doubt' }).waitFor()
    const [end] = await story.ended([inDoubt])
    expect(end).toMatchObject({ type: 'restyle.edit.succeeded', data: { taskId: ours } })
    await close()
  })
})
