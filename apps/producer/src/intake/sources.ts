import type { Picture } from '@restyle/dashscope/accepts'
import { limits } from '@restyle/shared/contract/limits'
import { sourceKey } from '@restyle/shared/object-key'
import type { Store } from '@restyle/shared/store/store'
import { openTurns } from '@restyle/shared/turns'
import { z } from 'zod'

/** The facts that a source carries as metadata. */
const SourceFacts = z.object({
  format: z.string(),
  width: z.coerce.number().int().positive(),
  height: z.coerce.number().int().positive(),
})

/** Pictures that are there, pictures that are not, and how many times the bucket was asked. */
export type LookedUp = {
  pictures: ReadonlyMap<string, Picture>
  missing: ReadonlySet<string>
  asked: number
  complete: boolean
}

const nothing: LookedUp = { pictures: new Map(), missing: new Set(), asked: 0, complete: true }

const remembered = 100_000
const asksAtOnce = 32

/** One iterator for all who ask, or undefined where there is nothing, as in most requests. */
function unlessEmpty(digests: Iterable<string>): Iterable<string> | undefined {
  const all = digests[Symbol.iterator]()
  const first = all.next()
  if (first.done === true) return undefined
  const queue = (function* each() {
    yield first.value
    yield* { [Symbol.iterator]: () => all }
  })()
  return { [Symbol.iterator]: () => ({ next: () => queue.next() }) }
}

/**
 * The producers' uploaded pictures. A picture that was seen once is not asked for again: a source is never changed or
 * deleted.
 */
export function openSources(store: Store) {
  const known = new Map<string, Picture>()

  function remember(key: string, picture: Picture): Picture {
    // a Map keeps the order of insertion: deleted and set again, the key is the newest
    known.delete(key)
    known.set(key, picture)
    const oldest = known.size > remembered ? known.keys().next().value : undefined
    if (oldest !== undefined) known.delete(oldest)
    return picture
  }

  async function find(producer: string, sha256: string): Promise<Picture | undefined> {
    const key = sourceKey(producer, sha256)
    const held = known.get(key)
    if (held !== undefined) return remember(key, held)
    const head = await store.head(key)
    const facts = SourceFacts.safeParse(head?.metadata)
    if (head === undefined || !facts.success) return undefined
    return remember(key, { ...facts.data, bytes: head.bytes })
  }

  return {
    find,

    /**
     * Looks the pictures up, by their SHA-256, and stops where there is no use in more: after so many that are missing.
     * Not `complete` after as many questions as one request gets; what they found is remembered.
     */
    lookUp: async (producer: string, digests: Iterable<string>): Promise<LookedUp> => {
      const pictures = new Map<string, Picture>()
      const missing = new Set<string>()
      const seen = new Set<string>()
      const turn = openTurns()
      const queue = unlessEmpty(digests)
      if (queue === undefined) return nothing
      let [asked, complete] = [0, true]
      const work = async () => {
        // all share one iterator: each takes the next digest that no other has taken
        for (const sha256 of queue) {
          await turn()
          if (seen.has(sha256)) continue
          seen.add(sha256)
          if (missing.size >= limits.missingSources) return
          if (!known.has(sourceKey(producer, sha256))) asked += 1
          if (asked > limits.sourceLookUps) {
            complete = false
            return
          }
          const picture = await find(producer, sha256)
          if (picture === undefined) missing.add(sha256)
          else pictures.set(sha256, picture)
        }
      }
      await Promise.all(Array.from({ length: asksAtOnce }, work))
      return { pictures, missing, asked: Math.min(asked, limits.sourceLookUps), complete }
    },

    /** Stores the bytes, once. The caller has checked their digest and their picture. */
    put: async (producer: string, sha256: string, bytes: Buffer, picture: Picture) => {
      const key = sourceKey(producer, sha256)
      const { format, width, height } = picture
      const { kind } = await store.putIfAbsent(key, bytes, {
        contentType: `image/${format}`,
        sha256,
        metadata: { format, width: String(width), height: String(height) },
      })
      if (kind !== 'collision') remember(key, picture)
      return kind
    },
  }
}
export type Sources = ReturnType<typeof openSources>
