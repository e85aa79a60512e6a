/** Answers with which Redis refuses everybody, not just this command. */
const refusals =
  /(?:^|-)(READONLY|UNBLOCKED|OOM|LOADING|MASTERDOWN|CLUSTERDOWN|NOREPLICAS|MISCONF|TRYAGAIN|BUSY|NOAUTH|WRONGPASS|NOPERM)\b/

/** What ioredis says when nobody answers. */
const noAnswer =
  /^(Command timed out|Blocking command timed out|Socket timeout|Connection is closed|Reached the max retries per request|All sentinels are unreachable|Failed to refresh slots cache|None of startup nodes|Cluster isn't ready|Too many Cluster redirections|Command aborted due to connection close)/

/**
 * Why a command met a Redis that serves nobody at the moment, as a code: `READONLY`, `OOM`, `NoAnswer`, …; undefined for
 * any other error.
 */
export function outageOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const refusal = refusals.exec(error.message)?.[1]
  if (refusal !== undefined) return refusal
  return noAnswer.test(error.message) ? 'NoAnswer' : undefined
}

/** Whether an error that a queue passes on is its connection's, which tells of it itself. */
export const isOfConnection = (error: Error & { code?: unknown }): boolean =>
  outageOf(error) !== undefined || typeof error.code === 'string'

/** How a process finds Redis. Times in ms on a monotonic clock. */
export type RedisState =
  | { kind: 'here' }
  | {
      kind: 'away'
      since: number
      lastAt: number
      /** Errors since the last line. */
      untold: number
      /** Codes that a line has named already. */
      told: readonly string[]
      alarmed: boolean
    }

export type RedisLine =
  | { kind: 'away'; code: string }
  | { kind: 'still away'; awayMs: number }
  | { kind: 'back'; awayMs: number; errors: number }

type Next = { state: RedisState; line?: RedisLine }

/** An outage that lasts this long needs a person. */
const alarmMs = 60_000

/** Redis is back when it took a write and nothing failed for this long. */
export const calmMs = 2000

/** An error was met: only the first of its code in an outage is a line. */
export function redisFailed(state: RedisState, code: string, now: number): Next {
  if (state.kind === 'here') {
    const away = { since: now, lastAt: now, untold: 0, told: [code], alarmed: false }
    return { state: { kind: 'away', ...away }, line: { kind: 'away', code } }
  }
  if (state.told.includes(code)) return { state: { ...state, lastAt: now, untold: state.untold + 1 } }
  return { state: { ...state, lastAt: now, told: [...state.told, code] }, line: { kind: 'away', code } }
}

/** `took`: whether Redis took a write just now. */
export function redisAsked(state: RedisState, took: boolean, now: number): Next {
  if (state.kind === 'here') return { state }
  const awayMs = Math.round(now - state.since)
  if (took && now - state.lastAt >= calmMs)
    return {
      state: { kind: 'here' },
      line: { kind: 'back', awayMs, errors: state.untold + state.told.length },
    }
  if (state.alarmed || awayMs < alarmMs) return { state }
  return { state: { ...state, alarmed: true }, line: { kind: 'still away', awayMs } }
}
