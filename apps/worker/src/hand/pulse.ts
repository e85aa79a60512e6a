/** What a duty shows while it is at work. */
export type Pulse = {
  /** Aborts when the worker stops, or when the duty was given up: change nothing more. */
  signal: AbortSignal
  /** It goes on: the limit counts from here. */
  beat: () => void
}

/** A pulse for callers without a limit. */
export const untimed = (signal: AbortSignal = new AbortController().signal): Pulse => ({
  signal,
  beat: () => {},
})
