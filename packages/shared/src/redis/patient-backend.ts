import { setTimeout } from 'node:timers/promises'
import { type BackendFactory, createRedisBackend, type RedisQueueBackend } from 'bullmq'

/** How long a hand waits before it asks again for work that Redis refused to give. */
const pauseMs = 1000

/**
 * BullMQ waits only after a lost connection. After any other error (READONLY, OOM, NOREPLICAS, …) it asks again at once,
 * thousands of times a second: here both of its questions for work wait first.
 */
export const patientBackend: BackendFactory<RedisQueueBackend> = (name, options, more) => {
  const backend = createRedisBackend(name, options, more)
  const patient =
    <A extends unknown[], R>(ask: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      try {
        return await ask(...args)
      } catch (error) {
        await setTimeout(pauseMs, undefined, { ref: false })
        throw error
      }
    }
  backend.moveToActive = patient(backend.moveToActive.bind(backend))
  backend.waitForJob = patient(backend.waitForJob.bind(backend))
  return backend
}
