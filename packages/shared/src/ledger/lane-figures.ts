import { z } from 'zod'

/**
 * What one worker has measured of a lane. It says it every few seconds; times are durations before that moment, so that no
 * clock but Redis's matters. All is bounded: counts of a minute and of an hour, and the last few lags.
 */
export const LaneFigures = z.object({
  /** For how long it has measured (ms). */
  forMs: z.number().nonnegative(),
  /** Questions about tasks that it sent in the last minute. */
  queries: z.int(),
  /** What the account may send in a second, as it is configured. */
  queryPerSecond: z.number(),
  /** Answers of the last hour that throttled it. */
  throttled: z.object({
    submits: z.int(),
    queries: z.int(),
    last: z.object({ code: z.string(), agoMs: z.number() }).optional(),
  }),
  /** How long after their ends (ms) it saw the last tasks of the last hour. */
  lags: z.array(z.number()),
  /** Rendered edits that may wait for their copies before nothing new is submitted. */
  copiesBehind: z.int(),
})
export type LaneFigures = z.infer<typeof LaneFigures>

/** How far back the counts go (ms): of queries, and of what throttled. */
export const figureSpans = { queriesMs: 60_000, throttledMs: 3600_000 }

/** What a worker has said, and how long ago (ms). */
export type SaidFigures = { agoMs: number; figures: LaneFigures }

/** What the workers of a lane have measured together. Times in epoch ms, lags in ms. */
export type LaneNow = {
  workers: number
  queriesPerSecond: number
  queryPerSecond: number
  /** `since`: an hour ago, or when the first of these workers began. */
  throttled: { submits: number; queries: number; since: number; last?: { code: string; at: number } }
  /** Absent where no end was seen. */
  lag?: { tasks: number; p50Ms: number; p95Ms: number }
  copiesBehind: number
}

/** Adds up what the workers of a lane have said by `now` (epoch ms); undefined where none has. */
export function mergeFigures(said: readonly SaidFigures[], now: number): LaneNow | undefined {
  if (said.length === 0) return undefined
  const all = said.map(({ figures }) => figures)
  const lags = all.flatMap((each) => each.lags).toSorted((a, b) => a - b)
  const last = said
    .flatMap(({ agoMs, figures: { throttled } }) =>
      throttled.last === undefined
        ? []
        : [{ code: throttled.last.code, at: now - agoMs - throttled.last.agoMs }],
    )
    .toSorted((a, b) => b.at - a.at)[0]
  const longest = Math.max(...said.map(({ agoMs, figures }) => agoMs + figures.forMs))
  return {
    workers: said.length,
    queriesPerSecond: sumOf(all, (each) => each.queries / secondsOf(each)),
    // workers of one installation are configured alike
    queryPerSecond: Math.max(...all.map((each) => each.queryPerSecond)),
    throttled: {
      submits: sumOf(all, ({ throttled }) => throttled.submits),
      queries: sumOf(all, ({ throttled }) => throttled.queries),
      since: now - Math.min(longest, figureSpans.throttledMs),
      ...(last === undefined ? {} : { last }),
    },
    ...(lags.length === 0
      ? {}
      : { lag: { tasks: lags.length, p50Ms: quantile(lags, 0.5), p95Ms: quantile(lags, 0.95) } }),
    copiesBehind: Math.max(...all.map((each) => each.copiesBehind)),
  }
}

/** Over how many seconds the queries were counted: whoever has just begun has not measured for a minute. */
const secondsOf = ({ forMs }: LaneFigures): number =>
  Math.max(1_000, Math.min(forMs, figureSpans.queriesMs)) / 1_000

const sumOf = (all: readonly LaneFigures[], of: (each: LaneFigures) => number): number =>
  all.reduce((sum, each) => sum + of(each), 0)

/** The value that `share` of all do not exceed. `values` in ascending order. */
const quantile = (values: readonly number[], share: number): number =>
  values[Math.max(0, Math.ceil(values.length * share) - 1)] ?? 0
