import type { Writable } from 'node:stream'

/** A place to write to; `isTTY` and `columns` as on a terminal. */
export type Out = Writable & { isTTY?: boolean; columns?: number }

/** The outside world of one command, as arguments. `now` is epoch milliseconds. */
export type Io = {
  stdout: Out
  stderr: Out
  cwd: string
  env: Record<string, string | undefined>
  /** Aborted by Ctrl-C, or when nobody reads stdout any more. */
  signal: AbortSignal
  now: () => number
  /** Rejects when the signal is aborted. */
  wait: (ms: number, signal: AbortSignal) => Promise<unknown>
  newId: () => string
}
