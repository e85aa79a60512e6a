import type { Log } from './log.ts'

/** What is still open so long (ms) after all has stopped is left as it is: connections of queues to a Redis that is gone. */
const lingerMs = 2_000

/**
 * First SIGTERM or SIGINT: stop gently, which lets the process end. Second: end at once, with 1. Call it before the start, so
 * that no signal finds the process without it.
 */
export function onStopSignals(name: string, log: Log, stop: () => Promise<void>): void {
  let signals = 0
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      signals += 1
      if (signals > 1) {
        log.warn({ signal }, `${name} left at once`)
        process.exit(1)
      }
      log.info({ signal }, `${name} is stopping`)
      void stop().then(() => setTimeout(() => process.exit(), lingerMs).unref())
    })
  }
}
