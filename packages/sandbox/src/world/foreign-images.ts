import { type Origin, readOrigin, sha256Of } from '../dashscope/origin.ts'
import type { S3Server } from '../s3/start-s3.ts'

/** What an edit was asked to be made of: its prompt, and the addresses of its sources. */
export type Asked = { prompt: string; images: readonly string[] }

/**
 * Images that are stored for one of these edits and were made from another source or with another prompt, a sentence
 * each. Sources are compared where their addresses name them by digest; pictures that the simulator did not make are left
 * out, and those for which `isKnown` says that the person who runs the test wants it so.
 */
export async function foreignImages(
  s3: Pick<S3Server, 'objects' | 'read'>,
  bucket: string,
  asked: ReadonlyMap<string, Asked>,
  isKnown: (origin: Origin) => boolean = () => false,
): Promise<string[]> {
  const found: string[] = []
  for (const { key } of s3.objects(bucket)) {
    const { body, edit = '' } = await s3.read(bucket, key)
    const [own, origin] = [asked.get(edit), readOrigin(body)]
    if (own === undefined || origin === undefined || isKnown(origin)) continue
    if (origin.prompt !== sha256Of(own.prompt))
      found.push(`${key} was made with another prompt than ${edit}'s`)
    const named = own.images.every((image) => image.startsWith('sha256:'))
    if (named && origin.sources.map((sha256) => `sha256:${sha256}`).join() !== own.images.join())
      found.push(`${key} was made from another source than ${edit}'s`)
  }
  return found
}
