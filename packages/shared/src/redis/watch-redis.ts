import type { Log } from '../log.ts'
import { outageOf, redisAsked, redisFailed, type RedisLine, type RedisState } from './outage.ts'

/** How often a Redis that is away is asked for a write, and how long an answer may take (ms). */
const askEveryMs = 1000

export type RedisWatch = {
  /** Hears of every error of every connection. */
  failed: (error: Error) => void
  stop: () => void
}

/**
 * Says once that Redis is away or refuses, and once that it is back, however many connections fail how often. `write`
 * tries a write; it is only called while Redis is away.
 */
export function watchRedis(log: Log, write: () => Promise<unknown>): RedisWatch {
  let state: RedisState = { kind: 'here' }
  let timer: NodeJS.Timeout | undefined
  let asking = false
  let stopped = false

  const step = (next: { state: RedisState; line?: RedisLine }, error?: string) => {
    state = next.state
    if (next.line !== undefined) tell(log, next.line, error)
  }
  async function ask(): Promise<void> {
    asking = true
    const took = await write().then(
      () => true,
      () => false,
    )
    asking = false
    step(redisAsked(state, took, performance.now()))
  }
  const look = (): void => {
    timer = undefined
    if (state.kind === 'here' || stopped) return
    // a question that waits for the connection is not asked twice; time goes on meanwhile
    if (asking) step(redisAsked(state, false, performance.now()))
    else void ask()
    timer = setTimeout(look, askEveryMs)
    timer.unref()
  }

  return {
    failed: (error) => {
      if (stopped) return
      step(redisFailed(state, codeOf(error), performance.now()), error.message)
      if (timer === undefined) timer = setTimeout(look, askEveryMs).unref()
    },
    stop: () => {
      stopped = true
      clearTimeout(timer)
    },
  }
}

const codeOf = (error: Error & { code?: unknown }): string =>
  outageOf(error) ?? (typeof error.code === 'string' ? error.code : 'Unknown')

function tell(log: Log, line: RedisLine, error?: string): void {
  switch (line.kind) {
    case 'away':
      return log.warn({ code: line.code, error }, 'redis is away')
    case 'still away':
      return log.error({ awayMs: line.awayMs }, 'redis has been away for a minute, and nothing moves')
    case 'back':
      return log.info({ awayMs: line.awayMs, errors: line.errors }, 'redis is back')
  }
}
