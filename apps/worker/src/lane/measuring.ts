import { figureSpans, type LaneFigures } from '@restyle/shared/ledger/lane-figures'

/** What kind of call the vendor throttled. */
export type Throttled = 'submits' | 'queries'

/** What a process has measured of one lane. All times in epoch ms of its own clock. */
export type Measuring = {
  asked(at: number): void
  throttled(what: Throttled, code: string, at: number): void
  /** An end was seen so long (ms) after it was. The same task counts once. */
  sawEnd(taskId: string, lagMs: number, at: number): void
  read(now: number): LaneFigures
}

/** So many lags and ended tasks are remembered. */
const [keptLags, keptTasks] = [50, 200]

/** Counts what happens on a lane. It keeps counts and the last few lags, however much happens. */
export function openMeasuring(
  { queryPerSecond, copiesBehind }: Pick<LaneFigures, 'queryPerSecond' | 'copiesBehind'>,
  since: number,
): Measuring {
  const queries = openWindow(figureSpans.queriesMs, 60)
  const refused = {
    submits: openWindow(figureSpans.throttledMs, 60),
    queries: openWindow(figureSpans.throttledMs, 60),
  }
  let last: { code: string; at: number } | undefined
  let lags: { ms: number; at: number }[] = []
  let seen: string[] = []
  return {
    asked: (at) => queries.add(at),
    throttled: (what, code, at) => {
      refused[what].add(at)
      last = { code: code.slice(0, 100), at }
    },
    sawEnd: (taskId, ms, at) => {
      if (seen.includes(taskId)) return
      seen = [...seen.slice(1 - keptTasks), taskId]
      lags = [...lags.slice(1 - keptLags), { ms: Math.max(0, Math.round(ms)), at }]
    },
    read: (now) => ({
      forMs: Math.max(0, now - since),
      queries: queries.sum(now),
      queryPerSecond,
      throttled: {
        submits: refused.submits.sum(now),
        queries: refused.queries.sum(now),
        ...(last === undefined || now - last.at >= figureSpans.throttledMs
          ? {}
          : { last: { code: last.code, agoMs: Math.max(0, now - last.at) } }),
      },
      lags: lags.filter(({ at }) => now - at < figureSpans.throttledMs).map(({ ms }) => ms),
      copiesBehind,
    }),
  }
}

/** How often something happened in the last `spanMs`, to a part of it in `parts`. */
export function openWindow(spanMs: number, parts: number) {
  const partMs = spanMs / parts
  const counts = new Map<number, number>()
  const partOf = (at: number): number => Math.floor(at / partMs)
  const forget = (now: number): void => {
    for (const part of counts.keys()) if (part <= partOf(now) - parts) counts.delete(part)
  }
  return {
    add: (at: number): void => {
      forget(at)
      counts.set(partOf(at), (counts.get(partOf(at)) ?? 0) + 1)
    },
    sum: (now: number): number => {
      forget(now)
      return [...counts.values()].reduce((sum, each) => sum + each, 0)
    },
  }
}
