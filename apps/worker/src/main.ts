import { createLog } from '@restyle/shared/log'
import { exitOnKnownError } from '@restyle/shared/read-env'
import { readConfig } from './config.ts'
import { startWorker } from './start.ts'

/** First signal: take nothing new, finish the steps under way. Second: go now; whatever was under way is taken over. */
const config = await exitOnKnownError(() => readConfig())
const log = createLog(config.LOG_LEVEL)
const worker = await exitOnKnownError(() => startWorker(config, { log }))

let signals = 0
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    signals += 1
    if (signals > 1) {
      log.warn({ signal }, 'worker left at once')
      process.exit(1)
    }
    log.info({ signal }, 'worker is stopping')
    void worker.stop()
  })
}
