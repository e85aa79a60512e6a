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

/** A timer fires at once where it is set for longer. */
const longestTimerMs = 2 ** 31 - 1

/** Resolves after `ms` and never earlier; rejects with the signal's reason when it is aborted before. */
export function wait(ms: number, signal: AbortSignal): Promise<void> {
  const until = performance.now() + ms
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const abort = () => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }
    // a timer may fire a little early
    const look = () => {
      const left = until - performance.now()
      if (left > 0) {
        timer = setTimeout(look, Math.min(Math.ceil(left), longestTimerMs))
        return
      }
      signal.removeEventListener('abort', abort)
      resolve()
    }
    if (!signal.aborted) look()
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
}
