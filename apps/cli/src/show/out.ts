import type { Writable } from 'node:stream'

/** Where a command writes to; `isTTY` and `columns` as on a terminal. */
export type Out = Writable & { isTTY?: boolean; columns?: number }

/** How many columns a terminal has; undefined for a pipe. */
export const columnsOf = ({ isTTY, columns = 80 }: Out): number | undefined =>
  isTTY === true ? columns : undefined
