import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import { useLocation, useSearch } from 'wouter'
import { useBeforeLeaving } from '../app/before-leaving.ts'
import type { GalleryView } from '../rows/address.ts'
import { openAddress } from './view-address.ts'

/**
 * The view, which is the address: what is opened adds to the history, what is moved changes the newest entry, a moment later, and
 * before the page is left. Back and forward, and an address from elsewhere, change the view.
 */
export function useView(): {
  view: GalleryView
  change: (change: Partial<GalleryView>, how?: 'push' | 'replace') => void
  /** Closes the viewer: back, where this page opened it. */
  close: () => void
} {
  const search = useSearch()
  const [path, go] = useLocation()
  const [address] = useState(() => openAddress(search, path, go))
  const view = useSyncExternalStore(address.subscribe, address.view)
  const pushed = useRef(false)
  useBeforeLeaving(() => address.write('replace'), address.keep)
  useEffect(() => address.becomes(search), [address, search])
  useEffect(() => address.hold, [address])

  const change = useCallback(
    (some: Partial<GalleryView>, how: 'push' | 'replace' = 'replace') => {
      // the entry that stays behind has what was moved in it
      if (how === 'push') address.write('replace')
      address.show({ ...address.view(), ...some })
      if (how === 'replace') return address.writeLater()
      pushed.current = some.open === true
      address.write('push')
    },
    [address],
  )
  const close = useCallback(() => {
    change({ open: false, image: undefined, take: undefined, against: undefined, redo: false })
    if (!pushed.current) return
    pushed.current = false
    address.back()
  }, [change, address])
  return useMemo(() => ({ view, change, close }), [view, change, close])
}
