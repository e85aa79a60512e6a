import { openTurns } from '@restyle/shared/turns'
import type { Decoded, Decoder } from './base64-picture.ts'

const marker = Buffer.from('"data:')
const [quote, backslash] = [0x22, 0x5c]

/** The start of a picture, as whoever writes JSON may spell it. */
const header = /^"data:image\\?\/[a-z0-9.+-]{1,32}(?:;[a-z0-9_.=-]{1,32}){0,2};base64,/i
const headerBytes = 160

/** An escape is no longer than this. */
const escapeBytes = 6

/** A body in one piece would be looked at in one go. */
const pieceBytes = 64 * 1024

export type TakeOut = {
  decoder: () => Decoder
  /** Keeps a picture, and says what stands for it in the body. */
  keep: (picture: Decoded) => string
}

/** Whether a body may hold a picture at all. */
export const mayHoldPictures = (body: Buffer): boolean => body.includes(marker)

/**
 * Takes the pictures out of a JSON body as it comes: each string that begins as `"data:image/…;base64,` is decoded, and another
 * stands in its place. So nothing that reads JSON ever sees a picture, and its bounds are as they were. What is no JSON stays none.
 */
export async function* takeOut(body: AsyncIterable<Buffer>, tools: TakeOut): AsyncGenerator<Buffer> {
  const turn = openTurns()
  const scan = openScan(tools)
  for await (const chunk of body)
    for (let at = 0; at < chunk.length; at += pieceBytes) {
      await turn()
      yield* scan.next(chunk.subarray(at, at + pieceBytes), false)
    }
  yield* scan.next(Buffer.alloc(0), true)
}

function openScan({ decoder, keep }: TakeOut) {
  let rest: Buffer = Buffer.alloc(0)
  let picture: Decoder | undefined
  /** Whether the byte before `rest` is a backslash that escapes what follows. */
  let isEscaped = false

  /** Passes `to` bytes of the rest. */
  function pass(to: number): Buffer {
    const passed = rest.subarray(0, to)
    isEscaped = escapes(passed, to, isEscaped)
    rest = rest.subarray(to)
    return passed
  }

  /** Reads on in a picture; true at its end. */
  function readPicture(into: Decoder, isLast: boolean): boolean {
    const end = findQuote(rest, isEscaped)
    if (end >= 0) {
      into.write(pass(end))
      rest = rest.subarray(1)
      return true
    }
    const cut = rest.lastIndexOf(backslash)
    into.write(pass(!isLast && cut >= rest.length - escapeBytes && cut >= 0 ? cut : rest.length))
    return false
  }

  return {
    *next(piece: Buffer, isLast: boolean): Generator<Buffer> {
      rest = rest.length === 0 ? piece : Buffer.concat([rest, piece])
      while (rest.length > 0) {
        if (picture !== undefined) {
          if (!readPicture(picture, isLast)) return
          const standsFor = keep(picture.end())
          picture = undefined
          yield Buffer.from(`"${standsFor}"`)
          continue
        }
        const at = rest.indexOf(marker)
        if (at < 0) {
          const mayBegin = rest.lastIndexOf(quote)
          const isCut = !isLast && mayBegin >= 0 && mayBegin > rest.length - marker.length
          yield pass(isCut ? mayBegin : rest.length)
          return
        }
        const begins = escapes(rest, at, isEscaped)
          ? null
          : header.exec(rest.toString('latin1', at, at + headerBytes))
        if (begins === null && !isLast && rest.length - at < headerBytes) {
          yield pass(at)
          return
        }
        if (begins === null) {
          yield pass(at + 1)
          continue
        }
        yield pass(at)
        rest = rest.subarray(begins[0].length)
        picture = decoder()
      }
    },
  }
}

/** Whether the backslashes before `to` escape what stands there. */
function escapes(bytes: Buffer, to: number, before: boolean): boolean {
  let from = to
  while (from > 0 && bytes[from - 1] === backslash) from -= 1
  const isOdd = (to - from) % 2 === 1
  return from === 0 && before ? !isOdd : isOdd
}

/** The quote that ends a string. */
function findQuote(bytes: Buffer, before: boolean): number {
  let at = bytes.indexOf(quote)
  while (at >= 0 && escapes(bytes, at, before)) at = bytes.indexOf(quote, at + 1)
  return at
}
