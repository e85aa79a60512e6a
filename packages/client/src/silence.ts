/** Aborts its signal when a time passes between `start` and `stop`; `start` begins it again. */
export type Silence = { signal: AbortSignal; start: () => void; stop: () => void }

/** A silence of `ms`. */
export function silenceOf(ms: number): Silence {
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  return {
    signal: controller.signal,
    start() {
      clearTimeout(timer)
      timer = setTimeout(() => controller.abort(new Error(`nothing came within ${ms} ms`)), ms)
    },
    stop: () => clearTimeout(timer),
  }
}

/** Resolves after `ms`; rejects with the signal's reason when it is aborted before. */
export function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    }, ms)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
}
