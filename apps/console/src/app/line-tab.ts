import { firstWordMs, silenceMs } from './event-line.ts'
import { holdLine, openStir } from './line-holder.ts'
import { concerns, type Line, type LiveEvent, type LiveStatus, statusOf } from './line-plan.ts'

/** A tab that nobody sees looks at nothing after that (ms). */
const hiddenMs = 60_000
/** What comes by way of another tab may be a moment late (ms). */
const lateMs = 5_000
/** How often a page hears at most that a line lives whose words are for others (ms). */
const othersMs = 1_000

/**
 * Who follows on this page. `look`: at what (`line-plan.ts`). `gap`: events may have been missed; `opened`: a line was opened, whose
 * first word says how new the map is.
 */
export type Follower = { look: string; heard: (event: LiveEvent) => void; gap: (opened: boolean) => void }
type Followers = Map<Follower, { isLive: boolean }>
type Become = (status: LiveStatus, heardAt?: number) => void

/** What the holder of the line tells the other tabs. */
type Told = { kind: 'line'; line: Line } | { kind: 'event'; event: LiveEvent }
/** A tab looks at something, and asks how the line is. */
type Look = { kind: 'look' }

/**
 * This tab's part in the one line that a browser has with a key: it allows six connections to a host, for all tabs together. `become`
 * hears how live the page is.
 */
export function openTab(keyId: string, become: Become) {
  const followers: Followers = new Map()
  let stay: ReturnType<typeof comeIn> | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let isAway = false
  const enter = () => comeIn({ keyId, followers, become })
  const ends = new AbortController()
  const hide = () => {
    isAway = true
    stay?.leave()
    stay = undefined
  }
  const onVisibility = () => {
    clearTimeout(timer)
    if (document.hidden) timer = setTimeout(hide, hiddenMs)
    else if (isAway) {
      isAway = false
      for (const { gap } of followers.keys()) gap(false)
      if (followers.size > 0) stay = enter()
    } else stay?.hold()
  }
  document.addEventListener('visibilitychange', onVisibility, { signal: ends.signal })
  /** Gives what ends it. */
  const follow = (follower: Follower): (() => void) => {
    if (!isAway) stay ??= enter()
    // who comes has read what it shows just now
    followers.set(follower, { isLive: stay?.carries(follower.look) === true })
    stay?.look()
    onVisibility()
    return () => {
      followers.delete(follower)
      // it may hold the line for other tabs all the same
      stay?.look()
    }
  }
  const close = (): void => {
    ends.abort()
    clearTimeout(timer)
    stay?.leave()
  }
  return { follow, close }
}
export type Tab = ReturnType<typeof openTab>

const looksOf = (followers: Followers): string[] => [
  ...new Set([...followers.keys()].map(({ look }) => look)),
]

/**
 * The tab that has the lock holds the line, for what all tabs look at, and tells the others by a channel. A look is a lock that many
 * may have, so a tab that dies looks at nothing. Over plain http from another machine there are no locks: each tab has a line of its
 * own.
 */
function comeIn({ keyId, followers, become }: { keyId: string; followers: Followers; become: Become }) {
  const name = `restyle-line:${keyId}`
  const ends = new AbortController()
  const stir = openStir()
  const { locks } = navigator as { locks?: LockManager }
  const channel = locks === undefined ? undefined : new BroadcastChannel(name)
  const ask = () => channel?.postMessage({ kind: 'look' } satisfies Look)
  const ear = openEar(followers, become, ask)
  const looks = openLooks({ locks, name, signal: ends.signal }, () => {
    stir.stir()
    ask()
  })
  const tell = (told: Told) => {
    channel?.postMessage(told)
    ear.take(told)
  }
  let isHolder = false
  channel?.addEventListener('message', ({ data }: MessageEvent<Told | Look>) => {
    if (data.kind !== 'look') return ear.take(data)
    const line = ear.line()
    if (!isHolder) return
    stir.stir()
    if (line !== undefined) channel.postMessage({ kind: 'line', line } satisfies Told)
  })
  let asks = false
  const hold = () => {
    if (asks || document.hidden) return
    asks = true
    void withLock(locks, name, { signal: ends.signal }, async () => {
      isHolder = true
      const holding = {
        looks: async () => (await looks.held()) ?? looksOf(followers),
        versions: ear.versions,
        tell: (line: Line) => tell({ kind: 'line', line }),
        heard: (event: LiveEvent) => tell({ kind: 'event', event }),
      }
      await holdLine(holding, stir, ends.signal)
    })
  }
  const look = () => {
    looks.have(looksOf(followers))
    ear.expect()
    stir.stir()
  }
  look()
  hold()
  return {
    look,
    hold,
    carries: (each: string): boolean => statusOf([each], ear.line()) === 'live',
    leave: () => {
      ends.abort()
      ear.close()
      channel?.close()
    },
  }
}

