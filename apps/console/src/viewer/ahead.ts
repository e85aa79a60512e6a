/** Rows before and after the current one whose pictures are decoded ahead: the next ones first. */
export function rowsAhead(rows: Uint32Array, at: number): number[] {
  return [at, at + 1, at + 2, at - 1, at - 2].flatMap((place) => rows[place] ?? [])
}

/** Rows of the strip under the pictures. */
export const rowsBeside = (rows: Uint32Array, at: number, each: number): number[] => [
  ...rows.subarray(Math.max(0, at - each), at + each + 1),
]
