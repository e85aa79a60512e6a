import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import sharp from 'sharp'
import { findChromium } from '../../src/browser/find-chromium.ts'
import { buildConsole } from '../../src/world/build-console.ts'
import { axe, looks, overflow } from './open-console.ts'
import { type FixedTimes, startFixedTimes } from './fixed-times.ts'
import { type PicturedPage, picturedPages } from './pictured-pages.ts'
import { type PictureWorld, speed } from './picture-world.ts'

/** The looks that are pictured, and what their files are called. */
export const picturedLooks = ['light', 'dark'] as const
/** The name of a picture's file. */
export const pictureFile = (name: string, look: string): string => `console-${name}-${look}.webp`

/** When all pictures are taken, as the pages are told it. */
const takenAt = Date.UTC(2026, 10, 21, 14, 5)
const size = { width: 1280, height: 800 }

type Taking = { url: string; apiKey: string; shown: PictureWorld['shown']; names?: FixedTimes['names'] }
type Look = (typeof picturedLooks)[number]

/**
 * Takes pictures of pages into a folder. Gives what is wrong with a page while it is there: what axe says, and pages that are wider
 * than their window. `pages`: which ones; all by default.
 */
export async function takePictures(
  { url, apiKey, shown, names = {} }: Taking,
  {
    into,
    pages = Object.keys(picturedPages),
    looks: wanted = picturedLooks,
  }: { into: string; pages?: readonly string[]; looks?: readonly Look[] },
): Promise<string[]> {
  const [executablePath] = await Promise.all([
    findChromium(),
    buildConsole(),
    mkdir(into, { recursive: true }),
  ])
  const fixed = await startFixedTimes(url, { at: Date.now(), as: takenAt, speed, names })
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  const faults: string[] = []
  try {
    for (const look of wanted) {
      const outside = await openTab(browser, look)
      const inside = await openTab(browser, look)
      await inside.request.post(`${fixed.url}/v1/console/session`, {
        headers: { authorization: `Bearer ${apiKey}` },
      })
      for (const name of pages) {
        const pictured = picturedPages[name]
        if (pictured === undefined) throw new Error(`no page is called ${name}`)
        const tab = pictured.outside === true ? outside : inside
        const page = await tab.newPage()
        const wrong = (fault: string) => faults.push(`${name}, ${look}: ${fault}`)
        await open(page, `${fixed.url}/console${pictured.path(shown)}`, pictured).catch((error: unknown) =>
          wrong(`it does not show what it is to show: ${String(error)}`),
        )
        await write(await page.screenshot(), join(into, pictureFile(name, look)))
        for (const fault of await faultsOf(page)) wrong(fault)
        await page.close()
      }
    }
  } finally {
    await browser.close()
    await fixed.stop()
  }
  return faults
}

const openTab = (browser: Browser, look: Look): Promise<BrowserContext> =>
  browser.newContext({ ...looks[look], viewport: size, timezoneId: 'UTC', reducedMotion: 'reduce' })

async function open(page: Page, address: string, { ready }: PicturedPage): Promise<void> {
  await page.clock.setFixedTime(takenAt)
  await page.goto(address)
  await ready(page)
  await page.evaluate('document.fonts.ready')
  // a chart and a map are drawn in the frame after that
  await page.waitForTimeout(400)
}

const write = async (picture: Buffer, file: string): Promise<void> =>
  writeFile(file, await sharp(picture).webp({ quality: 84 }).toBuffer())

const faultsOf = async (page: Page): Promise<string[]> => [
  ...(await axe(page)),
  ...((await overflow(page)) > 0 ? ['it is wider than its window'] : []),
]
