export type CodeRow = { code: string; rows: number }

/** How many rows each code has, the most frequent first. `plane`: for each row 0, or 1 more than the place of its code. */
export function codeRows(codes: readonly string[], plane: Uint8Array): CodeRow[] {
  const counts = new Uint32Array(256)
  for (const byte of plane) counts[byte] = (counts[byte] ?? 0) + 1
  const rows = codes.map((code, place) => ({ code, rows: counts[place + 1] ?? 0 }))
  return rows.filter((row) => row.rows > 0).toSorted((a, b) => b.rows - a.rows)
}
