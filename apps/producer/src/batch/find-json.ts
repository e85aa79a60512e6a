import { limits } from '@restyle/shared/contract/limits'
import { needsMore } from './blocks.ts'

/** Where something is that keeps a body from being read. */
export type Path = readonly (string | number)[]

/** The bytes are not JSON. */
export class NotJson extends Error {}

/** They may be JSON, but are more than is read. */
export class TooMuch extends Error {
  readonly path: Path
  constructor(path: Path, detail: string) {
    super(detail)
    this.path = path
  }
}

export const [comma, colon] = [0x2c, 0x3a]
export const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d]
const [quote, backslash] = [0x22, 0x5c]

const tooLong = (path: Path): TooMuch =>
  new TooMuch(
    path,
    `${path.length === 0 ? 'the body' : path.join('/')} has a part of over ${limits.rowBytes} bytes`,
  )

/** The byte after blanks, which is not passed. */
export function findByte(bytes: Buffer, at: number): { found: number; to: number } {
  let to = at
  while (isBlank(bytes[to])) {
    to += 1
    if (to - at > limits.rowBytes) throw tooLong([])
  }
  const found = bytes[to]
  if (found === undefined) throw needsMore
  return { found, to }
}

/**
 * The value that begins at `at`, as its bytes: refused where it is too long or too deep. Whether it is JSON inside is not
 * looked at.
 */
export const findValue =
  (path: Path) =>
  (bytes: Buffer, at: number): { found: Buffer; to: number } => {
    // the body, and the list of edits, are levels too
    const mostOpen = limits.depth - path.length
    const open: number[] = []
    let to = at
    while (to < bytes.length) {
      const byte = bytes[to]
      if (open.length === 0 && endsPlainValue(byte)) {
        if (to === at) throw new NotJson()
        return { found: bytes.subarray(at, to), to }
      }
      to = byte === quote ? findString(bytes, to, path).to : to + 1
      if (to - at > limits.rowBytes) throw tooLong(path)
      if (byte === openList || byte === openObject) {
        if (open.push(byte) > mostOpen)
          throw new TooMuch(path, `${path.join('/')} is nested deeper than ${limits.depth} levels`)
      } else if (byte === closeList || byte === closeObject) {
        // the closing bracket is two after the opening one
        if (open.pop() !== byte - 2) throw new NotJson()
      } else if (byte !== quote) continue
      if (open.length === 0) return { found: bytes.subarray(at, to), to }
    }
    throw needsMore
  }

/** The string that begins at `at`, quotes and all. */
export function findString(bytes: Buffer, at: number, path: Path = []): { found: Buffer; to: number } {
  if (bytes[at] === undefined) throw needsMore
  if (bytes[at] !== quote) throw new NotJson()
  for (let end = bytes.indexOf(quote, at + 1); end > 0; end = bytes.indexOf(quote, end + 1)) {
    let escapes = 0
    while (bytes[end - 1 - escapes] === backslash) escapes += 1
    if (end - at > limits.rowBytes) break
    if (escapes % 2 === 0) return { found: bytes.subarray(at, end + 1), to: end + 1 }
  }
  if (bytes.length - at > limits.rowBytes) throw tooLong(path)
  throw needsMore
}

/** A number, true, false or null ends before one of these. */
const endsPlainValue = (byte: number | undefined): boolean =>
  byte === comma || byte === closeList || byte === closeObject || isBlank(byte)

const isBlank = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
