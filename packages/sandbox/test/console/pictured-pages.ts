import type { Page } from 'playwright-core'
import { untilSo } from './open-gallery.ts'
import type { PictureWorld } from './picture-world.ts'

/** A page as it is pictured: its address, and what is done until it shows what it is to show. */
export type PicturedPage = {
  path: (shown: PictureWorld['shown']) => string
  ready: (page: Page) => Promise<unknown>
  /** Nobody has signed in. */
  outside?: true
}

const seen = (page: Page, name: string | RegExp) => page.getByText(name).first().waitFor()
/** Every picture on the screen is there. */
const pictures = async (page: Page): Promise<void> => {
  await page.locator('main img:visible').first().waitFor()
  await untilSo(
    page,
    `[...document.querySelectorAll('main img')].every((image) => !image.checkVisibility() || (image.complete && image.naturalWidth > 0))`,
    120_000,
  )
}

/** Every page of the console by the name of its picture, in the order of docs/console.md. */
export const picturedPages: Readonly<Record<string, PicturedPage>> = {
  'sign-in': { path: () => '/', ready: (page) => page.getByLabel('API key').waitFor(), outside: true },
  batches: { path: () => '/', ready: (page) => page.getByRole('progressbar').nth(2).waitFor() },
  batch: { path: ({ large }) => `/batches/${large}`, ready: (page) => seen(page, 'Money') },
  gallery: { path: ({ reviewed }) => `/batches/${reviewed}/gallery`, ready: pictures },
  viewer: {
    path: ({ reviewed }) => `/batches/${reviewed}/gallery?row=27&view=open`,
    ready: pictures,
  },
  'side-by-side': {
    path: ({ reviewed }) => `/batches/${reviewed}/gallery?row=27&view=open&mode=side`,
    ready: pictures,
  },
  redo: {
    path: ({ reviewed }) => `/batches/${reviewed}/gallery?row=27&view=open`,
    ready: async (page) => {
      await pictures(page)
      await page.keyboard.press('e')
      await page.getByRole('textbox', { name: 'Prompt' }).press('Control+End')
      await page.keyboard.type(', in warm evening light')
      await page
        .getByRole('button', { name: /^Redo for/ })
        .and(page.locator(':not([aria-disabled])'))
        .waitFor()
    },
  },
  search: { path: () => '/search?q=prompt:lamp', ready: (page) => seen(page, /RS-1/) },
  failures: { path: () => '/failures', ready: (page) => seen(page, 'DataInspectionFailed') },
  edit: { path: ({ edit }) => `/edits/${edit}`, ready: pictures },
  lanes: { path: () => '/lanes', ready: (page) => page.getByRole('meter').first().waitFor() },
  spend: { path: () => '/spend', ready: (page) => page.locator('.chart canvas').first().waitFor() },
  schedules: { path: () => '/schedules', ready: (page) => seen(page, 'weekly-banners') },
  schedule: { path: () => '/schedules/nightly', ready: (page) => seen(page, 'What became of it') },
  webhooks: { path: () => '/webhooks', ready: (page) => seen(page, 'The warehouse') },
  webhook: { path: ({ webhook }) => `/webhooks/${webhook}`, ready: (page) => seen(page, 'delivered') },
  uncertain: { path: () => '/uncertain', ready: (page) => seen(page, /brass lamp/) },
  settings: { path: () => '/settings', ready: (page) => seen(page, 'shop backend') },
  keys: {
    path: () => '/',
    ready: async (page) => {
      await page.getByRole('progressbar').first().waitFor()
      await page.keyboard.press('?')
      await page.getByRole('dialog', { name: 'Keys' }).waitFor()
    },
  },
}
