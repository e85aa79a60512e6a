import type { Locator, Page } from 'playwright-core'
import {
  areDrawn,
  makeBatch,
  openGalleryTest,
  openViewer,
  untilSo,
  type GalleryTest,
} from './open-gallery.ts'

let test: GalleryTest
beforeAll(async () => {
  test = await openGalleryTest()
})
afterAll(() => test.stop())

type Box = { x: number; y: number; width: number; height: number }

const window800 = { width: 1280, height: 800 }
/** The size (px) that the stand-in says of every result. */
const edge = 1280

const boxOf = async (of: Locator): Promise<Box> => {
  const box = await of.boundingBox()
  if (box === null) throw new Error(`${String(of)} is not drawn`)
  return box
}
const paneOf = (page: Page): Promise<Box> => boxOf(page.locator('.pane').first())
/** Where the first layer lies in its pane: how much it is enlarged, and how far it is moved. */
const zoomOf = async (page: Page): Promise<{ scale: number; x: number; y: number }> => {
  const read = `(() => {
    const { a: scale, e: x, f: y } = new DOMMatrix(getComputedStyle(document.querySelector('.pane .layer')).transform)
    return { scale, x, y }
  })()`
  return (await page.evaluate(read)) as { scale: number; x: number; y: number }
}
const zoomWords = (page: Page): Promise<string> => page.locator('.zoom-words').innerText()
const pane = (page: Page, name: string) => page.getByRole('group', { name, exact: true })

describe('a zoom', () => {
  it('is told in per cent of the own pixels of the picture, as the screen has them', async () => {
    for (const deviceScaleFactor of [1, 2]) {
      const { page, close } = await openViewer(test, undefined, {
        context: { viewport: window800, deviceScaleFactor },
      })
      const { width, height } = await paneOf(page)
      const fitted = Math.round((Math.min(width, height) * deviceScaleFactor * 100) / edge)
      expect(await zoomWords(page)).toBe(`Fit (${fitted} %)`)
      await page.keyboard.press('f')
      expect(await zoomWords(page)).toBe('100 %')
      const { scale } = await zoomOf(page)
      expect(scale * Math.min(width, height) * deviceScaleFactor).toBeCloseTo(edge, 0)
      await page.keyboard.press('0')
      expect(await zoomWords(page)).toBe(`Fit (${fitted} %)`)
      expect(await zoomOf(page)).toEqual({ scale: 1, x: 0, y: 0 })
      await close()
    }
  })

  it('follows the wheel around the pointer, and + and - too', async () => {
    const { page, close } = await openViewer(test)
    const { x, y, width, height } = await paneOf(page)
    const at = { x: width / 4, y: height / 4 }
    await page.mouse.move(x + at.x, y + at.y)
    await page.mouse.wheel(0, -400)
    await untilSo(page, `document.querySelector('.pane[data-zoomed]') !== null`)
    const wheeled = await zoomOf(page)
    expect(wheeled.scale).toBeGreaterThan(1.5)
    // what is under the pointer stays there
    expect(at.x * wheeled.scale + wheeled.x).toBeCloseTo(at.x, 0)
    expect(at.y * wheeled.scale + wheeled.y).toBeCloseTo(at.y, 0)
    await page.keyboard.press('+')
    const larger = await zoomOf(page)
    expect(larger.scale).toBeCloseTo(wheeled.scale * 1.4, 2)
    expect(at.x * larger.scale + larger.x).toBeCloseTo(at.x, 0)
    await page.keyboard.press('-')
    expect((await zoomOf(page)).scale).toBeCloseTo(wheeled.scale, 2)
    for (let press = 0; press < 5; press += 1) await page.keyboard.press('-')
    expect(await zoomOf(page)).toEqual({ scale: 1, x: 0, y: 0 })
    await close()
  })

  it('is moved by Shift and arrows, by dragging, and by a press that brings a point to the middle', async () => {
    const { page, close } = await openViewer(test)
    const { x, y, width, height } = await paneOf(page)
    await page.keyboard.press('f')
    const middle = await zoomOf(page)
    await page.keyboard.press('Shift+ArrowRight')
    await page.keyboard.press('Shift+ArrowDown')
    const moved = await zoomOf(page)
    expect([moved.x, moved.y]).toEqual([middle.x - 80, middle.y - 80])
    await page.mouse.move(x + width / 2, y + height / 2)
    await page.mouse.down()
    await page.mouse.move(x + width / 2 + 30, y + height / 2 + 20, { steps: 3 })
    await page.mouse.up()
    const dragged = await zoomOf(page)
    expect([dragged.x - moved.x, dragged.y - moved.y]).toEqual([30, 20])
    await page.mouse.click(x + width / 2 + 50, y + height / 2 - 40)
    const pressed = await zoomOf(page)
    expect([pressed.x - dragged.x, pressed.y - dragged.y]).toEqual([-50, 40])
    expect(pressed.scale).toBe(middle.scale)
    await close()
  })

  it('ends with its row, for which nothing larger was read ahead', async () => {
    const asked: string[] = []
    const latencyMs = (path: string): number => {
      asked.push(path)
      return 0
    }
    const { page, close } = await openViewer(test, undefined, { latencyMs })
    await page.keyboard.press('f')
    await untilSo(page, `document.querySelectorAll('.pane img').length === 4`)
    expect(asked).toContain('/v1/edits/edit-2/images/0')
    await page.keyboard.press('ArrowRight')
    await page.getByRole('heading', { name: 'LAMP-0003' }).waitFor()
    await untilSo(page, areDrawn)
    expect(await zoomOf(page)).toEqual({ scale: 1, x: 0, y: 0 })
    expect(asked).not.toContain('/v1/edits/edit-3/images/0')
    await page.keyboard.press('ArrowLeft')
    await page.getByRole('heading', { name: 'LAMP-0002' }).waitFor()
    expect(await zoomOf(page)).toEqual({ scale: 1, x: 0, y: 0 })
    await close()
  })
})

