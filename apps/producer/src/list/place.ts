import type { Places } from '../http/page.ts'

/**
 * Where a list goes on: after what was made then (epoch ms) and has this id; in a batch from the row `row` on, counted from 0.
 * `row` is absent where all of it was looked at.
 */
export type Place = { at: number; id: string; row?: number }

/** A place as its cursor has it. */
const textOf = ({ at, id, row }: Place): string => [at, id, ...(row === undefined ? [] : [row])].join(' ')

/** The place that a text means; undefined for a text that is none. */
function placeOf(text: string): Place | undefined {
  const [, at, id, row] = /^(\d{1,15}) ([a-z]+_[a-z0-9]{1,40})(?: (\d{1,9}))?$/.exec(text) ?? []
  if (at === undefined || id === undefined) return undefined
  return { at: Number(at), id, ...(row === undefined ? {} : { row: Number(row) }) }
}

/** The places of lists of what was made. */
export const places: Places<Place> = { read: placeOf, write: textOf }
