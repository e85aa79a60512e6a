/** Rows as one body of JSON lines. `first`: the number of the first row, counted from 1. */
export type RowChunk = { first: number; rows: number; body: Uint8Array<ArrayBuffer> }

/** How many rows, and bytes, a chunk may have. One row that is larger than that is a chunk by itself. */
export type ChunkSize = { rows: number; bytes: number }

/** Below what a producer takes: a smaller chunk is checked and stored sooner. */
export const usualChunk: ChunkSize = { rows: 1_000, bytes: 4 * 1024 * 1024 }

/**
 * Cuts rows into chunks and holds one at a time. The same rows are cut in the same way, wherever the first one to be sent
 * is: a producer knows a chunk again by its first row.
 */
export async function* chunksOf(
  rows: AsyncIterable<object> | Iterable<object>,
  size: ChunkSize = usualChunk,
): AsyncGenerator<RowChunk> {
  const encoder = new TextEncoder()
  let [first, bytes] = [1, 0]
  let lines: Uint8Array[] = []
  const take = (): RowChunk => {
    const chunk = { first, rows: lines.length, body: joined(lines, bytes) }
    first += lines.length
    ;[lines, bytes] = [[], 0]
    return chunk
  }
  for await (const row of rows) {
    const line = encoder.encode(`${JSON.stringify(row)}\n`)
    if (lines.length > 0 && bytes + line.length > size.bytes) yield take()
    lines.push(line)
    bytes += line.length
    if (lines.length === size.rows) yield take()
  }
  if (lines.length > 0) yield take()
}

function joined(lines: readonly Uint8Array[], bytes: number): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(bytes)
  let at = 0
  for (const line of lines) {
    body.set(line, at)
    at += line.length
  }
  return body
}

/** Reads one item ahead while the one before is in use. */
export async function* oneAhead<Item>(items: AsyncIterator<Item>): AsyncGenerator<Item> {
  let next = items.next()
  try {
    for (;;) {
      const { value, done } = await next
      if (done === true) return
      next = items.next()
      // it is thrown where it is waited for
      next.catch(() => undefined)
      yield value
    }
  } finally {
    // not waited for: a source that stands still would keep us
    void Promise.resolve(items.return?.()).catch(() => undefined)
  }
}