describe('the slider', () => {
  const set = async (page: Page, value: number): Promise<void> => {
    await page.getByRole('slider', { name: 'How much is' }).fill(String(value))
  }
  /** Where the line between both is, from the left of the pane. */
  const lineAt = async (page: Page): Promise<number> =>
    (await boxOf(page.locator('.divider'))).x - (await paneOf(page)).x

  it('cuts from where the picture begins to where it ends', async () => {
    const { page, close } = await openViewer(test)
    const { width, height } = await paneOf(page)
    // a square in the middle of a wide pane
    expect(width).toBeGreaterThan(height * 1.5)
    for (const at of [0, 25, 100]) {
      await set(page, at)
      expect(await lineAt(page)).toBeCloseTo((width - height) / 2 + (height * at) / 100, 0)
    }
    const slider = await boxOf(page.getByRole('slider', { name: 'How much is' }))
    expect(slider.width).toBeCloseTo(height, 0)
    await close()
  })

  it('does so with what is seen of an enlarged one', async () => {
    const { page, close } = await openViewer(test)
    const { x, y, width, height } = await paneOf(page)
    await page.mouse.move(x + width / 2, y + height / 2)
    // less wide than the pane, and wider
    for (const key of ['+', 'f']) {
      await page.locator('.viewer').focus()
      await page.keyboard.press(key)
      const seen = Math.min(width, height * (await zoomOf(page)).scale)
      for (const at of [0, 50, 100]) {
        await set(page, at)
        expect(await lineAt(page)).toBeCloseTo((width - seen) / 2 + (seen * at) / 100, 0)
      }
    }
    await close()
  })
})

describe('a way to compare', () => {
  it('is the result alone, or both in turn', async () => {
    const { page, close } = await openViewer(test)
    await page.keyboard.press('n')
    await pane(page, 'after').waitFor()
    expect(await page.locator('.divider').count()).toBe(0)
    expect(await page.getByRole('radio', { name: 'After' }).isChecked()).toBe(true)
    await page.keyboard.press('k')
    for (const name of ['before', 'after', 'before']) await pane(page, name).waitFor()
    expect(await page.getByRole('radio', { name: 'Blink' }).isChecked()).toBe(true)
    await close()
  })
})

describe('the room of the pictures', () => {
  const seenWhole = async (page: Page, of: Locator): Promise<boolean> => {
    const { y, height } = await boxOf(of)
    return y >= 0 && y + height <= (page.viewportSize()?.height ?? 0)
  }

  it('is more than six tenths of the height of a window, and all else is in sight', async () => {
    const { page, close } = await openViewer(test)
    expect((await paneOf(page)).height).toBeGreaterThan(0.6 * window800.height)
    expect(await seenWhole(page, page.getByRole('navigation', { name: 'Neighbours' }))).toBe(true)
    await page.keyboard.press('e')
    await page.getByRole('button', { name: 'Redo for ¥0.20' }).waitFor()
    expect(await seenWhole(page, page.getByRole('navigation', { name: 'Neighbours' }))).toBe(true)
    expect((await paneOf(page)).height).toBeGreaterThan(0.5 * window800.height)
    await close()
  })

  it('is the whole window where one wants that, also in the next viewer', async () => {
    const { page, close } = await openViewer(test)
    const usual = (await paneOf(page)).height
    await page.keyboard.press('h')
    await page.getByRole('navigation', { name: 'Pages' }).waitFor({ state: 'hidden' })
    const { width, height } = await paneOf(page)
    expect(width).toBeGreaterThan(0.95 * window800.width)
    expect(height).toBeGreaterThan(usual + 40)
    expect(await page.getByRole('button', { name: 'Wide' }).getAttribute('aria-pressed')).toBe('true')
    await page.keyboard.press('Escape')
    await page.getByRole('navigation', { name: 'Pages' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('navigation', { name: 'Pages' }).waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Wide' }).click()
    await page.getByRole('navigation', { name: 'Pages' }).waitFor()
    await close()
  })
})

it('has a skeleton in place of what opens slowly, and of a row that is read slowly', async () => {
  const { page, close } = await test.open(makeBatch(4_000, { stateOf: () => '+' }))
  await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).waitFor()
  let letGo = (): void => {}
  const gate = new Promise<void>((resolve) => {
    letGo = resolve
  })
  await page.route(/assets\/viewer.*\.js/, async (route) => {
    await gate
    await route.continue()
  })
  await page.getByRole('gridcell', { name: 'LAMP-0001, after' }).click()
  await page.getByRole('status').filter({ hasText: 'Loading the viewer' }).waitFor()
  let read = (): void => {}
  const rows = new Promise<void>((resolve) => {
    read = resolve
  })
  await page.route(/\/edits\?rows=/, async (route) => {
    await rows
    await route.continue()
  })
  letGo()
  await page.getByRole('region', { name: 'Viewer' }).waitFor()
  await page.keyboard.press('End')
  await page.getByRole('status').filter({ hasText: 'Loading the row' }).waitFor()
  read()
  await page.getByRole('slider', { name: 'How much is before' }).waitFor()
  expect(await page.getByText('Loading the row').count()).toBe(0)
  await close()
})
