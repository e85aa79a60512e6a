import { openTurns } from '@restyle/shared/turns'

/**
 * A line without its end, whose bytes are valid until the next is asked for; one that is longer than any line may be; or, as
 * the last item, that there are more lines than may be.
 */
export type Line = { kind: 'line'; bytes: Buffer } | { kind: 'too-long' } | { kind: 'too-many' }

/** The most that is read: bytes of the body, bytes of a line, lines. */
export type Bounds = { bytes: number; lineBytes: number; lines: number; tooLarge: () => Error }

const newline = 0x0a
const mark = Buffer.from([0xef, 0xbb, 0xbf])

/**
 * The lines of a body as it comes: holds one line, whatever the pieces are. Lines end with LF or CRLF, the last one also with the
 * body. Blank lines and a byte order mark are left out. A body with too many lines is read to its end all the same: a caller
 * that is cut off while it sends hears no answer. Throws what `body` throws, and what `tooLarge` gives after too many bytes.
 */
export async function* linesOf(body: AsyncIterable<Buffer>, bounds: Bounds): AsyncGenerator<Line> {
  const turn = openTurns()
  const held = openHeld(bounds.lineBytes)
  let [received, lines, looks] = [0, 0, 0]
  for await (const piece of body) {
    received += piece.length
    if (received > bounds.bytes) throw bounds.tooLarge()
    if (lines > bounds.lines) continue
    let at = 0
    for (let end = piece.indexOf(newline); end !== -1; end = piece.indexOf(newline, at)) {
      held.add(piece, at, end)
      at = end + 1
      const line = held.take()
      looks += 1
      // blank lines are many and cost nothing each
      if (line !== undefined || looks % 1_000 === 0) await turn()
      if (line === undefined) continue
      lines += 1
      if (lines > bounds.lines) break
      yield line
    }
    held.add(piece, at, piece.length)
  }
  const last = held.take()
  if (last !== undefined && lines < bounds.lines) yield last
  else if (last !== undefined || lines > bounds.lines) yield { kind: 'too-many' }
}

/** The line that is coming: its pieces, joined. */
function openHeld(lineBytes: number) {
  // room for a carriage return
  const bytes = Buffer.allocUnsafe(lineBytes + 1)
  let [size, isFirst] = [0, true]

  function lineOf(): Line | undefined {
    const marked = isFirst && size >= mark.length && bytes.subarray(0, mark.length).equals(mark)
    const from = marked ? mark.length : 0
    const to = bytes[size - 1] === 0x0d ? size - 1 : size
    if (size > bytes.length || to - from > lineBytes) return { kind: 'too-long' }
    const line = bytes.subarray(from, to)
    return line.every(isBlank) ? undefined : { kind: 'line', bytes: line }
  }

  return {
    add: (piece: Buffer, from: number, to: number): void => {
      if (from === to) return
      // more than there is room for: counted, not held
      if (size < bytes.length) piece.copy(bytes, size, from, to)
      size += to - from
    },
    /** The line is complete; undefined for a blank one. */
    take: (): Line | undefined => {
      const line = size === 0 ? undefined : lineOf()
      ;[size, isFirst] = [0, false]
      return line
    },
  }
}

const isBlank = (byte: number): boolean => byte === 0x20 || byte === 0x09 || byte === 0x0d
