import { createLog } from '@restyle/shared/log'
import { exitOnKnownError } from '@restyle/shared/read-env'
import { onStopSignals } from '@restyle/shared/stop-signals'
import { readConfig } from './config.ts'
import { type RunningWorker, startWorker } from './start.ts'

// the first signal finishes the steps under way; what the second one interrupts is taken over by another worker
const config = await exitOnKnownError(() => readConfig())
const log = createLog(config.LOG_LEVEL)
let worker: RunningWorker | undefined
onStopSignals('worker', log, async () => {
  if (worker === undefined) process.exit(0)
  await worker.stop()
  // the process ends by itself; where something keeps it that could not be closed, it is ended
  setTimeout(() => process.exit(1), 5_000).unref()
})
worker = await exitOnKnownError(() => startWorker(config, { log }))
