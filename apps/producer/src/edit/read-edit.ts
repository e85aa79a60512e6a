import { isUtf8 } from 'node:buffer'
import { Readable } from 'node:stream'
import { limits } from '@restyle/shared/contract/limits'
import { type JsonReader, notUtf8 } from '../http/parse-json.ts'
import { piecesOf } from '../http/picture-bodies.ts'
import { Problem } from '../http/problem.ts'
import type { BodyPictures } from '../intake/body-pictures.ts'
import { mayHoldPictures } from '../intake/take-out.ts'

/**
 * Reads the body of an edit, whose pictures are taken out of it before it is parsed. `length`: how many bytes it says that it has.
 * Throws a `Problem`.
 */
export async function readEdit(
  body: unknown,
  length: number | undefined,
  { parse, pictures }: { parse: JsonReader; pictures: BodyPictures },
): Promise<unknown> {
  // without a body there is nothing to parse
  if (!(body instanceof Readable)) return body
  const isSmall = length !== undefined && length <= limits.bodyBytes
  const whole = isSmall ? await allOf(body) : undefined
  const bytes =
    whole === undefined || mayHoldPictures(whole)
      ? await join(pictures.takeOut(whole === undefined ? piecesOf(body) : once(whole)))
      : whole
  if (!isUtf8(bytes)) throw notUtf8()
  return parse(bytes.toString())
}

/** A small body. Nearly all are; and iterating costs as much as all the rest of reading them. */
function allOf(body: Readable): Promise<Buffer> {
  const parts: Buffer[] = []
  return new Promise((resolve, reject) => {
    body.on('data', (part: Buffer) => parts.push(part))
    body.once('error', reject)
    body.once('end', () => resolve(parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)))
  })
}

/** All pieces in one. Of a body that is too large the rest is read and let go: its sender must hear the answer. */
async function join(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  for await (const piece of pieces) {
    size += piece.length
    if (size <= limits.bodyBytes) parts.push(piece)
  }
  if (size > limits.bodyBytes)
    throw new Problem('too-large', `The body is over ${limits.bodyBytes} bytes without its pictures.`)
  return Buffer.concat(parts)
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}
