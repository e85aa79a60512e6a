import { createHash } from 'node:crypto'
import { limits } from '@restyle/shared/contract/limits'

/** Bytes that came in base64, and their SHA-256 in hex; or what is wrong with them, as the end of a sentence. */
export type Decoded = { kind: 'bytes'; bytes: Buffer; sha256: string } | { kind: 'fault'; detail: string }

const backslash = 0x5c

/**
 * Decodes what stands in a JSON string as base64, piece by piece as it comes. Escapes are read (`\/`, `\u002B`, line breaks);
 * a piece must not end within one. `room` is told of bytes before they are kept, and throws where there is none.
 */
export function openDecoder(room: (bytes: number) => void) {
  const hash = createHash('sha256')
  let parts: Buffer[] = []
  let [size, rest, padded] = [0, '', false]
  let fault: string | undefined

  function fail(detail: string): void {
    fault ??= detail
    parts = []
  }

  /** `text`: whole groups of four. */
  function take(text: string): void {
    if (text === '') return
    const bytes = Buffer.from(text, 'base64')
    const pads = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
    // what is no base64 is left out without a word
    if (padded || bytes.length !== Math.floor((text.length * 3) / 4) - pads) return fail('is not base64')
    padded = pads > 0
    size += bytes.length
    if (size > limits.sourceBytes) return fail(`has more than ${limits.sourceBytes} bytes`)
    room(bytes.length)
    hash.update(bytes)
    parts.push(bytes)
  }

  return {
    write(piece: Buffer): void {
      if (fault !== undefined || piece.length === 0) return
      const text = piece.includes(backslash) ? unescaped(piece) : piece.toString('latin1')
      if (text === undefined) return fail('is not base64')
      const all = rest + text
      const whole = all.length - (all.length % 4)
      rest = all.slice(whole)
      take(all.slice(0, whole))
    },
    end(): Decoded {
      if (rest.length === 1) fail('is not base64: it is cut off')
      else take(rest)
      if (fault !== undefined) return { kind: 'fault', detail: fault }
      const bytes = Buffer.concat(parts)
      parts = []
      return { kind: 'bytes', bytes, sha256: hash.digest('hex') }
    },
  }
}
export type Decoder = ReturnType<typeof openDecoder>

function unescaped(piece: Buffer): string | undefined {
  try {
    return (JSON.parse(`"${piece.toString('latin1')}"`) as string).replaceAll(/[\r\n]/g, '')
  } catch {
    return undefined
  }
}