/** What this tab hears of the line, and passes on to its followers. `ask` has the holder say how the line is. */
function openEar(followers: Followers, become: Become, ask: () => void) {
  const versions = new Map<string, number>()
  let line: Line | undefined
  let shownAt = 0
  let silence: ReturnType<typeof setTimeout> | undefined
  let wasSilent = false
  const show = (heardAt?: number) => {
    // what others are told is nothing to a page that is paused
    const own = followers.size === 0 ? undefined : heardAt
    shownAt = own ?? shownAt
    become(statusOf(looksOf(followers), line), own)
  }
  const takeLine = (told: Line) => {
    line = told
    // of a line that is down pages read maps themselves
    for (const id of versions.keys()) if (told.status === 'lost' || !told.on.includes(id)) versions.delete(id)
    for (const [follower, known] of followers) {
      const isLive = told.status === 'live' && told.on.includes(follower.look)
      // what happened while there was no line was told to nobody, also before the first one
      if (isLive && !known.isLive) follower.gap(!wasSilent)
      known.isLive = isLive
    }
    wasSilent = wasSilent && told.status === 'lost'
    show(told.status === 'live' ? Date.now() : undefined)
  }
  const takeEvent = (event: LiveEvent) => {
    const { batch, version } = event.data as { batch?: string; version?: number }
    if (batch !== undefined && version !== undefined) versions.set(batch, version)
    // who has just come, or has heard nothing for too long
    if (line?.status !== 'live') ask()
    const concerned = [...followers.keys()].filter(({ look }) => concerns(event, look))
    if (concerned.length > 0 || Date.now() - shownAt > othersMs) show(Date.now())
    for (const { heard } of concerned) heard(event)
  }
  const listen = (ms: number) => {
    clearTimeout(silence)
    silence = setTimeout(() => {
      silence = undefined
      if (followers.size === 0) return
      wasSilent = true
      takeLine({ on: [], over: [], ...line, status: 'lost' })
    }, ms)
  }
  return {
    versions,
    line: () => line,
    /** Somebody has come or gone. */
    expect: () => {
      if (silence === undefined && followers.size > 0) listen(firstWordMs + lateMs)
      show()
    },
    take: (told: Told) => {
      listen(silenceMs + lateMs)
      if (told.kind === 'line') takeLine(told.line)
      else takeEvent(told.event)
    },
    close: () => clearTimeout(silence),
  }
}

/** Keeps a lock for each thing that this tab looks at; `added` hears when it has another one. */
function openLooks(
  { locks, name, signal }: { locks: LockManager | undefined; name: string; signal: AbortSignal },
  added: () => void,
) {
  const prefix = `${name}:`
  const own = new Map<string, AbortController>()
  return {
    have: (looks: readonly string[]): void => {
      for (const [look, ends] of own)
        if (!looks.includes(look)) {
          own.delete(look)
          ends.abort()
        }
      for (const look of looks) {
        if (own.has(look) || locks === undefined) continue
        const ends = new AbortController()
        own.set(look, ends)
        const over = AbortSignal.any([ends.signal, signal])
        const untilOver = () =>
          new Promise<void>((resolve) => {
            over.addEventListener('abort', () => resolve())
            added()
          })
        void withLock(locks, `${prefix}${look}`, { mode: 'shared', signal: over }, untilOver)
      }
    },
    /** What all tabs look at; undefined where there are no locks. */
    held: async (): Promise<string[] | undefined> =>
      (await locks?.query())?.held?.flatMap(({ name: held = '' }) =>
        held.startsWith(prefix) ? [held.slice(prefix.length)] : [],
      ),
  }
}

async function withLock(
  locks: LockManager | undefined,
  name: string,
  options: LockOptions,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await (locks === undefined ? work() : locks.request(name, options, work))
  } catch {
    // aborted while it waited for the lock
  }
}
