import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import sharp from 'sharp'
import { makeBatch } from './console-batch.ts'
import { startConsoleStandIn, type ConsoleStandIn } from './console-stand-in.ts'
import { quantile } from './slot-figures.ts'

/** What a run happens on: a browser, the built pages, pictures for them, and a page that only scrolls. */
export type Stage = { browser: Browser; pages: string; pictures: readonly Buffer[]; bare: string }

export const presses = 20

/** Some pictures as heavy as real ones. */
export const drawPictures = (): Promise<Buffer[]> =>
  Promise.all(
    Array.from({ length: 24 }, (_, at) =>
      sharp({
        create: {
          width: 320,
          height: 320,
          channels: 3,
          background: { r: at * 10, g: 120, b: 90 },
          noise: { type: 'gaussian', mean: 128, sigma: 12 },
        },
      })
        .webp({ quality: 60 })
        .toBuffer(),
    ),
  )

/** A box that scrolls, and nothing else. */
export async function startBarePage() {
  const html = `<!doctype html><title>bare</title><p>bare</p><div id="box" tabindex="0" style="height:600px;overflow:auto"><div style="height:2000000px"></div></div>`
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(html))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** A tab, and a stand-in that answers it; both are gone when `work` is over. `latencyMs`: how late it answers what. */
export async function onStage<T>(
  { browser, pages, pictures }: Stage,
  {
    rows,
    latencyMs,
    ...context
  }: { rows: number; latencyMs?: (path: string) => number } & BrowserContextOptions,
  work: (page: Page, site: ConsoleStandIn) => Promise<T>,
): Promise<T> {
  const site = await startConsoleStandIn({
    pages,
    batch: makeBatch(rows, { stateOf: () => '+' }),
    picture: (_, row) => pictures[row % pictures.length] ?? Buffer.alloc(0),
    pictureType: 'image/webp',
    ...(latencyMs === undefined ? {} : { latencyMs }),
  })
  const tab = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...context })
  try {
    return await work(await tab.newPage(), site)
  } finally {
    await tab.close()
    await site.stop()
  }
}

/** Whether the viewer shows the picture of a row, as JavaScript of the page. */
export const pictureOf = (row: number): string =>
  `[...document.querySelectorAll('.viewer .pane img')].some((image) => image.src.includes('/edit-${row}/images/') && image.complete && image.naturalWidth > 0)`

export const p95 = (values: readonly number[]): number =>
  quantile(
    values.toSorted((a, b) => a - b),
    0.95,
  )

/** The slow end of so many presses (ms). */
export async function many(work: (at: number) => Promise<number>): Promise<number> {
  const taken: number[] = []
  for (let at = 0; at < presses; at += 1) taken.push(await work(at))
  return p95(taken)
}
