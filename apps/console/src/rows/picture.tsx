import { ApiError } from '@restyle/client/api-error'
import { useCallback, useEffect, useEffectEvent, useRef, useState } from 'react'
import { thumbHashToDataURL } from 'thumbhash'
import { api } from '../app/api.ts'
import { waitFor, waitLeft } from '../app/waiting.ts'
import { isToWait, troubleOf } from './picture-trouble.ts'

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

/** Why a picture did not load; undefined where it can be had after all, and the browser has it now. */
async function askFor(address: string): Promise<ApiError | undefined> {
  try {
    await api.images.check(address)
    return undefined
  } catch (error) {
    return error instanceof ApiError ? error : undefined
  }
}

/**
 * A picture that is asked for while it is mounted: its address is set here and taken away when it goes, or a picture that was
 * scrolled past would keep its connection. Of a failed one the producer is asked why: it is tried once more, or waits where it is
 * to wait; then `broken` hears why. Another address is another element: a late picture never replaces a newer one.
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
  broken?: (why: string) => void
  loaded?: (image: HTMLImageElement) => void
}) {
  const { tries, failed } = useTries(address, broken)
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
      onError={failed}
    />
  )
}

/** How often a picture was asked for, and what is to be done when it failed. */
function useTries(address: string, broken: ((why: string) => void) | undefined) {
  const [tries, setTries] = useState(0)
  const counts = useRef({ failures: 0, waits: 0 })
  const [failedAt, setFailedAt] = useState<number>()
  const onBroken = useEffectEvent((why: string) => broken?.(why))
  useEffect(() => {
    if (failedAt === undefined) return
    const ends = new AbortController()
    const again = () => {
      setFailedAt(undefined)
      setTries((times) => times + 1)
    }
    const ask = async () => {
      // all of them would be told the same
      if (waitLeft() > 0) return pause(waitLeft() + Math.random() * spreadMs, ends.signal, again)
      const refusal = await askFor(address)
      if (ends.signal.aborted) return
      counts.current[isToWait(refusal) ? 'waits' : 'failures'] += 1
      const trouble = troubleOf(refusal, counts.current)
      if (trouble.kind === 'broken') return onBroken(trouble.why)
      if (trouble.kind === 'wait') waitFor(trouble.ms)
      pause(trouble.ms, ends.signal, again)
    }
    void ask()
    return () => ends.abort()
  }, [failedAt, address])
  return { tries, failed: () => setFailedAt(tries) }
}

/** Those that waited do not all come back at once (ms). */
const spreadMs = 1_000

function pause(ms: number, signal: AbortSignal, then: () => void): void {
  const timer = setTimeout(then, ms)
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
}

/** A picture that lets something through would show its placeholder. */
export const dropPlaceholder = (image: HTMLImageElement) =>
  image.parentElement?.style.removeProperty('background-image')
