import { createHash } from 'node:crypto'
import type { PutOutcome } from '@restyle/shared/store/create-object'
import type { ObjectFacts } from '@restyle/shared/store/put-object'
import type { Store } from '@restyle/shared/store/store'
import { StoreError } from '@restyle/shared/store/store-error'

/** `mute`: does what it is asked and says that it failed. `refuses`: a person must look. `blind`: lists, and lets nobody read. */
export type Weather = 'well' | 'away' | 'mute' | 'refuses' | 'blind'

/** A bucket in memory with conditional writes. */
export type Bucket = { store: Store; weather: Weather; objects: ReadonlyMap<string, Buffer> }

export function openBucket(): Bucket {
  const objects = new Map<string, Buffer>()
  const factsOf = new Map<string, ObjectFacts>()
  const fail = (doing: string, code: string) => new StoreError(doing, { name: code })
  const check = (doing: string) => {
    if (bucket.weather === 'away') throw fail(doing, 'SlowDown')
    if (bucket.weather === 'refuses') throw fail(doing, 'AccessDenied')
  }
  const unused = () => Promise.reject(new Error('not modelled'))
  const bucket = {
    weather: 'well' as Weather,
    objects,
    store: {
      putIfAbsent: async (key: string, bytes: Buffer, facts: ObjectFacts, signal?: AbortSignal) => {
        signal?.throwIfAborted()
        check(`put ${key}`)
        const held = objects.get(key)
        if (held === undefined) {
          objects.set(key, bytes)
          factsOf.set(key, facts)
        }
        if (bucket.weather === 'mute') throw fail(`put ${key}`, 'ECONNRESET')
        const kind: PutOutcome['kind'] =
          held === undefined ? 'created' : held.equals(bytes) ? 'same' : 'collision'
        return { kind }
      },
      get: async (key: string) => {
        check(`get ${key}`)
        if (bucket.weather === 'blind') throw fail(`get ${key}`, 'AccessDenied')
        return objects.get(key)
      },
      head: async (key: string) => {
        check(`head ${key}`)
        const bytes = objects.get(key)
        const { contentType = '', metadata = {} } = factsOf.get(key) ?? {}
        return bytes && { bytes: bytes.length, sha256: sha256Of(bytes), contentType, metadata }
      },
      list: async function* (prefix: string, { after = '' }: { after?: string } = {}) {
        check(`list ${prefix}`)
        for (const [key, { length }] of [...objects].toSorted(([a], [b]) => (a < b ? -1 : 1)))
          if (key.startsWith(prefix) && key > after) yield { key, bytes: length, modifiedAt: 0 }
      },
      presignGet: unused,
      probe: unused,
      close: () => {},
    },
  }
  return bucket
}

/** Whether it has the intent of a submit and not what came of it: Redis alone may know that. */
export const missesAnAnswer = ({ objects }: Bucket): boolean =>
  [...objects.keys()].some((key) => key.endsWith('/intent') && !objects.has(key.replace(/intent$/, 'answer')))

const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
