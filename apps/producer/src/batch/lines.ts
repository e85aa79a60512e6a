/** A line without its end, or one that is longer than any line may be; its bytes are valid until the next is asked for. */
export type Line = { kind: 'line'; bytes: Buffer } | { kind: 'too-long' }

const newline = 0x0a
const mark = Buffer.from([0xef, 0xbb, 0xbf])

/**
 * The lines of a body as it comes: holds one line, of at most `longest` bytes, whatever the pieces are. Lines end with LF
 * or CRLF, the last one also with the body. Blank lines and a byte order mark are left out. Throws what `body` throws, and
 * what `tooLarge` gives once more than `most` bytes came.
 */
export async function* linesOf(
  body: AsyncIterable<Buffer>,
  { most, longest, tooLarge }: { most: number; longest: number; tooLarge: () => Error },
): AsyncGenerator<Line> {
  // room for a carriage return
  const held = Buffer.allocUnsafe(longest + 1)
  let [size, received, isFirst] = [0, 0, true]
  const add = (part: Buffer): void => {
    part.copy(held, size)
    // more than there is room for: counted, not held
    size += part.length
  }
  const take = (): Line | undefined => {
    const line = lineOf(held, size, isFirst)
    size = 0
    isFirst = false
    return line
  }

  for await (const piece of body) {
    received += piece.length
    if (received > most) throw tooLarge()
    let at = 0
    for (let end = piece.indexOf(newline); end !== -1; end = piece.indexOf(newline, at)) {
      add(piece.subarray(at, end))
      at = end + 1
      const line = take()
      if (line !== undefined) yield line
    }
    add(piece.subarray(at))
  }
  const last = take()
  if (last !== undefined) yield last
}

/** The line in the first `size` bytes of `held`; undefined for a blank one. */
function lineOf(held: Buffer, size: number, isFirst: boolean): Line | undefined {
  if (size > held.length) return { kind: 'too-long' }
  const from = isFirst && held.subarray(0, mark.length).equals(mark) && size >= mark.length ? mark.length : 0
  const to = held[size - 1] === 0x0d ? size - 1 : size
  if (to - from > held.length - 1) return { kind: 'too-long' }
  const bytes = held.subarray(from, to)
  return bytes.every(isBlank) ? undefined : { kind: 'line', bytes }
}

const isBlank = (byte: number): boolean => byte === 0x20 || byte === 0x09 || byte === 0x0d
