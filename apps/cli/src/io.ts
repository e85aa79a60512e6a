import type { Out } from './show/out.ts'

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
  /** Asks the person at the terminal and gives the answer; absent where there is none. */
  ask?: (question: string) => Promise<string>
}
