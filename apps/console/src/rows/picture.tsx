import { useCallback, useEffect, useState } from 'react'
import { thumbHashToDataURL } from 'thumbhash'

const drawn = new Map<string, string>()

/** The placeholder of a picture as an address; undefined where the hash is none. Drawn once for each hash. */
export function placeholderOf(hash: string | undefined): string | undefined {
  if (hash === undefined) return undefined
  const known = drawn.get(hash)
  if (known !== undefined) return known
  try {
    const address = thumbHashToDataURL(Uint8Array.from(atob(hash), (char) => char.charCodeAt(0)))
    if (drawn.size > 3_000) drawn.clear()
    drawn.set(hash, address)
    return address
  } catch {
    return undefined
  }
}

const retryAfterMs = 1_500

/**
 * A picture that is asked for while it is mounted: its address is set here and taken away when it goes, or a picture that was
 * scrolled past would keep its connection. A failed one is tried once more; then `broken` hears of it. Another address is
 * another element: a late picture never replaces a newer one.
 */
export function Picture({
  address,
  className,
  decoding = 'async',
  broken,
  loaded,
}: {
  address: string
  className?: string
  /** `sync`: painted in the frame in which it is shown, where it is there already. */
  decoding?: 'async' | 'sync'
  broken?: () => void
  loaded?: (image: HTMLImageElement) => void
}) {
  const [tries, setTries] = useState(0)
  const [failed, setFailed] = useState(false)
  useEffect(() => {
    if (!failed) return
    const timer = setTimeout(() => {
      setFailed(false)
      setTries(1)
    }, retryAfterMs)
    return () => clearTimeout(timer)
  }, [failed])
  const attach = useCallback(
    (image: HTMLImageElement | null) => {
      if (image === null) return
      image.src = address
      return () => image.removeAttribute('src')
    },
    // another try is another element
    [address],
  )
  return (
    <img
      key={`${address} ${tries}`}
      ref={attach}
      alt=""
      className={className}
      decoding={decoding}
      draggable={false}
      onLoad={(event) => loaded?.(event.currentTarget)}
      onError={() => {
        if (tries === 0) setFailed(true)
        else broken?.()
      }}
    />
  )
}

/** A picture that lets something through would show its placeholder. */
export const dropPlaceholder = (image: HTMLImageElement) =>
  image.parentElement?.style.removeProperty('background-image')
