import { setTimeout } from 'node:timers/promises'

/** Waits `ms`, or until `signal` aborts if that is sooner. Never rejects: look at the signal afterwards. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
    if (signal?.aborted !== true) throw error
  })
}
