import type { Page } from 'playwright-core'

const regions = ['status', 'alert', 'log', 'timer', 'marquee'].map((role) => `[role=${role}]`)
const live = [...regions, 'output', '[aria-live]']
  .map((region) => `${region}:not([aria-live=off])`)
  .join(', ')

/**
 * Notes whatever a live region says from now on: its words as soon as they are other ones or stand in a new element, and those of one
 * that comes.
 */
export const watchSentences = (page: Page): Promise<unknown> =>
  page.evaluate(`(() => {
    const said = []
    const last = new WeakMap()
    const look = (changes = []) => {
      const added = changes.flatMap(({ addedNodes }) => [...addedNodes])
      for (const region of document.querySelectorAll(${JSON.stringify(live)})) {
        const words = region.textContent.trim()
        const isNew = added.some((node) => node !== region && region.contains(node))
        if (words === (last.get(region) ?? '') && !isNew) continue
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
