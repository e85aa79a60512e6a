import { limits } from '@restyle/shared/contract/limits'
import { Problem } from '../http/problem.ts'

const blockBytes = 64 * 1024

/** A function that finds something in bytes, from `at` on: throws `needsMore` where they end before it does. */
export type Find<T> = (bytes: Buffer, at: number) => { found: T; to: number }

/** What a `Find` throws where the bytes end too early. */
export const needsMore = Symbol('needs more')

/**
 * A body that is read as it arrives, block by block, and never held as a whole: to join 64 MiB, or to look at them in one
 * go, would stop the process. At most `limits.rowBytes` and a block are looked at again.
 */
export type Blocks = {
  /** Finds the next thing. Throws what `atEnd` gives where the body ends before it does. */
  next<T>(find: Find<T>, atEnd: () => Error): Promise<T>
  /** How many bytes were passed, and how many came. */
  passed(): number
  received(): number
  /** Reads and discards the rest, so that the sender can read our answer. */
  drain(): Promise<void>
}

/** Opens the stream of a body. Throws a `Problem` (too-large) from its methods once it is over `most` bytes. */
export function openBlocks(body: AsyncIterable<Buffer>, most: number = limits.batchBodyBytes): Blocks {
  const chunks = body[Symbol.asyncIterator]()
  let bytes: Buffer = Buffer.alloc(0)
  let [at, before, received, ended] = [0, 0, 0, false]

  async function receive(): Promise<Buffer | undefined> {
    if (ended) return undefined
    const { value, done } = await chunks.next()
    if (done === true) {
      ended = true
      return undefined
    }
    received += value.length
    if (received > most) throw new Problem('too-large', `The body is over ${most} bytes.`)
    return value
  }

  /** Adds a block; chunks may be as small as a byte, and each block costs a look at all that is not passed. */
  async function more(): Promise<boolean> {
    const parts: Buffer[] = [bytes.subarray(at)]
    let size = 0
    while (size < blockBytes) {
      const chunk = await receive()
      if (chunk === undefined) break
      parts.push(chunk)
      size += chunk.length
    }
    before += at
    at = 0
    bytes = Buffer.concat(parts)
    return size > 0
  }

  return {
    next: async (find, atEnd) => {
      for (;;) {
        try {
          const { found, to } = find(bytes, at)
          at = to
          return found
        } catch (error) {
          if (error !== needsMore) throw error
          if (!(await more())) throw atEnd()
        }
      }
    },
    passed: () => before + at,
    received: () => received,
    drain: async () => {
      bytes = Buffer.alloc(0)
      while ((await receive()) !== undefined);
    },
  }
}
