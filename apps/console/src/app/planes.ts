/** The rows of a batch as bytes, a plane for each thing that is known of a row; row 1 is byte 0. */
export type Planes = {
  rows: number
  version: number
  /** In the order of the header. */
  names: readonly string[]
  bytes: readonly Uint8Array[]
}

/** A row, counted from 1; a plane by its place; and its byte. */
export type PlaneChange = readonly [row: number, plane: number, byte: number]

/** What `GET /v1/batches/{id}/map` sends. Throws a `RangeError` where it is not as long as its headers say. */
export function readPlanes(
  body: Uint8Array,
  names: readonly string[],
  rows: number,
  version: number,
): Planes {
  if (body.length !== rows * names.length)
    throw new RangeError(`a map of ${body.length} bytes is not one of ${rows} rows`)
  return {
    rows,
    version,
    names,
    bytes: names.map((_, plane) => body.slice(plane * rows, (plane + 1) * rows)),
  }
}

/** What a row has of which nothing was heard: it rests, without a verdict and a code. */
const fresh: Readonly<Record<string, number>> = { state: 46, verdict: 46, code: 0 }

/** The planes with changes that lead to `version`; the same where they have those already. */
export function changePlanes(
  planes: Planes,
  {
    version,
    rows = planes.rows,
    changes,
  }: { version: number; rows?: number; changes: readonly PlaneChange[] },
): Planes {
  if (version <= planes.version || rows < planes.rows) return planes
  const bytes = planes.bytes.map((plane, place) => {
    const next = new Uint8Array(rows).fill(fresh[planes.names[place] ?? ''] ?? 0)
    next.set(plane)
    return next
  })
  for (const [row, plane, byte] of changes) {
    const changed = bytes[plane]
    if (changed !== undefined && row >= 1 && row <= rows) changed[row - 1] = byte
  }
  return { ...planes, rows, version, bytes }
}

/** How many rows have each byte of a plane. */
export function countBytes({ names, bytes }: Planes, name: string): ReadonlyMap<number, number> {
  const counts = new Uint32Array(256)
  for (const byte of bytes[names.indexOf(name)] ?? []) counts[byte] = (counts[byte] ?? 0) + 1
  return new Map([...counts].flatMap((count, byte) => (count > 0 ? [[byte, count] as const] : [])))
}
