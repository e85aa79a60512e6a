import { useEffect, useEffectEvent } from 'react'
import type { AroundNavHandler } from 'wouter'

/** What is to be done before another page is shown, or the address is read. */
const handlers = new Set<() => void>()

/** Has the address say what is shown: a page may write it a moment later. */
export function writeAddress(): void {
  for (const each of handlers) each()
}

/** For the router: whoever has something to do before another address is shown does it. */
export const aroundNavigation: AroundNavHandler = (navigate, to, options) => {
  writeAddress()
  navigate(to, options)
}

/**
 * Does something before the page goes to another address, or is hidden by another tab. `closing`: the page is closed or read anew,
 * and its address cannot be changed any more.
 */
export function useBeforeLeaving(leaving: () => void, closing: () => void): void {
  const onLeave = useEffectEvent(leaving)
  const onClose = useEffectEvent(closing)
  useEffect(() => {
    const ends = new AbortController()
    const { signal } = ends
    const leave = () => onLeave()
    handlers.add(leave)
    document.addEventListener(
      'visibilitychange',
      () => {
        if (document.hidden) onLeave()
      },
      { signal },
    )
    window.addEventListener('pagehide', () => onClose(), { signal })
    return () => {
      handlers.delete(leave)
      ends.abort()
    }
  }, [])
}
