import { type Dispatcher, request } from 'undici'
import { sourceKey } from '../object-key.ts'
import type { Store } from './store.ts'
import { StoreError } from './store-error.ts'

export type SourceTools = {
  store: Pick<Store, 'get'>
  bucketOf: (bucket: string) => Pick<Store, 'get' | 'head'> | undefined
  mayRead: (producer: string, bucket: string, key: string) => boolean
  /** Reaches public addresses only. */
  dispatcher: Dispatcher
}

/** `why` goes on after the name of the source; it tells a producer nothing of our network. `passing`: it may be had later. */
export type SourceRead = { kind: 'bytes'; bytes: Buffer } | { kind: 'none'; why: string; passing?: true }

type Source = { producer: string; address: string; mostBytes: number }

/** For how long a server may take for all of a picture, and how often it may lead elsewhere. */
const [patienceMs, mostRedirects] = [15_000, 3]

/** The bytes of a source picture, for a look at it. Throws nothing but the reason of `signal`. */
export async function readSource(
  source: Source,
  tools: SourceTools,
  signal: AbortSignal,
): Promise<SourceRead> {
  try {
    const { producer, address } = source
    if (address.startsWith('oss://'))
      return none('lies in the temporary store of the vendor, which gives nothing back')
    if (address.startsWith('sha256:'))
      return bytesOr(
        await tools.store.get(sourceKey(producer, address.slice(7))),
        'is not in the bucket any more',
      )
    return address.startsWith('s3://')
      ? await fromBucket(source, tools)
      : await fromWeb(source, tools.dispatcher, signal)
  } catch (error) {
    signal.throwIfAborted()
    return noneAfter(error)
  }
}

const none = (why: string): SourceRead => ({ kind: 'none', why })
const away = (why: string): SourceRead => ({ kind: 'none', why, passing: true })
const bytesOr = (bytes: Buffer | undefined, why: string): SourceRead =>
  bytes === undefined ? none(why) : { kind: 'bytes', bytes }
const tooLarge = (most: number): SourceRead => none(`has more than ${Math.floor(most / 1024 ** 2)} MiB`)

async function fromBucket(
  { producer, address, mostBytes }: Source,
  { mayRead, bucketOf }: SourceTools,
): Promise<SourceRead> {
  const absent = 'is not there, or RESTYLE_SOURCE_BUCKETS does not list its place for this producer'
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(address) ?? []
  if (bucket === undefined || key === undefined || !mayRead(producer, bucket, key)) return none(absent)
  const store = bucketOf(bucket)
  const head = await store?.head(key)
  if (head === undefined) return none(absent)
  return head.bytes > mostBytes ? tooLarge(mostBytes) : bytesOr(await store?.get(key), absent)
}

/** Each address that the first one leads to is judged by the dispatcher, as the first one is. */
async function fromWeb(
  { address, mostBytes }: Source,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<SourceRead> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)])
  let url = address
  for (let hops = 0; hops <= mostRedirects; hops += 1) {
    const { statusCode, headers, body } = await request(url, { dispatcher, signal: within })
    if (statusCode === 200) return await wholeBody(body, mostBytes)
    await body.dump()
    const { location } = headers
    const to = statusCode < 400 && typeof location === 'string' ? URL.parse(location, url) : null
    if (to === null) return ofStatus(statusCode)
    if (!/^https?:$/.test(to.protocol)) return none('leads to an address that is not https://')
    url = to.href
  }
  return none('leads from one address to another')
}

const ofStatus = (status: number): SourceRead =>
  (status >= 500 || status === 408 || status === 429 ? away : none)(
    `cannot be read: its server answers ${status}`,
  )

async function wholeBody(body: AsyncIterable<Buffer>, mostBytes: number): Promise<SourceRead> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of body) {
    bytes += piece.length
    // leaving the loop closes the connection
    if (bytes > mostBytes) return tooLarge(mostBytes)
    pieces.push(piece)
  }
  return { kind: 'bytes', bytes: Buffer.concat(pieces) }
}

function noneAfter(error: unknown): SourceRead {
  if (error instanceof StoreError)
    return error.kind === 'transient'
      ? away('cannot be read: the store does not answer now')
      : none(`cannot be read: the store says ${error.code}`)
  const { code, name } = error as { code?: unknown; name?: unknown }
  if (code === 'ERR_PRIVATE_ADDRESS') return none('cannot be read: its server is not on the public internet')
  if (name === 'TimeoutError') return away('cannot be read: its server takes too long')
  return away(`cannot be read: its server cannot be reached${typeof code === 'string' ? ` (${code})` : ''}`)
}
