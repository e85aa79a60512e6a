import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useLocation, useSearch } from 'wouter'
import { readView, viewText, type GalleryView } from '../rows/address.ts'

/** A held arrow key moves thirty times a second; browsers allow so many changes of the address in ten seconds. */
const writeAfterMs = 300

/**
 * The view, which is the address: what is opened adds to the history, what is moved changes the newest entry, a moment later.
 * Back and forward, and an address from elsewhere, change the view.
 */
export function useView(): {
  view: GalleryView
  change: (change: Partial<GalleryView>, how?: 'push' | 'replace') => void
  /** Closes the viewer: back, where this page opened it. */
  close: () => void
} {
  const search = useSearch()
  const [path, go] = useLocation()
  const [view, setView] = useState(() => readView(search))
  const latest = useRef(view)
  const written = useRef(viewText(view))
  const pushed = useRef(false)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const [here] = useState(() => location.pathname)

  const write = useCallback(
    (how: 'push' | 'replace') => {
      clearTimeout(timer.current)
      // one has gone elsewhere; this page stays until that one is loaded, and must not take the address back
      if (location.pathname !== here) return
      const text = viewText(latest.current)
      if (text === written.current) return
      written.current = text
      go(`${path}${text}`, { replace: how === 'replace' })
    },
    [go, path, here],
  )

  useEffect(() => {
    const text = viewText(readView(search))
    if (text === written.current) return
    // not ours: back, forward or a link
    clearTimeout(timer.current)
    written.current = text
    latest.current = readView(search)
    setView(latest.current)
  }, [search])
  useEffect(() => () => clearTimeout(timer.current), [])

  const change = useCallback(
    (some: Partial<GalleryView>, how: 'push' | 'replace' = 'replace') => {
      latest.current = { ...latest.current, ...some }
      setView(latest.current)
      if (how === 'push') {
        pushed.current = some.open === true
        return write('push')
      }
      clearTimeout(timer.current)
      timer.current = setTimeout(write, writeAfterMs, 'replace')
    },
    [write],
  )
  const close = useCallback(() => {
    change({ open: false, image: undefined, take: undefined, against: undefined, redo: false })
    if (!pushed.current) return
    pushed.current = false
    clearTimeout(timer.current)
    const closed = viewText(latest.current)
    written.current = closed
    // the entry before this one is the grid as it was; it gets the row that was looked at last
    window.addEventListener('popstate', () => go(`${path}${closed}`, { replace: true }), { once: true })
    history.back()
  }, [change, go, path])
  return useMemo(() => ({ view, change, close }), [view, change, close])
}
