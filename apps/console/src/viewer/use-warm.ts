import { useEffect, useRef } from 'react'

/**
 * Has pictures of neighbours read and decoded before they are shown. Those that are not wanted any more are given up, so that
 * they do not hold up what is.
 */
export function useWarm(addresses: readonly string[]): void {
  const warm = useRef(new Map<string, HTMLImageElement>())
  const key = addresses.join(' ')
  useEffect(() => {
    const images = warm.current
    const wanted = new Set(key === '' ? [] : key.split(' '))
    for (const [address, image] of images) {
      if (wanted.has(address)) continue
      image.removeAttribute('src')
      images.delete(address)
    }
    for (const address of wanted) {
      if (images.has(address)) continue
      const image = new Image()
      image.fetchPriority = 'low'
      image.src = address
      images.set(address, image)
      // one that is given up, or is broken, is shown as such where it is shown
      image.decode().catch(() => {})
    }
  }, [key])
  useEffect(() => {
    const images = warm.current
    return () => {
      for (const image of images.values()) image.removeAttribute('src')
      images.clear()
    }
  }, [])
}
