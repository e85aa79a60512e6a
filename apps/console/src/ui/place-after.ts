/** Where a list is after a step of `by` rows from `place`, of `rows` rows; -1: none is chosen yet. */
export const placeAfter = (place: number, by: number, rows: number): number =>
  Math.min(Math.max(place + by, 0), rows - 1)
