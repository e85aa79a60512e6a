import { useEffect, useEffectEvent, useSyncExternalStore } from 'react'

/** Something that the producer told: `map`, `map-reset`, `batch` or `ping`, with what it says. */
export type LiveEvent = { event: string; data: unknown }

/** `lost`: the line is down, and is being opened again. `heardAt`: epoch ms of the last word. */
export type LiveState = {
  status: 'off' | 'opening' | 'live' | 'lost'
  heardAt: number | undefined
  paused: boolean
}

const kinds = ['map', 'map-reset', 'batch', 'ping'] as const
/** A tab that nobody sees gives its line away after that (ms). */
const hiddenMs = 60_000
/** Silence that means that the line is dead: the producer pings every 15 s. */
const silenceMs = 40_000
const backoffMs = [1_000, 2_000, 5_000, 10_000, 15_000]

let state: LiveState = { status: 'off', heardAt: undefined, paused: false }
const listeners = new Set<() => void>()

function become(change: Partial<LiveState>): void {
  state = { ...state, ...change }
  for (const each of listeners) each()
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
  const onEvent = useEffectEvent(heard)
  const onGap = useEffectEvent(caughtUp)
  useEffect(() => {
    if (paused) return
    // after a pause, too
    onGap(false)
    return follow(batch ?? '', onEvent, () => onGap(true))
  }, [batch, paused])
}

type Told = { kind: 'event'; event: LiveEvent } | { kind: 'state'; status: LiveState['status'] }

/**
 * One line for all tabs of a browser that look at the same: browsers allow few to a host. The tab that has the lock holds the line
 * and tells the others. Gives what ends it.
 */
function follow(batch: string, heard: (event: LiveEvent) => void, gap: () => void): () => void {
  const name = `restyle-live:${batch}`
  const ends = new AbortController()
  const channel = new BroadcastChannel(name)
  let holder: AbortController | undefined
  let live = false
  const take = (told: Told) => {
    if (told.kind === 'event') {
      live = true
      become({ status: 'live', heardAt: Date.now() })
      heard(told.event)
      return
    }
    // what happened while there was no line was told to nobody, also before the first one
    if (told.status === 'live' && !live) gap()
    live = told.status === 'live'
    become({ status: told.status, ...(told.status === 'live' ? { heardAt: Date.now() } : {}) })
  }
  channel.addEventListener('message', ({ data }) => take(data as Told), { signal: ends.signal })
  const tell = (told: Told) => {
    channel.postMessage(told)
    take(told)
  }
  const hold = () => {
    if (holder !== undefined || document.hidden) return
    const mine = new AbortController()
    holder = mine
    const over = AbortSignal.any([mine.signal, ends.signal])
    void withLock(name, over, () => keepOpen(batch, over, tell))
  }
  const letGo = () => {
    holder?.abort()
    holder = undefined
  }
  let hiding: ReturnType<typeof setTimeout> | undefined
  const onVisibility = () => {
    clearTimeout(hiding)
    if (document.hidden) hiding = setTimeout(letGo, hiddenMs)
    else hold()
  }
  document.addEventListener('visibilitychange', onVisibility, { signal: ends.signal })
  if (state.status === 'off') become({ status: 'opening' })
  hold()
  return () => {
    clearTimeout(hiding)
    ends.abort()
    channel.close()
    become({ status: 'off' })
  }
}

/** Does it once no other tab does. Over plain http from another machine there are no locks: each tab has a line of its own. */
async function withLock(name: string, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  const { locks } = navigator as { locks?: LockManager }
  try {
    await (locks === undefined ? work() : locks.request(name, { signal }, work))
  } catch {
    // aborted while it waited for the lock
  }
}

/** Keeps a line open until the signal is aborted. */
async function keepOpen(batch: string, signal: AbortSignal, tell: (told: Told) => void): Promise<void> {
  for (let tries = 0; !signal.aborted; tries += 1) {
    const worked = await openOnce(batch, signal, tell)
    if (signal.aborted) return
    tell({ kind: 'state', status: 'lost' })
    if (worked) tries = 0
    await pause(backoffMs[Math.min(tries, backoffMs.length - 1)] ?? 15_000, signal)
  }
}

/** One line until it breaks; whether anything came over it. */
const openOnce = (batch: string, signal: AbortSignal, tell: (told: Told) => void): Promise<boolean> =>
  new Promise((resolve) => {
    const source = new EventSource(`/v1/live${batch === '' ? '' : `?batch=${encodeURIComponent(batch)}`}`)
    let worked = false
    let silence: ReturnType<typeof setTimeout> | undefined
    const close = () => {
      clearTimeout(silence)
      source.close()
      resolve(worked)
    }
    const listen = () => {
      worked = true
      clearTimeout(silence)
      silence = setTimeout(close, silenceMs)
    }
    source.addEventListener('open', () => {
      listen()
      tell({ kind: 'state', status: 'live' })
    })
    for (const event of kinds)
      source.addEventListener(event, ({ data }: MessageEvent<string>) => {
        listen()
        tell({ kind: 'event', event: { event, data: JSON.parse(data) as unknown } })
      })
    source.addEventListener('error', close)
    signal.addEventListener('abort', close, { once: true })
  })

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
