import type { Readable } from 'node:stream'
import { limits } from '@restyle/shared/contract/limits'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Enter, openPlaces } from './places.ts'
import { Problem } from './problem.ts'

const MiB = 1024 * 1024

/** The memory that pictures in bodies may take together. */
export const openPictureRoom = (): Enter =>
  openPlaces({ all: limits.heldPictures, each: limits.heldPicturesEach })

/** Takes room for the pictures of a request as they come; it is free again when the answer has gone. Throws a `Problem`. */
export function pictureRoomOf(
  { producer }: FastifyRequest,
  { raw }: FastifyReply,
  enter: Enter,
): (bytes: number) => void {
  let [used, held] = [0, 0]
  const leaves: (() => void)[] = []
  return (bytes) => {
    used += bytes
    if (used <= held) return
    // a little more than is needed, so that not every piece asks
    const more = Math.ceil((used - held) / MiB) * MiB
    const leave = enter(producer, more)
    if (typeof leave === 'string') throw noRoom(leave)
    held += more
    if (leaves.push(leave) === 1)
      raw.once('close', () => {
        for (const each of leaves) each()
      })
  }
}

function noRoom(bound: 'all' | 'each'): Problem {
  const [whose, most] =
    bound === 'each' ? ['of this producer ', limits.heldPicturesEach] : ['', limits.heldPictures]
  return new Problem(
    'unavailable',
    `Pictures in bodies ${whose}are being read, ${most / MiB} MiB of them at most. Send this one again in a moment, or upload its pictures with PUT /v1/sources/{sha256}.`,
    { retryAfter: 2 },
  )
}

/**
 * The pieces of a body with pictures, up to so many bytes; then it throws a `Problem`. A caller that is refused midway is not cut off:
 * it would not hear the answer.
 */
export async function* piecesOf(
  body: Readable,
  most: number = limits.pictureBodyBytes,
): AsyncGenerator<Buffer> {
  let size = 0
  for await (const piece of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > most) throw new Problem('too-large', `The body is over ${most} bytes.`)
    yield piece
  }
}
