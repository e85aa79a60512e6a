import { hash } from 'node:crypto'
import { limits } from '@restyle/shared/contract/limits'
import { mayRead } from '@restyle/shared/store/source-buckets'
import { StoreError } from '@restyle/shared/store/store-error'
import type { ManifestSources } from './fetch-manifest.ts'

/** A bucket with pictures cannot be read before somebody changes something. */
export class PicturesUnreadable extends Error {
  override readonly name = 'PicturesUnreadable'
}

/** Digests that are remembered; some 150 bytes each. */
const remembered = 200_000
/** The same for one run. */
const mostAsked = 100_000

/**
 * Tells the SHA-256 of pictures in buckets, by which a run knows whether one has changed. The bytes are read once for each ETag that
 * the store gives; neither a size nor an ETag stands for the content. undefined: it is not there, may not be read, or is larger
 * than any model takes.
 */
export function pictureDigests({ places, bucketOf }: Pick<ManifestSources, 'places' | 'bucketOf'>) {
  const known = new Map<string, string>()

  async function digestOf(address: string, bucket: string, key: string): Promise<string | undefined> {
    const store = bucketOf(bucket)
    const head = await store.head(key)
    if (head === undefined || head.bytes > limits.sourceBytes) return undefined
    const name = `${address} ${head.bytes} ${head.etag ?? ''}`
    const before = known.get(name)
    if (before !== undefined && head.etag !== undefined) return before
    const bytes = await store.get(key)
    if (bytes === undefined) return undefined
    const sha256 = hash('sha256', bytes)
    if (known.size >= remembered) known.clear()
    known.set(name, sha256)
    return sha256
  }

  return {
    /** For one run, which asks for each address twice. Throws where a bucket is away, and `PicturesUnreadable` where it refuses. */
    ofRun: (producer: string) => {
      const asked = new Map<string, Promise<string | undefined>>()
      return (address: string): Promise<string | undefined> => {
        const before = asked.get(address)
        if (before !== undefined) return before
        const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(address) ?? []
        const digest = mayRead(places, producer, bucket, key)
          ? digestOf(address, bucket, key).catch((error: unknown) => {
              if (!(error instanceof StoreError) || error.kind === 'transient') throw error
              if (error.kind === 'refused') return undefined
              // without their digests all of its pictures would look changed, and be paid for again
              throw new PicturesUnreadable(
                `pictures in s3://${bucket} cannot be read: the store says ${error.code}`,
              )
            })
          : Promise.resolve(undefined)
        if (asked.size >= mostAsked) asked.clear()
        asked.set(address, digest)
        return digest
      }
    },
  }
}
export type PictureDigests = ReturnType<typeof pictureDigests>
