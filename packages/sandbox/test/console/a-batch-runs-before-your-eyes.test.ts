import { openStory, type Story, until } from '../stories/story.ts'
import { type Browsing, openBrowser } from './open-console.ts'

describe('a batch in the console', () => {
  let story: Story
  let browsing: Browsing
  beforeAll(async () => {
    story = await openStory()
    const { url, redis } = story.world
    browsing = await openBrowser(() => ({ url, redis, prefix: '{restyle}' }))
  })
  afterAll(async () => {
    await browsing.stop()
    await story.stop()
  })

  it('runs before your eyes, in two tabs by one line', async () => {
    const { page, key, close } = await browsing.open('/', { producer: 'local' })
    await page.getByRole('heading', { name: 'No batch yet' }).waitFor()
    const lines: string[] = []
    page.context().on('request', (request) => {
      if (request.url().includes('/v1/live')) lines.push(request.url())
    })
    const images = [await story.picture()]
    const edits = Array.from({ length: 30 }, (_, i) => ({ prompt: `row ${i}`, size: '768*768', images }))
    const { body } = await story.call('POST', '/v1/batches', { edits, name: 'thirty' }, key)
    const { id } = body as { id: string }
    // nobody loads it again
    await page.getByRole('link', { name: 'thirty' }).click()
    const other = await page.context().newPage()
    await other.goto(page.url())
    for (const tab of [page, other]) {
      const bar = tab.getByRole('progressbar', { name: 'Progress of thirty' })
      await until(async () => (await bar.getAttribute('aria-valuenow')) === '30', 45_000)
      expect(await bar.getAttribute('aria-valuetext')).toBe('100 % of 30 edits ended: 30 stored')
      await tab.getByText(/^done /).waitFor()
    }
    expect(lines.filter((url) => url.includes(id))).toHaveLength(1)
    await close()
  })
})
