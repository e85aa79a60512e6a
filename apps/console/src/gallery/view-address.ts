import { readView, viewText, type GalleryView } from '../rows/address.ts'
import { keepUnwritten, takeUnwritten } from '../rows/unwritten.ts'

/** A held arrow key moves thirty times a second; browsers allow so many changes of the address in ten seconds. */
const writeAfterMs = 300

/** The whole address as it stands. */
const here = () => `${location.pathname}${location.search}`

/**
 * The address of a gallery, which follows its view: at once, or a moment later. It begins with what the page before this one had not
 * written any more. `go` shows an address; `path` is that of the gallery.
 */
export function openAddress(
  search: string,
  path: string,
  go: (to: string, how: { replace: boolean }) => void,
) {
  const ownPath = location.pathname
  let latest = readView(takeUnwritten(() => sessionStorage, here()) ?? search)
  let written = viewText(readView(search))
  let timer: ReturnType<typeof setTimeout> | undefined
  const listeners = new Set<() => void>()
  const show = (view: GalleryView): void => {
    latest = view
    for (const each of listeners) each()
  }

  const write = (how: 'push' | 'replace'): void => {
    clearTimeout(timer)
    // one has gone elsewhere; this page stays until that one is loaded, and must not take the address back
    if (location.pathname !== ownPath) return
    const text = viewText(latest)
    if (text === written) return
    written = text
    go(`${path}${text}`, { replace: how === 'replace' })
  }
  const writeLater = (): void => {
    clearTimeout(timer)
    timer = setTimeout(write, writeAfterMs, 'replace')
  }
  return {
    view: (): GalleryView => latest,
    subscribe: (changed: () => void): (() => void) => {
      listeners.add(changed)
      return () => listeners.delete(changed)
    },
    /** The view is another one. */
    show,
    write,
    writeLater,
    hold: (): void => clearTimeout(timer),
    /** The address has become this one. Where that is not of ours (back, forward or a link) its view is shown. */
    becomes: (now: string): void => {
      const view = readView(now)
      const text = viewText(view)
      if (text === written) {
        // moved since, or what the page before this one had not written
        if (viewText(latest) !== text) writeLater()
        return
      }
      clearTimeout(timer)
      written = text
      show(view)
    },
    /** Goes back to the entry before this one, which gets the view as it is now. */
    back: (): void => {
      clearTimeout(timer)
      const text = viewText(latest)
      written = text
      window.addEventListener('popstate', () => go(`${path}${text}`, { replace: true }), { once: true })
      history.back()
    },
    /** The page is closed or read anew: the address cannot be changed any more. */
    keep: (): void => {
      const text = viewText(latest)
      if (text !== written) keepUnwritten(() => sessionStorage, here(), text)
    },
  }
}
