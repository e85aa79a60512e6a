import { useSyncExternalStore } from 'react'

/*
 * The producer has asked this page to come back later: pictures and rows wait together, since they are counted together. One place
 * says so.
 */

/** Until when (ms of `performance.now()`), and how long that was when it was asked. */
type Wait = { until: number; ms: number }

let wait: Wait | undefined
let over: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()

function become(next: Wait | undefined): void {
  wait = next
  for (const each of listeners) each()
}

/** Has all wait for so long (ms), and whoever waits already for longer so much longer. */
export function waitFor(ms: number): void {
  const until = performance.now() + ms
  if (wait !== undefined && wait.until >= until) return
  clearTimeout(over)
  over = setTimeout(become, ms, undefined)
  become({ until, ms })
}

/** How long it is still to be waited (ms). */
export const waitLeft = (): number => (wait === undefined ? 0 : Math.max(0, wait.until - performance.now()))

/** How long all were asked to wait (ms); undefined where nobody waits. */
export const useWait = (): number | undefined =>
  useSyncExternalStore(
    (changed) => {
      listeners.add(changed)
      return () => listeners.delete(changed)
    },
    () => wait?.ms,
  )
