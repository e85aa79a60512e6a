import type { Writable } from 'node:stream'

/** Where a command writes to; `isTTY` and `columns` as on a terminal. */
export type Out = Writable & { isTTY?: boolean; columns?: number }
