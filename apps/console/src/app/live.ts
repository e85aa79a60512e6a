import { useEffect, useEffectEvent, useSyncExternalStore } from 'react'
import { list, type LiveEvent, type LiveStatus } from './line-plan.ts'
import { openTab, type Tab } from './line-tab.ts'
import { useSession } from './session.tsx'

/** `heardAt`: epoch ms of the last word. */
export type LiveState = {
  status: LiveStatus
  heardAt: number | undefined
  paused: boolean
}

let state: LiveState = { status: 'off', heardAt: undefined, paused: false }
const listeners = new Set<() => void>()

function become(change: Partial<LiveState>): void {
  state = { ...state, ...change }
  for (const each of listeners) each()
}

let tab: { keyId: string; opened: Tab } | undefined

/** This tab's part in the line of a key: who signs in with another one hears nothing of the line before. */
function tabOf(keyId: string): Tab {
  if (tab?.keyId === keyId) return tab.opened
  tab?.opened.close()
  const opened = openTab(keyId, (status, heardAt) =>
    become({ status, ...(heardAt === undefined ? {} : { heardAt }) }),
  )
  tab = { keyId, opened }
  return opened
}

/** How the line is. */
export const useLiveState = (): LiveState =>
  useSyncExternalStore(
    (changed) => {
      listeners.add(changed)
      return () => listeners.delete(changed)
    },
    () => state,
  )

/** While it is paused nothing on the page changes by itself. */
export const pauseLive = (paused: boolean): void => become({ paused })

/** How often something is read again without being asked for (ms): never while it is paused. */
export function useEvery(): (ms: number) => number | false {
  const { paused } = useLiveState()
  return (ms) => (paused ? false : ms)
}

/**
 * Follows a batch, or without an id the batches of the producer, while the component is mounted. `caughtUp`: events may have been
 * missed, and what is shown is to be read again; `opened`: a line was opened, whose first word says how new the map is.
 */
export function useLive(
  batch: string | undefined,
  heard: (event: LiveEvent) => void,
  caughtUp: (opened: boolean) => void,
): void {
  const { paused } = useLiveState()
  const { keyId } = useSession()
  const onEvent = useEffectEvent(heard)
  const onGap = useEffectEvent(caughtUp)
  useEffect(() => {
    if (paused) return
    // after a pause, too
    onGap(false)
    return tabOf(keyId).follow({ look: batch ?? list, heard: onEvent, gap: onGap })
  }, [batch, paused, keyId])
}
