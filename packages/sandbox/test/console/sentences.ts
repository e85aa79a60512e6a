import type { Page } from 'playwright-core'

const regions = ['status', 'alert', 'log', 'timer', 'marquee'].map((role) => `[role=${role}]`)
const live = [...regions, 'output', '[aria-live]']
  .map((region) => `${region}:not([aria-live=off])`)
  .join(', ')

/** Notes whatever a live region says from now on: its words as soon as they are other ones, and those of one that comes. */
export const watchSentences = (page: Page): Promise<unknown> =>
  page.evaluate(`(() => {
    const said = []
    const last = new WeakMap()
    const look = () => {
      for (const region of document.querySelectorAll(${JSON.stringify(live)})) {
        const words = region.textContent.trim()
        if (words === (last.get(region) ?? '')) continue
        last.set(region, words)
        if (words !== '') said.push(words)
      }
    }
    look()
    globalThis.said = said
    said.length = 0
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true })
  })()`)

/** What was said since then. */
export const sentences = async (page: Page): Promise<string[]> =>
  (await page.evaluate('globalThis.said')) as string[]
