import { gzipSync } from 'node:zlib'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { onStage, type Stage } from './console-stage.ts'
import { atMost, type Figure } from './report.ts'

/** What is loaded by now, by name. */
const loadedBy = async (page: Page): Promise<string[]> =>
  (await page.evaluate(
    `performance.getEntriesByType('resource').map(({ name }) => name.split('/assets/')[1]).filter(Boolean)`,
  )) as string[]

/** Scripts that the gallery loads, those that its viewer loads beside them, the chart of spend, and all styles, as they are sent (KiB). */
export async function weighConsole(stage: Stage): Promise<Figure[]> {
  const [gallery, viewer] = await onStage(stage, { rows: 100 }, async (page, site) => {
    await page.goto(site.gallery)
    await page.locator('[role=gridcell] img').first().waitFor()
    const first = await loadedBy(page)
    await page.getByRole('grid').focus()
    await page.keyboard.press('Enter')
    await page.locator('.viewer .layer img').first().waitFor()
    return [first, (await loadedBy(page)).filter((name) => !first.includes(name))] as const
  })
  const assets = await readdir(join(stage.pages, 'assets'))
  const packed = async (names: readonly string[]): Promise<number> => {
    const files = await Promise.all(names.map((name) => readFile(join(stage.pages, 'assets', name))))
    return files.reduce((sum, file) => sum + gzipSync(file).length, 0) / 1024
  }
  const ends = (names: readonly string[], ending: string) => names.filter((name) => name.endsWith(ending))
  const chart = assets.filter((name) => /^chart-.*[.]js$/.test(name))
  const figure = async (name: string, files: readonly string[], bound: number): Promise<Figure> => ({
    name: `${name}, packed`,
    unit: 'KiB',
    value: await packed(files),
    asked: atMost(bound),
  })
  return [
    await figure('scripts of the gallery', ends(gallery, '.js'), 130),
    await figure('scripts that the viewer adds', ends(viewer, '.js'), 55),
    await figure('chart of spend', chart, 25),
    await figure('all styles', ends(assets, '.css'), 12),
  ]
}
