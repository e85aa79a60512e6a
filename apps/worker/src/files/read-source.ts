import { limits } from '@restyle/shared/contract/limits'
import { sourceKey } from '@restyle/shared/object-key'
import type { Store } from '@restyle/shared/store/store'
import { type Dispatcher, request } from 'undici'

export type SourceTools = {
  store: Pick<Store, 'get'>
  bucketOf: (bucket: string) => Pick<Store, 'get' | 'head'> | undefined
  mayRead: (producer: string, bucket: string, key: string) => boolean
  /** Reaches public addresses only. */
  dispatcher: Dispatcher
}

/** A picture whose server takes longer is shown as its address. */
const patienceMs = 15_000

/** The bytes of a source picture, for a look at it; undefined where it cannot be had now. Throws nothing. */
export async function readSource(
  producer: string,
  address: string,
  tools: SourceTools,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  try {
    // the vendor gives back nothing that was uploaded to it
    if (address.startsWith('oss://')) return undefined
    if (address.startsWith('sha256:')) return await tools.store.get(sourceKey(producer, address.slice(7)))
    const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(address) ?? []
    if (bucket === undefined || key === undefined) return await fetchSource(address, tools.dispatcher, signal)
    const store = tools.mayRead(producer, bucket, key) ? tools.bucketOf(bucket) : undefined
    const head = await store?.head(key)
    return head === undefined || head.bytes > limits.sourceBytes ? undefined : await store?.get(key)
  } catch {
    signal.throwIfAborted()
    return undefined
  }
}

async function fetchSource(
  address: string,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const late = AbortSignal.timeout(patienceMs)
  const { statusCode, body } = await request(address, { dispatcher, signal: AbortSignal.any([signal, late]) })
  if (statusCode !== 200) {
    await body.dump()
    return undefined
  }
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of body as AsyncIterable<Buffer>) {
    bytes += piece.length
    // leaving the loop closes the connection
    if (bytes > limits.sourceBytes) return undefined
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
