import { makeBatch, openGalleryTest, type GalleryTest } from './open-gallery.ts'

let test: GalleryTest
beforeAll(async () => {
  test = await openGalleryTest()
})
afterAll(() => test.stop())

/** A browser says every answer that is a refusal. */
const allow = /the server responded with a status of 413/
/** What a producer answers to a body above its limit, and what a proxy in front of it may allow less than. */
const tooLarge = (paths: RegExp) => (path: string) =>
  paths.test(path) ? { status: 413, code: 'too-large', detail: 'The body is over 1048576 bytes.' } : undefined

it('says that verdicts of many rows were too large an order, and shows none of them', async () => {
  const batch = makeBatch(500, { stateOf: () => '+' })
  const { page, close } = await test.open(batch, { allow, refusal: tooLarge(/\/verdicts$/) })
  await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).waitFor()
  await page.getByRole('grid').focus()
  await page.keyboard.press('Control+a')
  await page.getByText('All matching: 500 rows selected').waitFor()
  await page.keyboard.press('a')
  await page.getByText('The body is over 1048576 bytes.').waitFor()
  await page.getByRole('progressbar').waitFor({ state: 'detached' })
  await page.getByRole('gridcell', { name: 'LAMP-0001, after', exact: true }).waitFor()
  expect(Buffer.from(batch.planes.verdict).toString()).toBe('.'.repeat(500))
  // nothing was done that could be taken back
  await page.keyboard.press('z')
  await page.getByText('There is nothing to undo.').waitFor()
  expect(await page.getByText(/[1-9] verdicts? stored/).count()).toBe(0)
  await close()
})

it('keeps the words of a redo that was too large an order, and says so', async () => {
  const batch = makeBatch(20, { stateOf: () => '+' })
  const { page, close } = await test.open(batch, { allow, refusal: tooLarge(/\/redo$/) })
  await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).waitFor()
  await page.getByRole('grid').focus()
  await page.keyboard.press('e')
  const prompt = page.getByRole('textbox', { name: 'Prompt' })
  await prompt.fill('walnut table')
  await page
    .getByRole('button', { name: 'Redo for ¥0.20' })
    .and(page.locator(':not([aria-disabled])'))
    .press('Enter')
  await page.getByText('The body is over 1048576 bytes.').first().waitFor()
  expect(await prompt.inputValue()).toBe('walnut table')
  expect(batch.redos).toEqual([])
  await close()
})
