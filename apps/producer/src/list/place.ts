/**
 * Where a list goes on: after what was made then (epoch ms) and has this id; in a batch from the row `row` on, counted from 0.
 * `row` is absent where all of it was looked at.
 */
export type Place = { at: number; id: string; row?: number }

/** A place as callers carry it, who need not know what it means. */
export const cursorOf = ({ at, id, row }: Place): string =>
  Buffer.from([at, id, ...(row === undefined ? [] : [row])].join(' ')).toString('base64url')

/** The place that a cursor means; undefined for a text that is none. */
export function placeOf(cursor: string): Place | undefined {
  const text = Buffer.from(cursor, 'base64url').toString()
  const [, at, id, row] = /^(\d{1,15}) ([a-z]+_[a-z0-9]{1,40})(?: (\d{1,9}))?$/.exec(text) ?? []
  if (at === undefined || id === undefined) return undefined
  return { at: Number(at), id, ...(row === undefined ? {} : { row: Number(row) }) }
}
