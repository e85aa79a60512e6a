import { z } from 'zod'
import { startBenchWorker } from './bench-worker.ts'

/** A worker in a process of its own, started with `--expose-gc`: answers each question with what its memory holds after a collection. */
const Task = z.object({
  env: z.record(z.string(), z.string()),
  prefix: z.string(),
  bucket: z.string(),
  inFlight: z.number(),
})

const { env, ...options } = Task.parse(JSON.parse(process.argv[2] ?? ''))
const worker = await startBenchWorker(env, options)
process.on('message', () => {
  // twice: what the first one finds dead is freed by the second
  globalThis.gc?.()
  globalThis.gc?.()
  process.send?.(process.memoryUsage())
})
process.once('disconnect', () => {
  void worker.stop()
  // a worker waits for its Redis without end; where our parent died, Redis died with it
  setTimeout(() => process.exit(1), 5_000).unref()
})
process.send?.('ready')
